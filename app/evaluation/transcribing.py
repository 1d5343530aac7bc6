"""Recordings written down as `legato transcribe` does it, and by others, with the processor's time.

Letters: S samples.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from legato.app.devices.media import MediaFile
from legato.app.engine.errors import SourceError
from legato.app.evaluation.speech import Heard, plain
from legato.app.evaluation.spoken import Spoken
from legato.app.transcription.transcriber import Transcriber
from legato.app.transcription.voice import RATE
from legato.app.transcription.words import Floats, Word

Listener = Callable[[Floats], str]
"""Gives the text of a whole recording (S,) at RATE hertz"""


@dataclass(frozen=True)
class Transcribed:
    """What was written down."""

    heard: tuple[Heard, ...]
    cpu: float
    """Processor seconds in all, from file to words; loading the model is left out"""
    failures: tuple[str, ...]
    """One line for each recording that could not be read"""

    @property
    def seconds(self) -> float:
        """Of sound."""
        return sum(one.seconds for one in self.heard)

    @property
    def factor(self) -> float | None:
        """Processor seconds a second of sound; None where there was no sound."""
        return self.cpu / self.seconds if self.seconds else None


def transcribe(transcriber: Transcriber, recordings: Sequence[Spoken], advance: Callable[[], None]) -> Transcribed:
    """All recordings through the file pipeline; `advance` is called after each."""
    heard, failures = dict[int, Heard](), dict[int, str]()
    before = time.process_time()
    for reading in transcriber.read([one.path for one in recordings], lambda _seconds: None):
        one = recordings[reading.place]
        if reading.failed:
            failures[reading.place] = f"line {one.line}: {reading.problems[0]}"
        else:
            heard[reading.place] = Heard(one, plain(reading.words), reading.seconds)
        advance()
    cpu = time.process_time() - before
    return Transcribed(_in_order(heard), cpu, tuple(failures[place] for place in sorted(failures)))


def transcribe_by(listener: Listener, recordings: Sequence[Spoken], advance: Callable[[], None]) -> Transcribed:
    """The same by somebody else, recording by recording; its words have no times."""
    heard, failures = list[Heard](), list[str]()
    before = time.process_time()
    for one in recordings:
        try:
            samples = samples_of(one.path)
        except SourceError as error:
            failures.append(f"line {one.line}: {error}")
        else:
            words = (Word(word, 0.0, 0.0, 0.0) for word in listener(samples).split())
            heard.append(Heard(one, plain(words), len(samples) / RATE))
        advance()
    return Transcribed(tuple(heard), time.process_time() - before, tuple(failures))


def samples_of(path: Path) -> Floats:
    """A whole recording (S,) at RATE hertz; SourceError where it cannot be read."""
    with MediaFile(path, RATE) as file:
        return file.whole()


def _in_order(heard: dict[int, Heard]) -> tuple[Heard, ...]:
    return tuple(heard[place] for place in sorted(heard))
