"""Labelled recordings: a table of tab-separated values that says what is heard when."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from legato.app.engine.errors import LegatoError

_NEEDED = ("path", "label", "start", "end")


class ManifestError(LegatoError):
    """A manifest that cannot be used; names the file and, where there is one, the line and the column."""


@dataclass(frozen=True)
class Row:
    """One thing to be heard in a recording."""

    label: str
    start: float
    """Seconds from the recording's first sample"""
    end: float | None
    """Seconds; None for the recording's end"""
    columns: Mapping[str, str]
    """The manifest's other columns"""


@dataclass(frozen=True)
class Recording:
    """A file, and everything to be heard in it; no rows where that is nothing."""

    path: Path
    line: int
    """Where the manifest first names it"""
    rows: tuple[Row, ...]
    columns: Mapping[str, str]
    """The other columns of its first line"""


@dataclass(frozen=True)
class Manifest:
    """Recordings in the order in which the file names them."""

    path: Path
    recordings: tuple[Recording, ...]
    columns: tuple[str, ...]
    """Columns beyond path, label, start and end"""

    @property
    def labels(self) -> frozenset[str]:
        """Every label that occurs."""
        return frozenset(row.label for recording in self.recordings for row in recording.rows)


def read_manifest(path: Path) -> Manifest:
    """The manifest in the file `path`.

    Its header names at least path, label, start and end. Paths are relative to the manifest; lines of one path belong
    together; a line without a label says that nothing is to be heard. An empty start is the recording's beginning, an
    empty end its end. ManifestError for a file that cannot be read or a cell that makes no sense.
    """
    lines = lines_of(path)
    number, header = next(lines, (1, []))
    for name in _NEEDED:
        if name not in header:
            raise ManifestError(f"{path}: line {number}: no column {name!r}; the header needs {', '.join(_NEEDED)}")
    if len(set(header)) != len(header):
        raise ManifestError(f"{path}: line {number}: a column is named twice")
    found: dict[str, list[tuple[int, Row]]] = {}
    for number, cells in lines:
        if len(cells) != len(header):
            raise ManifestError(f"{path}: line {number}: {len(cells)} columns where the header names {len(header)}")
        name, row = _row(path, number, dict(zip(header, cells, strict=True)))
        found.setdefault(name, []).append((number, row))
    if not found:
        raise ManifestError(f"{path}: no recordings: add a line for each")
    recordings = tuple(_recording(path.parent / name, rows) for name, rows in found.items())
    return Manifest(path, recordings, tuple(name for name in header if name not in _NEEDED))


def lines_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line of a table that is not blank; ManifestError for a file that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ManifestError(f"{path}: not a table of UTF-8 text") from None
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read: {error.strerror}") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, [cell.strip() for cell in line.split("\t")]


def _row(path: Path, number: int, cells: dict[str, str]) -> tuple[str, Row]:
    """The path that a line names, and what the line says of it."""
    name, label = cells.pop("path"), cells.pop("label")
    if not name:
        raise ManifestError(f"{path}: line {number}, column 'path': empty")
    start = _seconds(path, number, "start", cells.pop("start"))
    end = _seconds(path, number, "end", cells.pop("end"))
    if end is not None and end <= (start or 0.0):
        raise ManifestError(f"{path}: line {number}, column 'end': {end:g} s is not after the start")
    return name, Row(label, start or 0.0, end, cells)


def _seconds(path: Path, number: int, column: str, cell: str) -> float | None:
    """A time, or None for an empty cell."""
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise ManifestError(f"{path}: line {number}, column {column!r}: {cell!r} is no time in seconds")
    return value


def _recording(path: Path, rows: list[tuple[int, Row]]) -> Recording:
    line, first = rows[0]
    return Recording(path, line, tuple(row for _, row in rows if row.label), first.columns)
