"""What engines are told, and what they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from legato.app.transcription.jobs import Job

TRIES = 3
"""Times that a recording is begun whose workers die of it"""


@dataclass(frozen=True)
class Settings:
    """What all workers have in common."""

    model: Path
    device: str
    """"auto", "cpu" or "cuda" """
    formats: tuple[str, ...]
    language_model: Path | None = None
    vocabulary: tuple[str, ...] = ()
    """Words that are likelier than they are in general"""


@dataclass(frozen=True)
class Result:
    """What came of a job."""

    job: Job
    seconds: float
    """Of sound that could be read"""
    texts: Mapping[str, str]
    """The transcript by format; nothing where the job failed"""
    problems: tuple[str, ...]
    """What a user must know: a line each"""


@dataclass(frozen=True)
class Heard:
    """Sound was got through."""

    seconds: float
    """Less than nothing where it has to be done again"""


@dataclass(frozen=True)
class Said:
    """Something that concerns no recording in particular."""

    text: str


Event = Heard | Said | Result


def given_up(job: Job, reason: str) -> Result:
    """The result of a job that was begun often enough."""
    return Result(job, 0.0, {}, (f"{job.source} could not be read in {TRIES} tries: {reason}",))
