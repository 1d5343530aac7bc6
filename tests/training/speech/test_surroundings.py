"""What happens to speech on its way: each step does what it says, and the same for the same chance."""

import numpy as np
import pytest
import torch

from legato.training.augment import AugmentConfig
from legato.training.speech.surroundings import Surroundings, active_level, at_another_pace, filled

NOTHING = AugmentConfig(room=0, noise=0, band=0, coarse=0, clip=0, level=(-20, -20))


def speech() -> torch.Tensor:
    """(3, 16000): half a second of sound, then silence, at different levels."""
    source = torch.Generator().manual_seed(1)
    audio = torch.randn(3, 16_000, generator=source) * torch.tensor([[0.3], [0.01], [0.1]])
    audio[:, 8_000:] = 0.0
    return audio


def heard(config: AugmentConfig, audio: torch.Tensor, seed: int = 1) -> torch.Tensor:
    rooms = (np.concatenate([np.zeros(50), np.exp(-np.arange(3000) / 400)]).astype(np.float32),)
    noises = np.random.default_rng(2).standard_normal(48_000).astype(np.float32)
    return Surroundings(config, rooms, noises).forward(audio, np.random.default_rng(seed))


def test_nothing_but_the_level_changes_where_nothing_is_to_happen() -> None:
    audio = speech()
    found = heard(NOTHING, audio)
    torch.testing.assert_close(active_level(found), torch.full((3,), 0.1), rtol=1e-3, atol=0)
    torch.testing.assert_close(
        found / found.abs().max(),
        (audio / active_level(audio)[:, None]) / ((audio / active_level(audio)[:, None]).abs().max()),
        atol=2e-3,
        rtol=0,
    )


@pytest.mark.parametrize("change", [{"room": 1.0}, {"noise": 1.0}, {"band": 1.0}, {"coarse": 1.0}, {"clip": 1.0}])
def test_each_step_does_something_and_the_same_for_the_same_chance(change: dict[str, float]) -> None:
    from dataclasses import replace

    config, audio = replace(NOTHING, **change), speech()  # type: ignore[arg-type]
    plain, once, again = heard(NOTHING, audio), heard(config, audio), heard(config, audio)
    assert torch.equal(once, again)
    assert once.shape == audio.shape
    assert torch.isfinite(once).all()
    assert float((once - plain).abs().max()) > 1e-3
    assert float(once.abs().max()) <= 1.0


def test_noise_is_as_far_below_the_speech_as_asked_for() -> None:
    from dataclasses import replace

    config = replace(NOTHING, noise=1.0, snr=(10, 10), coloured=1.0)
    found = heard(config, speech())
    level, noise = active_level(found[:, :8_000]), found[:, 8_000:].square().mean(dim=1).sqrt()
    torch.testing.assert_close(20 * torch.log10(level / noise), torch.full((3,), 10.0), atol=1.5, rtol=0)


def test_a_narrow_band_takes_the_highest_frequencies_away() -> None:
    from dataclasses import replace

    found = heard(replace(NOTHING, band=1.0), speech())
    power = torch.fft.rfft(found[:, :8_000]).abs().square()
    assert (power[:, 3_700:].mean(dim=1) < 0.3 * power[:, 500:1_400].mean(dim=1)).all()


def test_a_silent_row_stays_finite() -> None:
    found = heard(AugmentConfig(), torch.zeros(2, 9_600))
    assert torch.isfinite(found).all()


def test_another_pace_stretches_features() -> None:
    features = torch.arange(20.0)[None, :, None].expand(2, 20, 3)
    faster = at_another_pace(features, 16)
    assert faster.shape == (2, 16, 3)
    assert torch.all(faster[0, 1:, 0] > faster[0, :-1, 0])
    torch.testing.assert_close(at_another_pace(features, 20), features)


def test_silence_stands_before_behind_or_on_both_sides() -> None:
    audio, lengths = torch.ones(60, 8), torch.full((60,), 5)
    audio[:, 5:] = 0
    rows = filled(audio, lengths, 12, np.random.default_rng(1))
    assert rows.shape == (60, 12)
    firsts = rows.argmax(dim=1)
    for row, first in zip(rows, firsts.tolist(), strict=True):
        assert row.sum() == 5
        assert row[first : first + 5].all()
    assert set(firsts.tolist()) >= {0, 3, 7}
