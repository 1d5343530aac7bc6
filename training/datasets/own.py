"""A folder of our own recordings, `*.npz`, in subfolders too, with an optional manifest of what is in them.

`manifest.tsv` has the columns path, label, start and end (seconds), a row for each gesture. An empty label, like a
recording that has no row, says that nothing is to be reported. Optional columns: `hand` (left or right), where both
hands are seen, and `split` (train or dev).
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from legato.app.vision.recording import Recording
from legato.training.datasets.pictures import Progress
from legato.training.datasets.rows import text
from legato.training.datasets.spans import in_order, maker, visible
from legato.training.takes import GestureSpan, Take

_COLUMNS = ("path", "label", "start", "end")
_HANDS = {"": None, "left": 0.0, "right": 1.0}
_SPLITS = ("train", "dev")


@dataclass
class _Listed:
    """What the manifest says of a recording."""

    split: str
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Gestures: the place in the manifest, and the row"""


def read(folder: Path, progress: Progress) -> list[Take]:
    """The takes of a folder."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.npz"))}
    if not paths:
        raise ValueError(f"{folder}: holds no recordings (*.npz)")
    manifest = folder / "manifest.tsv"
    listed = _listed(manifest, paths) if manifest.is_file() else {}
    takes = []
    for name, path in paths.items():
        recording, entry = Recording.load(path), listed.get(name, _Listed("train"))
        spans = in_order(_span(recording, row, where) for where, row in entry.rows)
        takes.append(Take(name, recording, spans, entry.split))
        progress(len(takes), len(paths))
    return takes


def _listed(manifest: Path, paths: dict[str, Path]) -> dict[str, _Listed]:
    found: dict[str, _Listed] = {}
    table = csv.DictReader(text(manifest).splitlines(), delimiter="\t", restval="")
    missing = [column for column in _COLUMNS if column not in (table.fieldnames or ())]
    if missing:
        raise ValueError(f"{manifest}: lacks the column {missing[0]}")
    for row in table:
        where = f"{manifest}:{table.line_num}"
        if None in row:
            raise ValueError(f"{where}: more cells than there are columns")
        name, split = Path(row["path"]).as_posix(), row.get("split") or "train"
        if name not in paths:
            raise ValueError(f"{where}: no such recording: {row['path']}")
        if split not in _SPLITS:
            raise ValueError(f"{where}: split must be train or dev, not {split!r}")
        entry = found.setdefault(name, _Listed(split))
        if entry.split != split:
            raise ValueError(f"{where}: {name} is in {entry.split} and in {split}")
        if row["label"]:
            entry.rows.append((where, row))
    return found


def _span(recording: Recording, row: dict[str, str], where: str) -> GestureSpan:
    try:
        start, end = float(row["start"]), float(row["end"])
    except ValueError:
        raise ValueError(f"{where}: start and end must be seconds, not {row['start']!r} and {row['end']!r}") from None
    last = float(recording.time[-1]) if len(recording.time) else 0.0
    if not 0 <= start <= end or start > last:
        raise ValueError(f"{where}: no gesture goes from {start:g} s to {end:g} s in a recording of {last:g} s")
    hand = row.get("hand") or ""
    if hand not in _HANDS:
        raise ValueError(f"{where}: hand must be left or right, not {hand!r}")
    return visible(recording, GestureSpan(row["label"], start, end, maker(recording, start, end, _HANDS[hand])))
