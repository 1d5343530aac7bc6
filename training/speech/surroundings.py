"""What happens to speech on its way, for whole batches at once and on the device that learns.

The same things as in `legato.training.augment`, written for batches: rooms and narrower bands are products of spectra.

Shapes: B batch, S samples, K frequencies, N rooms, R samples of an impulse response, T frames, M mel bands.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from legato.training.alignment import SAMPLE_RATE
from legato.training.augment import AugmentConfig, Samples, sent

_FRAME = 800
"""Samples over which a level is measured"""
_LOUD = 10**-2.5
"""Share of the loudest frame's power above which a frame counts as speech"""
_DECAYED = 8_000
"""Samples of an impulse response"""


class Surroundings(nn.Module):
    """Rooms, noises, bands, steps and levels; which of them, `chance` decides for each row."""

    rooms: Tensor
    noises: Tensor

    def __init__(self, config: AugmentConfig, rooms: Sequence[Samples], noises: Samples) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("rooms", _bank(rooms), persistent=False)
        self.register_buffer("noises", torch.from_numpy(noises.astype(np.float32)), persistent=False)

    def forward(self, audio: Tensor, chance: np.random.Generator) -> Tensor:
        """Audio (B, S) as something else may have heard it; silent rows become noise."""
        rows = audio.shape[0]
        size = audio.shape[1] + _DECAYED
        level = active_level(audio)
        spectrum = torch.fft.rfft(audio / level.clamp(min=1e-6)[:, None], size)
        spectrum = spectrum * self._heard_in(rows, size, chance)
        wet = torch.fft.irfft(spectrum, size)[:, : audio.shape[1]]
        spectrum = torch.fft.rfft(wet + self._beside(wet, chance), size) * self._bands(rows, size, chance)
        heard = torch.fft.irfft(spectrum, size)[:, : audio.shape[1]]
        return self._recorded(heard, chance)

    def _heard_in(self, rows: int, size: int, chance: np.random.Generator) -> Tensor:
        """Spectra (B, K) of rooms; 1 for the rows that are in none."""
        responses = self._tails(rows, chance)
        if len(self.rooms):
            measured = self.rooms[sent(chance.integers(len(self.rooms), size=rows), self.rooms)]
            responses = torch.where(_column(chance.random(rows) < 0.5, measured), measured, responses)
        inside = _column(chance.random(rows) < self.config.room, responses)
        responses[:, 1:] = responses[:, 1:] * inside
        responses[:, :1] = torch.where(inside, responses[:, :1], torch.ones_like(responses[:, :1]))
        spectra: Tensor = torch.fft.rfft(responses, size)
        return spectra / spectra.abs().square().mean(dim=1, keepdim=True).sqrt()

    def _tails(self, rows: int, chance: np.random.Generator) -> Tensor:
        """Noise (B, R) that dies away as in rooms of 0.1 to 0.6 s of reverberation."""
        device = self.rooms.device
        decay = sent(chance.uniform(0.1, 0.6, (rows, 1)), self.rooms)
        loud = sent(chance.uniform(0.02, 0.12, (rows, 1)), self.rooms)
        source = torch.Generator(device).manual_seed(int(chance.integers(2**31)))
        time = torch.arange(_DECAYED, device=device)[None] / SAMPLE_RATE
        tails = torch.randn(rows, _DECAYED, generator=source, device=device) * 10 ** (-3 * time / decay) * loud
        tails[:, 0] = 1.0
        return tails

    def _beside(self, speech: Tensor, chance: np.random.Generator) -> Tensor:
        """Noise (B, S) to be heard beside speech of level 1."""
        rows, samples = speech.shape
        config, kind = self.config, chance.random(rows)
        gains = 10 ** (-chance.uniform(*config.snr, rows) / 20)
        gains[chance.random(rows) >= config.noise] = 1e-4
        coloured = _coloured(rows, samples, chance, speech.device)
        shifts = sent(chance.integers(samples, size=(rows, 1)), speech)
        places = (torch.arange(samples, device=speech.device)[None] + shifts) % samples
        others = speech[sent(chance.permutation(rows), speech)].gather(1, places)
        sounds = self._sounds(rows, samples, chance) if len(self.noises) > samples else coloured
        chosen = torch.where(_column(kind < config.coloured + config.babble, speech), others, sounds)
        chosen = torch.where(_column(kind < config.coloured, speech), coloured, chosen)
        loudness = chosen.square().mean(dim=1, keepdim=True).sqrt().clamp(min=1e-6)
        return chosen / loudness * sent(gains, speech)[:, None]

    def _sounds(self, rows: int, samples: int, chance: np.random.Generator) -> Tensor:
        starts = sent(chance.integers(0, len(self.noises) - samples, (rows, 1)), self.noises)
        return self.noises[starts + torch.arange(samples, device=self.noises.device)[None]]

    def _bands(self, rows: int, size: int, chance: np.random.Generator) -> Tensor:
        """Gains (B, K) of a telephone, of a filter that takes the highest frequencies away, or of nothing."""
        low = np.where(chance.random(rows) < 0.25, chance.uniform(150, 350, rows), 1e-3)
        high = np.where(low > 1, chance.uniform(3_000, 3_600, rows), chance.uniform(3_200, 7_000, rows))
        none = chance.random(rows) >= self.config.band
        low[none], high[none] = 1e-3, 1e6
        frequency = torch.fft.rfftfreq(size, 1 / SAMPLE_RATE, device=self.noises.device)[None].clamp(min=1e-3)
        lower, upper = (sent(edge, frequency)[:, None] for edge in (low, high))
        return 1 / torch.sqrt(1 + (frequency / upper) ** 8) / torch.sqrt(1 + (lower / frequency) ** 8)

    def _recorded(self, audio: Tensor, chance: np.random.Generator) -> Tensor:
        """Coarse steps, a level, and clipping."""
        rows, config = len(audio), self.config
        peak = audio.abs().amax(dim=1, keepdim=True).clamp(min=1e-6)
        scaled, kind = audio / peak, chance.random(rows)
        curved = scaled.sign() * torch.log1p(255 * scaled.abs()) / np.log(256)
        curved = torch.round(curved * 127) / 127
        curved = curved.sign() * torch.expm1(curved.abs() * np.log(256)) / 255
        scaled = torch.where(_column(kind < config.coarse / 2, audio), curved, scaled)
        linear = (kind >= config.coarse / 2) & (kind < config.coarse)
        scaled = torch.where(_column(linear, audio), torch.round(scaled * 127) / 127, scaled)
        decibels = chance.uniform(*config.level, rows)
        decibels += np.where(chance.random(rows) < config.clip, chance.uniform(10, 30, rows), 0)
        gain = sent(10 ** (decibels / 20), audio)
        return (scaled * (gain / active_level(scaled).clamp(min=1e-6))[:, None]).clamp(-1, 1)


def active_level(audio: Tensor) -> Tensor:
    """RMS (B,) of the frames of each row (B, S) within 25 dB of its loudest: the speech's level, without its pauses."""
    frames = audio[:, : max(audio.shape[1] // _FRAME, 1) * _FRAME].reshape(len(audio), -1, min(_FRAME, audio.shape[1]))
    power = frames.square().mean(dim=2)
    loud = power >= power.amax(dim=1, keepdim=True) * _LOUD
    return ((power * loud).sum(dim=1) / loud.sum(dim=1)).sqrt()


def _bank(rooms: Sequence[Samples]) -> Tensor:
    """Impulse responses (N, R) from their direct sound on."""
    bank = torch.zeros(len(rooms), _DECAYED)
    for row, room in zip(bank, rooms, strict=True):
        start = int(np.argmax(np.abs(room)))
        direct = room[start : start + _DECAYED]
        row[: len(direct)] = torch.from_numpy(direct.copy())
    return bank


def _coloured(rows: int, samples: int, chance: np.random.Generator, device: torch.device) -> Tensor:
    """Noise (B, S) whose power falls with f^slope, the slope between white (0) and brown (2)."""
    slope = sent(chance.uniform(0.0, 2.0, (rows, 1)), torch.empty(0, device=device))
    source = torch.Generator(device).manual_seed(int(chance.integers(2**31)))
    spectrum = torch.fft.rfft(torch.randn(rows, samples, generator=source, device=device))
    frequency = (torch.arange(spectrum.shape[1], device=device) / samples).clamp(min=50 / SAMPLE_RATE)[None]
    noise: Tensor = torch.fft.irfft(spectrum * frequency ** (-slope / 2), samples)
    return noise


def _column(mask: npt.NDArray[np.bool_], like: Tensor) -> Tensor:
    return sent(mask, like)[:, None]


def at_another_pace(features: Tensor, frames: int) -> Tensor:
    """Features (B, T, M) spoken faster or slower, so that they are so many `frames`."""
    moved = nn.functional.interpolate(features.transpose(1, 2), frames, mode="linear", align_corners=False)
    return moved.transpose(1, 2)


def filled(audio: Tensor, lengths: Tensor, samples: int, chance: np.random.Generator) -> Tensor:
    """Audio (B, S) of `lengths` (B,) in rows of so many `samples`, silence before it, behind it, or both.

    The silence is part of what is learned from: recordings do not begin with their first word, nor all end at once.
    """
    before = (samples - lengths.numpy()) * chance.uniform(-0.5, 1.5, len(lengths)).clip(0, 1)
    padded = nn.functional.pad(audio, (0, samples - audio.shape[1]))
    places = torch.arange(samples, device=audio.device)[None] - sent(before.astype(np.int64), audio)[:, None]
    return padded.gather(1, places % samples)
