"""The spoken pieces of a recording, found while it is decoded.

Letters: S samples, W windows of the voice activity detector.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from legato.app.devices.media import MediaFile
from legato.app.devices.source import Block
from legato.app.transcription.cutting import Cutter, Piece
from legato.app.transcription.voice import RATE, WINDOW, VoiceDetector, beginning
from legato.app.transcription.words import Floats

_TOGETHER = 64
"""Windows that are looked at in one call"""
_SHORT = 2.0
"""Seconds of a recording, such as that of a word, that is read as a whole where no piece of it is clearly speech…"""
_LIKELY = 0.25
"""…but where the probability of speech, 0..1, comes so high"""


class Recording:
    """A file of sound or video, to be read once."""

    def __init__(self, path: Path, detector: VoiceDetector) -> None:
        """Open nothing yet."""
        self.path = path
        self.samples = 0
        """Samples that were read, at RATE hertz"""
        self._detector = detector
        self._short: list[Floats] = []
        """All sound of a short recording that may be speech"""

    @property
    def seconds(self) -> float:
        """How much was read."""
        return self.samples / RATE

    def pieces(self) -> Iterator[Piece]:
        """What is spoken, in order; SourceError where the file cannot be read."""
        found = False
        for piece in self._clear():
            found = True
            yield piece
        if self._short and not found:
            yield Piece(0, np.concatenate(self._short))

    def _clear(self) -> Iterator[Piece]:
        """What is clearly speech."""
        cutter, memory, highest = Cutter(), beginning(), 0.0
        with MediaFile(self.path, RATE) as file:
            for block in _regular(file.blocks(), _TOGETHER * WINDOW):
                self.samples += len(block)
                windows = np.pad(block, (0, -len(block) % WINDOW)).reshape(-1, WINDOW)
                chances, memory = self._detector.run(windows, memory)
                highest = max(highest, float(chances.max()))
                self._short = [*self._short, block] if self.seconds <= _SHORT else []
                yield from cutter.feed(windows, chances)
        if highest < _LIKELY:
            self._short = []
        yield from cutter.flush(self.samples)


def _regular(blocks: Iterable[Block], size: int) -> Iterator[Floats]:
    """The same sound in blocks of `size` samples, the last one shorter; what is no number is silence."""
    held: list[Block] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        if count >= size:
            whole = _sound(held)
            full = count // size * size
            yield from whole[:full].reshape(-1, size)
            held, count = [whole[full:]], count - full
    if count:
        yield _sound(held)


def _sound(blocks: Sequence[Block]) -> Floats:
    """The blocks as one, within [-1, 1]."""
    return np.clip(np.nan_to_num(np.concatenate(blocks), nan=0.0), -1, 1)
