"""Augmentation of training audio, on the fly.

Functions take samples (S,) in [-1, 1], where they choose anything also a random generator, and give new samples.

Only `change_speed` and `change_tempo` alter the length; the streams that use them stretch the times of the words alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.signal
import torch
import torchaudio

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class AugmentConfig:
    """How often and how strongly training audio is changed; probabilities are shares of 1."""

    speed: tuple[float, float] = (0.85, 1.18)
    """Factors of playing speed, pitch changing with it."""
    tempo: float = 0.15
    """Probability of a change of tempo at the same pitch."""
    tempo_range: tuple[float, float] = (0.8, 1.25)
    """Factors of tempo."""
    room: float = 0.4
    """Probability of a room's impulse response."""
    noise: float = 0.8
    """Probability of something else to be heard beside the speech."""
    snr: tuple[float, float] = (2.0, 30.0)
    """Decibels of the speech above it."""
    coloured: float = 0.35
    """Share of made noise, white to brown, in what is heard beside the speech."""
    babble: float = 0.3
    """Share of other voices in it; the rest is music and effects."""
    band: float = 0.35
    """Probability of a narrower band."""
    coarse: float = 0.15
    """Probability of 8-bit or µ-law quantisation."""
    codec: float = 0.03
    """Probability of being coded by Opus at a low bit rate."""
    level: tuple[float, float] = (-38.0, -10.0)
    """Decibels relative to full scale of the speech's active level."""
    clip: float = 0.03
    """Probability of clipping."""
    frequency_masks: int = 2
    """Bands of features masked in a stream (SpecAugment, arXiv 1904.08779)."""
    frequency_width: int = 6
    """Widest mask, mel bands."""
    formants: float = 0.0
    """Largest change of the vocal tract's length, as a share of it: the bands' frequencies are stretched by up to that
    much (Jaitly & Hinton 2013)."""
    colour: float = 0.0
    """Standard deviation of a smooth curve over the bands that stays for a stream, in units of the normalised features:
    another microphone, another voice."""
    time_masks: int = 2
    """Spans of frames masked in a stream."""
    time_width: int = 6
    """Widest mask, frames."""


def _samples(values: npt.ArrayLike) -> Samples:
    return np.asarray(values, np.float32)


def change_speed(samples: Samples, factor: float) -> Samples:
    """Samples played `factor` times as fast, pitch and all."""
    ratio = Fraction(factor).limit_denominator(40)
    return _samples(scipy.signal.resample_poly(samples, ratio.denominator, ratio.numerator))


def change_tempo(samples: Samples, factor: float) -> Samples:
    """Samples `factor` times as fast at the same pitch, by torchaudio's phase vocoder."""
    window, hop = 400, 100
    hann = torch.hann_window(window)
    spectrum = torch.stft(torch.from_numpy(samples), window, hop, window=hann, return_complex=True)
    advance = torch.linspace(0, torch.pi * hop, spectrum.shape[0])[:, None]
    stretched = torchaudio.functional.phase_vocoder(spectrum, factor, advance)
    length = round(len(samples) / factor)
    return torch.istft(stretched, window, hop, window=hann, length=length).numpy()


def in_room(samples: Samples, response: Samples) -> Samples:
    """Samples as heard in a room: convolved with its impulse response, from the direct sound on, at the same level."""
    start = int(np.argmax(np.abs(response)))
    wet = scipy.signal.fftconvolve(samples, response[start:])[: len(samples)]
    return _samples(wet * (rms(samples) / max(rms(wet), 1e-9)))


def rms(samples: Samples) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0


def active_level(samples: Samples, frame: int = 800) -> float:
    """RMS of the frames within 25 dB of the loudest one: the level of the speech, its pauses left out."""
    if len(samples) < frame:
        return rms(samples)
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    power = np.mean(np.square(frames), axis=1)
    return float(np.sqrt(np.mean(power[power >= power.max() * 10**-2.5])))


def coloured_noise(length: int, chance: np.random.Generator) -> Samples:
    """Noise whose power falls with f^slope, the slope between white (0) and brown (2)."""
    slope = chance.uniform(0.0, 2.0)
    spectrum = np.fft.rfft(chance.standard_normal(length))
    frequency = np.maximum(np.arange(len(spectrum)) / length, 50 / 16_000)
    return _samples(np.fft.irfft(spectrum * frequency ** (-slope / 2), length))


def mix(samples: Samples, noise: Samples, snr: float) -> Samples:
    """Samples with noise of the same length under them, `snr` decibels below the active level."""
    loudness = rms(noise)
    if loudness < 1e-7:
        return samples
    return samples + noise * np.float32(active_level(samples) / loudness * 10 ** (-snr / 20))


def limit_band(samples: Samples, chance: np.random.Generator) -> Samples:
    """Samples through a telephone's band, or without the highest frequencies (a 4th-order Butterworth filter)."""
    if chance.random() < 0.25:
        band, kind = [chance.uniform(150, 350), chance.uniform(3_000, 3_600)], "bandpass"
    else:
        band, kind = [chance.uniform(3_200, 7_000)], "lowpass"
    filters = scipy.signal.butter(4, band if len(band) > 1 else band[0], kind, fs=16_000, output="sos")
    return _samples(scipy.signal.sosfilt(filters, samples))


def quantise(samples: Samples, chance: np.random.Generator) -> Samples:
    """Samples in 8 bits, linear or by the µ-law (G.711)."""
    peak = max(float(np.max(np.abs(samples))), 1e-6)
    scaled = samples / peak
    if chance.random() < 0.5:
        return _samples(np.round(scaled * 127) / 127 * peak)
    curved = np.sign(scaled) * np.log1p(255 * np.abs(scaled)) / np.log(256)
    curved = np.round(curved * 127) / 127
    return _samples(np.sign(curved) * np.expm1(np.abs(curved) * np.log(256)) / 255 * peak)


def through_opus(samples: Samples, chance: np.random.Generator) -> Samples:
    """Samples coded and decoded by Opus at 8 to 24 kbit/s, of the same length."""
    import av

    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout = 16_000, "s16", "mono"
    encoder.bit_rate = int(chance.integers(8_000, 24_000))
    encoder.open()
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.format, decoder.layout = 48_000, "s16", "mono"
    resampler = av.AudioResampler("s16", "mono", 16_000)
    whole, size = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16), 320
    whole = np.concatenate([whole, np.zeros(-len(whole) % size + 2 * size, np.int16)])
    parts: list[npt.NDArray[np.int16]] = []
    for block in [*whole.reshape(-1, size), None]:
        frame = None
        if block is not None:
            frame = av.AudioFrame.from_ndarray(block[None], "s16", "mono")
            frame.sample_rate = 16_000
        for packet in encoder.encode(frame):
            for decoded in decoder.decode(packet):
                parts += [part.to_ndarray()[0] for part in resampler.resample(decoded)]
    coded = np.concatenate(parts).astype(np.float32) / 32768
    delay = 104  # samples of the coder's own look-ahead (312 at 48 kHz)
    return np.resize(coded[delay:], len(samples)) if len(coded) > delay else samples


def set_level(samples: Samples, decibels: float) -> Samples:
    """Samples with their active level at `decibels` below full scale."""
    return samples * np.float32(10 ** (decibels / 20) / max(active_level(samples), 1e-6))


def degrade(samples: Samples, config: AugmentConfig, chance: np.random.Generator) -> Samples:
    """What the way from the microphone to us may do: a narrower band, coarse steps, a codec, a level, clipping."""
    steps: list[tuple[float, Callable[[Samples, np.random.Generator], Samples]]] = [
        (config.band, limit_band),
        (config.coarse, quantise),
        (config.codec, through_opus),
    ]
    for probability, step in steps:
        if chance.random() < probability:
            samples = step(samples, chance)
    samples = set_level(samples, chance.uniform(*config.level))
    if chance.random() < config.clip:
        samples = samples * np.float32(10 ** chance.uniform(0.5, 1.5))
    return np.clip(samples, -1.0, 1.0)


def change_voices(
    features: torch.Tensor, bands: torch.Tensor, config: AugmentConfig, chance: np.random.Generator
) -> torch.Tensor:
    """Features (B, T, M) of other vocal tracts and microphones, for each row its own; `bands` (M,) are in hertz."""
    if not config.formants and not config.colour:
        return features
    batch, _, count = features.shape
    grid = bands.cpu().numpy()
    stretch = np.exp(chance.uniform(-config.formants, config.formants, batch))
    place = np.stack([np.interp(grid * factor, grid, np.arange(count)) for factor in stretch])  # (B, M)
    waves = np.cos(np.pi * np.outer(np.arange(4), (np.arange(count) + 0.5) / count))  # (4, M)
    curve = chance.normal(0.0, config.colour / 2, (batch, 4)) @ waves  # (B, M)
    low = np.minimum(place.astype(np.int64), count - 2)
    share = sent(place - low, features)[:, None]
    index = sent(low, features)[:, None].expand(features.shape)
    warped = features.gather(2, index) * (1 - share) + features.gather(2, index + 1) * share
    return warped + sent(curve, features)[:, None]


def mask_features(features: torch.Tensor, config: AugmentConfig, chance: np.random.Generator) -> torch.Tensor:
    """Features (B, T, M) with random bands and short spans set to their mean, 0 (SpecAugment)."""
    batch, frames, bands = features.shape
    keep_bands = _outside(batch, bands, config.frequency_masks, config.frequency_width, chance)
    keep_frames = _outside(batch, frames, config.time_masks, config.time_width, chance)
    return features * sent(keep_bands, features)[:, None] * sent(keep_frames, features)[..., None]


def sent(values: npt.NDArray[Any], like: torch.Tensor) -> torch.Tensor:
    """Values as a tensor where `like` is, fractions as float32; a GPU is not waited for."""
    single = values.astype(np.float32) if values.dtype == np.float64 else values
    return torch.from_numpy(single).to(like.device, non_blocking=True)


def _outside(rows: int, size: int, masks: int, widest: int, chance: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Places (rows, size) that no mask of a row covers; masks are up to `widest` places wide."""
    widths = np.minimum(chance.integers(0, widest + 1, (rows, masks)), size)
    firsts = (chance.random((rows, masks)) * (size - widths + 1)).astype(np.int64)
    places = np.arange(size)
    covered = (places >= firsts[..., None]) & (places < (firsts + widths)[..., None])  # (rows, masks, size)
    return np.asarray(~covered.any(axis=1))
