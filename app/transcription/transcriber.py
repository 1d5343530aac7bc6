"""Many recordings read with one model: their pieces in common batches, their words each in its own order."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from legato.app.engine.errors import LegatoError
from legato.app.transcription.cutting import Piece
from legato.app.transcription.recognition import Batching, Recogniser, batches
from legato.app.transcription.recording import Recording
from legato.app.transcription.voice import RATE, VoiceDetector
from legato.app.transcription.words import Word


@dataclass(frozen=True)
class Reading:
    """What came of a recording."""

    place: int
    """Of the recording among those that were asked for"""
    seconds: float
    """Of sound that could be read"""
    words: tuple[Word, ...]
    """In order, with times from the recording's start"""
    problems: tuple[str, ...]
    """What a user must know: a line each"""
    failed: bool = False
    """Whether it could not be read, so that there is nothing to write"""


@dataclass(eq=False)
class _Open:
    """A recording that is being read."""

    place: int
    path: Path
    seconds: float = 0.0
    ended: bool = False
    waiting: int = 0
    """Pieces whose words are not known yet"""
    words: dict[int, list[Word]] = field(default_factory=dict)
    """By the piece's start"""
    problems: list[str] = field(default_factory=list)
    failed: bool = False

    def take(self, piece: Piece, words: list[Word]) -> None:
        """The words of one of its pieces."""
        self.words[piece.start] = words
        self.waiting -= 1

    def reading(self) -> Reading:
        if not self.failed and not self.problems and not any(self.words.values()):
            self.problems.append(f"{self.path}: no speech was found in it")
        words = tuple(word for start in sorted(self.words) for word in self.words[start])
        return Reading(self.place, self.seconds, words, tuple(self.problems), self.failed)


class _Pool:
    """Pieces whose words are not known yet."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all of them."""
        self.pieces: list[tuple[_Open, Piece]] = []
        self.samples = 0
        self.seconds = 0.0
        """Of sound that was read to find them, with all silence"""

    def add(self, one: _Open, piece: Piece) -> None:
        """One more, of that recording."""
        one.waiting += 1
        self.pieces.append((one, piece))
        self.samples += len(piece.samples)


class Transcriber:
    """Reads recordings; what it holds of them does not grow with their length, but for the words."""

    def __init__(self, recogniser: Recogniser, detector: VoiceDetector, batching: Batching | None = None) -> None:
        self._recogniser = recogniser
        self._detector = detector
        self._batching = batching or Batching()

    def read(self, paths: Sequence[Path], heard: Callable[[float], None]) -> Iterator[Reading]:
        """One reading a path, as they are done; `heard` is told the seconds of sound that were got through."""
        pool = _Pool()
        unfinished: list[_Open] = []
        for place, path in enumerate(paths):
            one = _Open(place, path)
            unfinished.append(one)
            for piece in self._pieces(one, pool):
                pool.add(one, piece)
                if pool.samples >= self._batching.ahead * RATE:
                    self._recognise(pool, heard)
            yield from _finished(unfinished)
        self._recognise(pool, heard)
        yield from _finished(unfinished)

    def _pieces(self, one: _Open, pool: _Pool) -> Iterator[Piece]:
        """The pieces of a recording; what goes wrong with it is noted."""
        recording = Recording(one.path, self._detector)
        with _noted(one.problems):
            try:
                for piece in recording.pieces():
                    pool.seconds += recording.seconds - one.seconds
                    one.seconds = recording.seconds
                    yield piece
            except LegatoError as error:
                one.problems.append(str(error))
                one.failed = True
        pool.seconds += recording.seconds - one.seconds
        one.seconds = recording.seconds
        one.ended = True

    def _recognise(self, pool: _Pool, heard: Callable[[float], None]) -> None:
        """Find the words of all pieces, and empty the pool."""
        pieces = [piece for _, piece in pool.pieces]
        for places in batches(pieces, self._batching):
            found = self._recogniser.words([pieces[place] for place in places])
            for place, words in zip(places, found, strict=True):
                pool.pieces[place][0].take(pieces[place], words)
            share = pool.seconds * sum(len(pieces[place].samples) for place in places) / pool.samples
            heard(share)
        if not pieces:
            heard(pool.seconds)
        pool.clear()


def _finished(unfinished: list[_Open]) -> Iterator[Reading]:
    """The readings of those that are complete, which leave the list."""
    done = [one for one in unfinished if one.ended and not one.waiting]
    unfinished[:] = [one for one in unfinished if one not in done]
    for one in done:
        yield one.reading()


@contextmanager
def _noted(lines: list[str]) -> Iterator[None]:
    """What is said about a damaged file goes into `lines` and nowhere else."""

    def note(record: logging.LogRecord) -> bool:
        lines.append(record.getMessage())
        return False

    log = logging.getLogger("legato.app.devices.container")
    log.addFilter(note)
    try:
        yield
    finally:
        log.removeFilter(note)
