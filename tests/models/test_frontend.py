"""The front end: streaming equals whole, causal, and the features are what torchaudio computes."""

import pytest
import torch
import torchaudio
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.models.frontend import FrontEndConfig, LogMel

AUDIO = 0.3 * torch.randn(2, 320 * 30, generator=torch.Generator().manual_seed(1))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_chunked_equals_whole(sizes: list[int]) -> None:
    front = LogMel(FrontEndConfig())
    history, parts, at, turn = front.initial_state(2), [], 0, 0
    while at < AUDIO.shape[1]:
        size = 320 * sizes[turn % len(sizes)]
        features, history = front.step(AUDIO[:, at : at + size], history)
        parts.append(features)
        at, turn = at + size, turn + 1
    worst = (torch.cat(parts, dim=1) - front(AUDIO)).abs().max().item()
    assert worst <= 1e-4, f"largest difference {worst:.2e}"


def test_new_input_never_changes_old_output() -> None:
    front, changed = LogMel(FrontEndConfig()), AUDIO.clone()
    changed[:, 320 * 20 :] = 0.0
    assert torch.equal(front(changed)[:, :20], front(AUDIO)[:, :20])
    assert not torch.equal(front(changed)[:, 20], front(AUDIO)[:, 20])


def test_features_are_those_of_torchaudio() -> None:
    config = FrontEndConfig()
    reference = torchaudio.transforms.MelSpectrogram(
        config.sample_rate,
        n_fft=config.window,
        hop_length=config.hop,
        f_min=config.low,
        f_max=config.high,
        n_mels=config.mels,
        center=False,
        mel_scale="htk",
    )
    padded = torch.nn.functional.pad(AUDIO, (config.window - config.hop, 0))
    expected = torch.log(reference(padded) + config.floor).transpose(1, 2)
    worst = (LogMel(config)(AUDIO) - expected).abs().max().item()
    assert worst <= 1e-3, f"largest difference {worst:.2e}"


def test_silence_is_finite() -> None:
    features = LogMel(FrontEndConfig())(torch.zeros(1, 3200))
    assert torch.isfinite(features).all()


def test_a_chunk_that_is_no_multiple_of_the_hop_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of the hop of 320"):
        LogMel(FrontEndConfig())(torch.zeros(1, 321))


def test_an_impossible_hop_is_refused() -> None:
    with pytest.raises(ValueError, match="between 1 and the window"):
        LogMel(FrontEndConfig(hop=600))
