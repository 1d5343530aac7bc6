"""Any rate, channel count and block size becomes mono at one rate."""

from collections.abc import Callable

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app.devices.conversion import Converter

Tone = Callable[..., NDArray[np.float32]]
RATES = [8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000]


def converted(samples: NDArray[np.float32], rate: int, sizes: list[int]) -> NDArray[np.float32]:
    """`samples` (S,) through one converter, in blocks of `sizes`, over and over."""
    converter = Converter(16000)
    out: list[NDArray[np.float32]] = []
    begin = turn = 0
    while begin < len(samples):
        size = sizes[turn % len(sizes)]
        out += converter.convert_samples(samples[begin : begin + size], rate)
        begin += size
        turn += 1
    out += converter.flush()
    return np.concatenate(out)


@settings(deadline=None, max_examples=30)
@given(rate=st.sampled_from(RATES), sizes=st.lists(st.integers(16, 5000), min_size=1, max_size=5))
def test_a_stream_is_the_same_whatever_its_blocks(tone: Tone, rate: int, sizes: list[int]) -> None:
    sound = tone(0.3, rate)
    whole = converted(sound, rate, [len(sound)])
    pieces = converted(sound, rate, sizes)
    assert len(pieces) == pytest.approx(0.3 * 16000, abs=2)
    count = min(len(whole), len(pieces))
    assert np.abs(whole[:count] - pieces[:count]).max() < 1e-6


@pytest.mark.parametrize("rate", RATES)
def test_a_tone_stays_in_place_and_loudness(tone: Tone, rate: int) -> None:
    out = converted(tone(0.5, rate), rate, [480])
    expected = tone(0.5, 16000)
    middle = slice(200, 7600)
    assert np.abs(out[middle] - expected[middle]).max() < 0.02


@pytest.mark.parametrize("layout", ["mono", "stereo", "2.1", "quad", "5.1", "7.1", "6 channels", "hexadecagonal"])
def test_equal_channels_mix_to_the_same_loudness(tone: Tone, layout: str) -> None:
    count = av.AudioLayout(layout).nb_channels
    packed = np.repeat(tone(0.3, 48000)[:, None], count, axis=1).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
    frame.sample_rate = 48000
    converter = Converter(16000)
    out = np.concatenate([*converter.convert(frame), *converter.flush()])
    assert 0.25 < np.abs(out).max() < 0.51


def test_a_change_of_format_in_mid_stream_loses_nothing(tone: Tone) -> None:
    converter = Converter(16000)
    out = [
        *converter.convert_samples(tone(0.2, 48000), 48000),
        *converter.convert_samples(tone(0.2, 44100), 44100),
        *converter.flush(),
    ]
    assert sum(map(len, out)) == pytest.approx(0.4 * 16000, abs=4)


def test_nothing_in_gives_nothing_out() -> None:
    converter = Converter(16000)
    assert list(converter.convert_samples(np.zeros(0, np.float32), 48000)) == []
    assert list(converter.flush()) == []
