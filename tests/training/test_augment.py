"""Augmentation: lengths, levels and frequencies come out as asked."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.models.frontend import FrontEndConfig, mel_corners
from legato.training.augment import (
    AugmentConfig,
    Samples,
    active_level,
    change_speed,
    change_tempo,
    change_voices,
    coloured_noise,
    degrade,
    in_room,
    limit_band,
    mask_features,
    mix,
    quantise,
    rms,
    set_level,
    through_opus,
)

RATE = 16_000


def tone(hertz: float, seconds: float = 1.0, amplitude: float = 0.3) -> Samples:
    time = np.arange(int(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def loudest(samples: Samples) -> float:
    """Hertz of the strongest frequency."""
    return float(np.argmax(np.abs(np.fft.rfft(samples * np.hanning(len(samples))))) * RATE / len(samples))


@pytest.mark.parametrize("factor", [0.85, 1.0, 1.18])
def test_speed_changes_length_and_pitch(factor: float) -> None:
    fast = change_speed(tone(440), factor)
    assert len(fast) == pytest.approx(RATE / factor, rel=0.02)
    assert loudest(fast) == pytest.approx(440 * factor, rel=0.02)


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_tempo_changes_length_and_not_pitch(factor: float) -> None:
    fast = change_tempo(tone(440), factor)
    assert len(fast) == round(RATE / factor)
    assert loudest(fast) == pytest.approx(440, rel=0.03)


def test_noise_lies_as_far_below_the_speech_as_asked() -> None:
    speech, chance = np.concatenate([tone(440), np.zeros(RATE, np.float32)]), np.random.default_rng(1)
    noise = coloured_noise(len(speech), chance)
    added = mix(speech, noise, 12.0) - speech
    assert 20 * np.log10(active_level(speech) / rms(added)) == pytest.approx(12.0, abs=0.1)


def test_silent_noise_changes_nothing() -> None:
    assert np.array_equal(mix(tone(440), np.zeros(RATE, np.float32), 5.0), tone(440))


def test_a_room_keeps_length_and_level_and_adds_a_tail() -> None:
    click = np.zeros(RATE, np.float32)
    click[1000] = 0.5
    response = np.exp(-np.arange(4000) / 800).astype(np.float32)
    wet = in_room(click, response)
    assert len(wet) == RATE
    assert rms(wet) == pytest.approx(rms(click), rel=1e-3)
    assert int(np.argmax(wet)) == 1000
    assert np.abs(wet[1500:3000]).max() > 0.01


def test_a_narrow_band_loses_the_high_frequencies() -> None:
    for seed in range(8):
        both = tone(1_000) + tone(7_900)
        spectrum = np.abs(np.fft.rfft(limit_band(both, np.random.default_rng(seed))))
        assert spectrum[7_900] < 0.3 * spectrum[1_000]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_coarse_steps_stay_near_the_original(seed: int) -> None:
    original = tone(300)
    coarse = quantise(original, np.random.default_rng(seed))
    assert not np.array_equal(coarse, original)
    assert np.abs(coarse - original).max() < 0.02


def test_opus_keeps_length_and_place() -> None:
    original = np.concatenate([np.zeros(RATE // 2, np.float32), tone(440, 0.5), np.zeros(RATE // 2, np.float32)])
    coded = through_opus(original, np.random.default_rng(1))
    assert len(coded) == len(original)
    assert not np.array_equal(coded, original)
    start = int(np.argmax(np.abs(coded) > 0.1))
    assert abs(start - RATE // 2) < 0.01 * RATE


def test_level_is_that_of_the_speech_without_its_pauses() -> None:
    speech = np.concatenate([tone(440), np.zeros(3 * RATE, np.float32)])
    assert 20 * np.log10(active_level(set_level(speech, -25.0))) == pytest.approx(-25.0, abs=0.1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_whatever_happens_stays_in_range_and_as_long(seed: int) -> None:
    harsh = AugmentConfig(band=0.5, coarse=0.5, codec=0.2, clip=0.5, level=(-40.0, 0.0))
    result = degrade(tone(500, 0.5), harsh, np.random.default_rng(seed))
    assert result.shape == (RATE // 2,)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert np.abs(result).max() <= 1.0


def test_another_voice_moves_a_peak_over_the_bands_and_keeps_the_rest() -> None:
    bands = mel_corners(FrontEndConfig())[1:-1]
    features = torch.zeros(8, 3, 40)
    features[:, :, 20] = 1.0
    moved = change_voices(features, bands, AugmentConfig(formants=0.2), np.random.default_rng(1))
    peaks = moved[:, 0].argmax(dim=1)
    assert len(set(peaks.tolist())) > 2
    ratio = bands[20] / bands[peaks]  # a tract that is shorter by a tenth shows at 20 what stood a tenth lower
    assert (ratio.log().abs() < 0.2 + 0.04).all()
    assert torch.equal(moved[:, 0], moved[:, 2])


def test_another_microphone_adds_one_curve_to_a_whole_stream() -> None:
    bands = mel_corners(FrontEndConfig())[1:-1]
    features = torch.randn(4, 5, 40)
    changed = change_voices(features, bands, AugmentConfig(colour=0.3), np.random.default_rng(2)) - features
    assert (changed - changed[:, :1]).abs().max() < 1e-5
    assert 0.05 < changed.std() < 0.6
    assert changed.diff(dim=2).abs().max() < 0.2
    assert change_voices(features, bands, AugmentConfig(), np.random.default_rng(2)) is features


def test_masks_set_bands_and_spans_to_the_mean() -> None:
    masked = mask_features(torch.ones(4, 50, 40), AugmentConfig(), np.random.default_rng(2))
    assert 0.5 < masked.mean().item() < 1.0
    assert set(masked.unique().tolist()) == {0.0, 1.0}
