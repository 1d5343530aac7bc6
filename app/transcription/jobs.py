"""From what a user names as PATH... to recordings, each with the files that its transcript goes to."""

import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from legato.app.engine.errors import SourceError

_MEDIA = """
    3gp aac aax ac3 aif aifc aiff amr ape asf au avi caf dts eac3 flac flv m2ts m4a m4b m4p m4v mka mkv mov mp2 mp3 mp4
    mpeg mpg mts mxf oga ogg ogv opus ra rm spx tta voc vob w64 wav weba webm wma wmv wv
"""
"""How the names of recordings end that are looked for in folders; a file that is named itself may be called anything"""
_ENDINGS = frozenset(_MEDIA.split())
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True)
class Job:
    """A recording, and where its transcript goes."""

    source: Path
    base: Path
    """The transcript's path without what its format adds"""

    def target(self, form: str) -> Path:
        """The transcript's path in a format."""
        return self.base.with_name(f"{self.base.name}.{form}")

    def done(self, formats: Sequence[str]) -> bool:
        """Whether the transcript is there in all formats, and newer than the recording.

        Files get their names when they are complete, so one that is there is whole.
        """
        try:
            made = self.source.stat().st_mtime_ns
            return all(self.target(form).stat().st_mtime_ns >= made for form in formats)
        except OSError:
            return False


def is_media(path: Path) -> bool:
    """Whether a file has the name of a recording that is looked for in folders."""
    return not path.name.startswith(".") and path.suffix[1:].lower() in _ENDINGS and path.is_file()


def find(paths: Sequence[str], output: Path | None, formats: Sequence[str]) -> tuple[list[Job], list[str]]:
    """The recordings that are named, or that are in folders which are; and a line for each that cannot be done.

    A transcript goes beside its recording, or under `output`, where the tree below a folder is kept.
    """
    jobs: dict[Job, None] = {}
    problems: list[str] = []
    for path in paths:
        try:
            jobs.update(dict.fromkeys(_named(path, output, problems)))
        except SourceError as error:
            problems.append(str(error))
    return _distinct(list(jobs), formats, problems), problems


def _named(text: str, output: Path | None, problems: list[str]) -> Iterator[Job]:
    """What one argument names; SourceError where that is nothing."""
    if _ADDRESS.match(text):
        raise SourceError(f"{text} is a web address: download the recording, and name the file")
    path = Path(text)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise SourceError(f"no such file: {text}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise SourceError(f"{text} cannot be read: {reason}") from None
    if stat.S_ISDIR(mode):
        yield from _inside(path, output, problems)
    elif stat.S_ISREG(mode):
        yield Job(path, (output or path.parent) / path.stem)
    else:
        raise SourceError(f"{text} is neither a file nor a folder: save the recording to a file first")


def _inside(folder: Path, output: Path | None, problems: list[str]) -> Iterator[Job]:
    """All recordings in a folder and below; hidden ones are left out."""
    found = False
    refused: list[str] = []
    for place, below, names in os.walk(
        folder, onerror=lambda error: refused.append(f"{error.filename} cannot be looked through: {error.strerror}")
    ):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            source = Path(place, name)
            if is_media(source):
                found = True
                beside = output / source.parent.relative_to(folder) if output else source.parent
                yield Job(source, beside / source.stem)
    problems += refused
    if not found and not refused:
        raise SourceError(f"{folder} holds no audio or video file")


def _distinct(jobs: Sequence[Job], formats: Sequence[str], problems: list[str]) -> list[Job]:
    """The jobs that have their files to themselves; a line for those that do not."""
    by_base: defaultdict[str, dict[str, Job]] = defaultdict(dict)
    for job in jobs:
        by_base[_real(job.base)].setdefault(os.path.realpath(job.source), job)
    sources = {_real(job.source) for job in jobs}
    kept = []
    for same in by_base.values():
        first, *others = same.values()
        into = first.target(formats[0])
        if others:
            names = " and ".join(str(job.source) for job in (first, *others))
            problems.append(f"{names} would all be written to {into}: rename them, or do them with different --output")
        elif any(_real(first.target(form)) in sources for form in formats):
            problems.append(f"{first.source} would be written over by a transcript: choose another --output")
        else:
            kept.append(first)
    return kept


def _real(path: Path) -> str:
    """The same text for all paths of one name in one folder."""
    return os.path.normcase(Path(os.path.realpath(path.parent), path.name))
