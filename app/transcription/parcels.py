"""Work put together to parcels: what a worker gets at once.

What is read in one batch depends on the parcel alone, so that a transcript is the same whoever does it, and when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from legato.app.devices.container import Decoding
from legato.app.engine.errors import SourceError
from legato.app.transcription.jobs import Job

_ENOUGH = 120.0
"""Seconds of sound that fill a parcel"""
_MANY = 64
"""Recordings that do"""
_BYTES = 16_000
"""A second of a recording that does not tell its length"""


@dataclass(frozen=True)
class Parcel:
    """Recordings that are read together."""

    jobs: tuple[Job, ...]
    seconds: tuple[float, ...]
    """About as long is each"""

    @property
    def length(self) -> float:
        """Seconds of all."""
        return sum(self.seconds)

    def rest(self, done: Iterable[Job]) -> "list[Parcel]":
        """What is left of it when some is done, one by one."""
        gone = set(done)
        left = zip(self.jobs, self.seconds, strict=True)
        return [Parcel((job,), (length,)) for job, length in left if job not in gone]


def length_of(path: Path) -> float:
    """About how many seconds of sound a recording holds; 0 where it cannot be read."""
    try:
        with_sound = Decoding(path, "audio")
    except SourceError:
        return 0.0
    with_sound.close()
    if with_sound.duration is None or with_sound.duration < 0:
        return path.stat().st_size / _BYTES
    return with_sound.duration


def parcels(jobs: Sequence[Job], lengths: Sequence[float]) -> list[Parcel]:
    """All jobs, the longest first, short ones together."""
    made: list[Parcel] = []
    together: list[tuple[Job, float]] = []
    for one in sorted(zip(jobs, lengths, strict=True), key=lambda one: (-one[1], str(one[0].source))):
        if together and (_length(together) + one[1] > _ENOUGH or len(together) == _MANY):
            made.append(_parcel(together))
            together = []
        together.append(one)
    return [*made, _parcel(together)] if together else made


def _length(together: Sequence[tuple[Job, float]]) -> float:
    return sum(length for _, length in together)


def _parcel(together: Sequence[tuple[Job, float]]) -> Parcel:
    return Parcel(tuple(job for job, _ in together), tuple(length for _, length in together))
