"""Transcripts as files, which are either there as a whole or not at all."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from legato.app.engine.errors import SourceError
from legato.app.transcription.jobs import Job


def prepare(job: Job) -> None:
    """Make the folder of a transcript; SourceError where it could not be written there."""
    folder = job.base.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{folder} cannot be made: {error.strerror}; choose another folder with --output") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SourceError(f"{folder} may not be written to: choose another folder with --output")


def save(job: Job, texts: Mapping[str, str]) -> None:
    """Write a transcript, by format; SourceError where that fails."""
    for form, text in texts.items():
        target = job.target(form)
        try:
            _replace(target, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise SourceError(f"{target} cannot be written: {error.strerror}") from None
    _settle(job.base.parent)


def _replace(target: Path, content: bytes) -> None:
    """Write the file under another name, and give it its own when all of it is on the disk."""
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Have the folder's list of names on the disk too, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
