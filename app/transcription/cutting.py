"""Speech cut at its pauses into pieces that are read on their own, while the sound streams by.

Letters: S samples, W windows of the voice activity detector.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from legato.app.transcription.voice import RATE, WINDOW
from legato.app.transcription.words import Floats

SECOND = RATE / WINDOW
"""Windows"""


@dataclass(frozen=True)
class Cutting:
    """Where speech begins and ends, and how long a piece of it may be."""

    begin: float = 0.4
    """Probability, 0..1, from which on somebody speaks"""
    end: float = 0.25
    """Probability, 0..1, below which nobody does any more"""
    padding: float = 0.25
    """Seconds that are kept on both sides of speech, where there are so many"""
    lengths: Sequence[float] = (5.0, 10.0, 20.0)
    """Seconds of a piece…"""
    pauses: Sequence[float] = (1.5, 0.6, 0.2)
    """…and seconds of the pause that ends a piece so long; straight lines between them"""
    longest: float = 28.0
    """Seconds at which a piece without such a pause is cut at its quietest place"""
    tail: float = 1.0
    """Seconds before that in which it is not cut"""
    shortest: float = 0.09
    """Seconds of speech below which there is none"""


@dataclass(frozen=True, eq=False)
class Piece:
    """Sound in which somebody speaks."""

    start: int
    """Samples since the recording's first"""
    samples: Floats
    """(S,)"""


class Cutter:
    """Windows of sound come in, pieces go out; what is held in memory is shorter than the longest piece."""

    def __init__(self, cutting: Cutting | None = None) -> None:
        self._cutting = cutting or Cutting()
        self._padding = round(self._cutting.padding * SECOND)
        self._first = 0  # of the windows that are held; a piece that is open begins there
        self._windows: list[Floats] = []
        self._chances: list[float] = []
        self._open = self._speaking = False
        self._pause = 0  # the window in which the present pause began

    def feed(self, windows: Floats, chances: Floats) -> Iterator[Piece]:
        """The pieces that end within the next windows (W, WINDOW), with probabilities (W,) of speech."""
        for window, chance in zip(windows, chances.tolist(), strict=True):
            self._windows.append(window)
            self._chances.append(chance)
            yield from self._step(chance)

    def flush(self, end: int) -> Iterator[Piece]:
        """What is left at the recording's end, after `end` samples."""
        if self._open:
            yield from self._close(self._next if self._speaking else min(self._pause + self._padding, self._next), end)

    @property
    def _next(self) -> int:
        return self._first + len(self._windows)

    def _step(self, chance: float) -> Iterator[Piece]:
        """What the newest window leads to."""
        spoke = self._speaking
        self._speaking = chance >= (self._cutting.end if spoke else self._cutting.begin)
        if not self._open:
            self._open = self._speaking
            self._forget(self._next - self._padding - self._speaking)
            return
        if self._speaking:
            if self._next - self._first >= self._cutting.longest * SECOND:
                yield from self._close(self._quietest())
            return
        if spoke:
            self._pause = self._next - 1
        quiet = self._next - self._pause
        if quiet >= self._needed((self._pause - self._first) / SECOND) * SECOND:
            yield from self._close(self._pause + min(self._padding, quiet // 2))
            self._open = False
            self._forget(self._next - self._padding)

    def _needed(self, length: float) -> float:
        """Seconds of the pause that ends a piece of `length` seconds."""
        return float(np.interp(length, self._cutting.lengths, self._cutting.pauses))

    def _quietest(self) -> int:
        """A window in the second half of the open piece where least is heard."""
        begin = round(self._cutting.longest * SECOND / 2)
        stop = len(self._windows) - round(self._cutting.tail * SECOND)
        power = np.square(np.stack(self._windows[begin:stop])).mean(axis=1)
        loudness = 10 * np.log10(power + 1e-10) + 20 * np.array(self._chances[begin:stop])
        smooth = np.convolve(loudness, np.ones(5) / 5, mode="valid")  # a stop consonant alone is no pause
        return self._first + begin + 2 + int(smooth.argmin())

    def _close(self, stop: int, end: int | None = None) -> Iterator[Piece]:
        """The open piece up to the window `stop` or the sample `end`, if there is speech in it; drops its windows."""
        count = stop - self._first
        spoken = sum(chance >= self._cutting.begin for chance in self._chances[:count])
        if spoken >= self._cutting.shortest * SECOND:
            start = self._first * WINDOW
            yield Piece(start, np.concatenate(self._windows[:count])[: None if end is None else end - start])
        self._forget(stop)

    def _forget(self, before: int) -> None:
        """Drop the windows in front of that one."""
        count = max(0, before - self._first)
        del self._windows[:count], self._chances[:count]
        self._first += count
