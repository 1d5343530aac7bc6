from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.evaluation.noise import KINDS, Noise, NoiseSettings, speech_level

RATE = 16000
Say = Callable[..., Path]


def test_the_level_is_that_of_the_speech_alone() -> None:
    sound = np.zeros(4 * RATE, np.float32)
    sound[RATE : 2 * RATE] = 0.5 * np.sin(2 * np.pi * 400 * np.arange(RATE) / RATE)
    assert speech_level([sound], RATE) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)


@given(st.lists(st.integers(1, 700), max_size=40))
def test_the_level_does_not_depend_on_the_blocks(lengths: list[int]) -> None:
    sound = np.random.default_rng(1).standard_normal(sum(lengths)).astype(np.float32)
    blocks = np.split(sound, np.cumsum(lengths)[:-1]) if lengths else []
    assert speech_level(blocks, RATE) == pytest.approx(speech_level([sound], RATE))


def test_silence_has_no_level() -> None:
    assert speech_level([np.zeros(RATE, np.float32)], RATE) == 0.0
    assert speech_level([], RATE) == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_ratio_is_what_was_asked_for(kind: str, say: Say) -> None:
    babble = [say("a.wav", 3.0, [("low", 0.5, 2.0)]), say("b.wav", 2.0, [("high", 0.2, 1.0)])]
    noise = Noise(NoiseSettings(10.0, 10.0, kinds=(kind,)), babble, RATE)
    noise.draw(0.2)
    sound = noise.under(np.zeros(60 * RATE, np.float32))
    assert 20 * np.log10(0.2 / np.sqrt(np.mean(np.square(sound)))) == pytest.approx(10.0, abs=0.05)


def test_the_same_seed_is_the_same_noise_whatever_the_blocks() -> None:
    settings = NoiseSettings(0.0, 20.0, seed=7, kinds=("white", "pink"))
    silence = np.zeros(5000, np.float32)
    one, other = Noise(settings, [], RATE), Noise(settings, [], RATE)
    one.draw(0.1)
    other.draw(0.1)
    whole = one.under(silence)
    pieces = np.concatenate([other.under(block) for block in np.split(silence, [1, 700, 701, 4000])])
    assert np.array_equal(whole, pieces)
    different = Noise(NoiseSettings(0.0, 20.0, seed=8, kinds=("white", "pink")), [], RATE)
    different.draw(0.1)
    assert not np.array_equal(whole, different.under(silence))


def test_noise_goes_on_through_gaps_and_fades_from_one_level_to_the_next() -> None:
    noise = Noise(NoiseSettings(0.0, 0.0, kinds=("white",)), [], RATE)
    noise.draw(0.1)
    noise.under(np.zeros(RATE, np.float32))
    noise.draw(0.4)
    fading = noise.under(np.zeros(RATE, np.float32), fade=True)
    first, last = np.sqrt(np.mean(np.square(fading.reshape(10, -1)), axis=1))[[0, -1]]
    assert first == pytest.approx(0.115, rel=0.1)
    assert last == pytest.approx(0.385, rel=0.1)
    noise.draw(0.0)  # silence has no level to take a ratio to: what there was goes on
    assert np.sqrt(np.mean(np.square(noise.under(np.zeros(RATE, np.float32))))) == pytest.approx(0.4, rel=0.05)


def test_babble_of_nothing_readable_is_silence(tmp_path: Path) -> None:
    noise = Noise(NoiseSettings(0.0, 0.0, kinds=("babble",)), [tmp_path / "none.wav"], RATE)
    noise.draw(0.1)
    assert not noise.under(np.zeros(RATE, np.float32)).any()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="white, pink, babble"):
        Noise(NoiseSettings(0.0, 0.0, kinds=("brown",)), [], RATE)
