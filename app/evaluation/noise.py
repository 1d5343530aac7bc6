"""Noise over recordings at a random but repeatable signal-to-noise ratio.

Each kind of noise is a loop of unit power that goes on over recordings and the gaps between them, as a room's would.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legato.app.devices.media import MediaFile
from legato.app.devices.source import Block
from legato.app.engine.errors import SourceError

KINDS = ("white", "pink", "babble")
_LOOP = 60
"""Seconds of each kind before it repeats"""
_VOICES = 5
"""Voices in the babble"""
_EXCERPT = 10
"""Seconds at most of one recording in the babble"""
_FRAME = 0.02
"""Seconds over which a level is taken"""
_ACTIVE = 1e-3
"""Share of the loud frames' power above which a frame is speech: 30 dB below them"""


@dataclass(frozen=True)
class NoiseSettings:
    """How noisy it is."""

    low: float
    """Decibels of the speech over the noise, at least"""
    high: float
    """Decibels of the speech over the noise, at most"""
    seed: int = 0
    kinds: tuple[str, ...] = KINDS
    """Of which each recording gets one"""


def speech_level(blocks: Iterable[Block], rate: int) -> float:
    """Root mean square of the frames that hold sound, of what is played in `blocks`; 0 for silence."""
    power = np.concatenate([np.zeros(0), *_powers(blocks, round(_FRAME * rate))])
    if not power.any():
        return 0.0
    return float(np.sqrt(power[power >= _ACTIVE * np.percentile(power, 95)].mean()))


def _powers(blocks: Iterable[Block], frame: int) -> Iterator[NDArray[np.float64]]:
    """Mean squares of whole frames; a last part of one is left out."""
    rest = np.zeros(0, np.float32)
    for block in blocks:
        samples = np.concatenate((rest, block))
        whole = len(samples) // frame * frame
        rest = samples[whole:]
        yield np.square(samples[:whole], dtype=np.float64).reshape(-1, frame).mean(axis=1)


class Noise:
    """A noise track that is laid under recordings; it only ever goes forward."""

    def __init__(self, settings: NoiseSettings, babble: Sequence[Path], rate: int) -> None:
        """`babble` names the recordings that the babble is made of, `rate` is in hertz."""
        self._settings = settings
        self._random = np.random.default_rng(settings.seed)
        self._loops = np.stack([_loop(kind, babble, rate, self._random) for kind in settings.kinds])  # (K, S)
        self._position = 0
        self._gains = np.zeros(len(settings.kinds))  # (K,)
        self._next = self._gains

    def draw(self, level: float) -> None:
        """Choose kind and ratio for the next recording, which speaks at `level`; a silent one keeps what there was."""
        kind = int(self._random.integers(len(self._settings.kinds)))
        ratio = float(self._random.uniform(self._settings.low, self._settings.high))
        if level > 0:
            self._next = np.zeros(len(self._settings.kinds))
            self._next[kind] = level / 10 ** (ratio / 20)

    def under(self, block: Block, *, fade: bool = False) -> Block:
        """The block with noise; where it fades, the last recording's noise turns into the next one's."""
        count = len(block)
        index = np.arange(self._position, self._position + count) % self._loops.shape[1]
        self._position = (self._position + count) % self._loops.shape[1]
        share = np.linspace(0, 1, count) if fade else np.ones(count)
        gains = self._gains[:, None] * (1 - share) + self._next[:, None] * share  # (K, S)
        if count:
            self._gains = self._next
        noise = (gains * self._loops[:, index]).sum(axis=0)
        return np.asarray(block + noise, dtype=np.float32)


def _loop(kind: str, babble: Sequence[Path], rate: int, random: np.random.Generator) -> NDArray[np.float32]:
    """Noise (S,) of unit power whose end runs into its beginning."""
    count = _LOOP * rate
    if kind == "white":
        noise = random.standard_normal(count)
    elif kind == "pink":
        spectrum = np.fft.rfft(random.standard_normal(count))
        hertz = np.fft.rfftfreq(count, 1 / rate)
        noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 20.0)), count)
    elif kind == "babble":
        noise = sum((_voice(babble, rate, random, count) for _ in range(_VOICES)), np.zeros(count))
    else:
        raise ValueError(f"noise is one of {', '.join(KINDS)}, not {kind!r}")
    power = float(np.square(noise).mean())
    return np.asarray(noise / np.sqrt(power or 1.0), dtype=np.float32)


def _voice(paths: Sequence[Path], rate: int, random: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Recordings one after the other, each backwards: the rhythm and the spectrum of speech, and none of its words."""
    voice = np.zeros(count)
    position = 0
    for index in random.integers(len(paths), size=10 * len(paths) + 100):
        samples = _excerpt(paths[index], rate)[: count - position][::-1]
        level = speech_level([samples.astype(np.float32)], rate)
        if level > 0:
            voice[position : position + len(samples)] = samples / level
            position += len(samples)
        if position >= count:
            break
    return np.roll(voice, int(random.integers(count)))


def _excerpt(path: Path, rate: int) -> NDArray[np.float64]:
    """The first seconds of a recording; nothing of one that cannot be read, which is reported where it is evaluated."""
    blocks, total = [np.zeros(0, np.float32)], 0
    try:
        with MediaFile(path, rate) as file:
            for block in file.blocks():
                blocks.append(block)
                total += len(block)
                if total >= _EXCERPT * rate:
                    break
    except SourceError:
        pass
    return np.concatenate(blocks)[: _EXCERPT * rate].astype(np.float64)
