"""Recordings with the text that is said in them, and the times of their words: tables of tab-separated values."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from legato.app.evaluation.manifest import ManifestError, lines_of
from legato.app.transcription.texts import normalise


@dataclass(frozen=True)
class Spoken:
    """A recording and what is said in it."""

    path: Path
    name: str
    """The path as the manifest has it"""
    line: int
    """Where the manifest names it"""
    text: str
    """As `normalise` gives it; empty where nothing is said"""
    columns: Mapping[str, str]
    """The manifest's other columns"""


@dataclass(frozen=True)
class Timed:
    """A word of a recording."""

    word: str
    start: float
    """Seconds"""
    end: float
    """Seconds"""


def read_spoken(path: Path, split: str | None = None) -> tuple[Spoken, ...]:
    """The recordings of the manifest `path`, or those that its column `split` names so.

    Its header names at least path and text. Paths are relative to the manifest. ManifestError for a file that cannot
    be used.
    """
    found: dict[str, Spoken] = {}
    for number, cells in _rows(path, ("path", "text", *(["split"] if split else []))):
        name, text = cells.pop("path"), normalise(cells.pop("text"))
        if name in found:
            raise ManifestError(f"{path}: line {number}: {name} stands in line {found[name].line} already")
        if split is None or cells["split"] == split:
            found[name] = Spoken(path.parent / name, name, number, text, cells)
    if not found:
        which = f" whose split is {split!r}" if split else ""
        raise ManifestError(f"{path}: no recordings{which}: add a line for each")
    return tuple(found.values())


def read_times(path: Path) -> dict[str, tuple[Timed, ...]]:
    """The words of each recording by its path as the table has it: columns path, word, start, end."""
    found: dict[str, list[Timed]] = {}
    for number, cells in _rows(path, ("path", "word", "start", "end")):
        try:
            word = Timed(normalise(cells["word"]), float(cells["start"]), float(cells["end"]))
        except ValueError:
            raise ManifestError(f"{path}: line {number}: start and end must be seconds") from None
        found.setdefault(cells["path"], []).append(word)
    return {name: tuple(words) for name, words in found.items()}


def _rows(path: Path, needed: Collection[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column, of a table whose header has the needed columns."""
    lines = lines_of(path)
    number, header = next(lines, (1, []))
    for name in needed:
        if name not in header:
            raise ManifestError(f"{path}: line {number}: no column {name!r}; the header needs {', '.join(needed)}")
    for number, cells in lines:
        if len(cells) != len(header):
            raise ManifestError(f"{path}: line {number}: {len(cells)} columns where the header names {len(header)}")
        yield number, dict(zip(header, cells, strict=True))
