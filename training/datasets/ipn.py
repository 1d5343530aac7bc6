"""IPN Hand: videos of people who make gestures and other movements without a pause.

    frames/VIDEO/VIDEO_000001.jpg …    or    videos/VIDEO.avi (or .mp4), in subfolders too
    annotations/Annot_TrainList.txt    video,label,id,start,end,frames: 1-based, inclusive, no header
    annotations/Annot_TestList.txt     the same; becomes `dev`. The two share no person

Where both are there, the frames are read: the annotations count them. The names of the classes are meant from the
person's own point of view, as ours are.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from legato.app.devices.pictures import Frame
from legato.app.vision.recording import Recording
from legato.training.datasets.classes import Classes
from legato.training.datasets.pictures import Progress, numbered, recorded, stills, video
from legato.training.datasets.rows import Row, rows
from legato.training.datasets.spans import between, in_order, visible
from legato.training.takes import GestureSpan, Take

RATE = 30.0
"""Frames a second"""
_LISTS = {"train": "Annot_TrainList.txt", "dev": "Annot_TestList.txt"}
_VIDEOS = {".avi", ".mp4"}


@dataclass
class _Listed:
    """A video with its gestures."""

    split: str
    rows: list[Row] = field(default_factory=list)


def read(folder: Path, cache: Path, progress: Progress) -> list[Take]:
    """The takes of a folder; the recordings of their hands are kept in the folder `cache`."""
    listed = _listed(folder)
    pictures = _pictures(folder, listed)
    for name, entry in listed.items():
        if name not in pictures and not (cache / f"{name}.npz").is_file():
            where = entry.rows[0].where
            raise ValueError(f"{where}: {folder} has neither frames/{name} nor a video of that name in videos")
    takes = []
    for name, entry in listed.items():
        recording = recorded(cache / f"{name}.npz", functools.partial(_frames, pictures.get(name, folder)))
        takes.append(Take(name, recording, _spans(recording, name, entry.rows), entry.split))
        progress(len(takes), len(listed))
    return takes


def _spans(recording: Recording, name: str, listed: list[Row]) -> tuple[GestureSpan, ...]:
    right, spans = _hand(name), []
    for row in listed:
        label = Classes.of("ipn").label(row.cells[1], row.where)
        first, last = row.frames(3, 1, len(recording.time))
        if label:
            spans.append(visible(recording, between(recording, label, first, last, right)))
    return in_order(spans)


def _listed(folder: Path) -> dict[str, _Listed]:
    """The videos by name; all rows are checked before the first video is read."""
    found: dict[str, _Listed] = {}
    for split, name in _LISTS.items():
        for row in rows(folder / "annotations" / name, ",", 6):
            Classes.of("ipn").label(row.cells[1], row.where)
            entry = found.setdefault(row.cells[0], _Listed(split))
            if entry.split != split:
                raise ValueError(f"{row.where}: {row.cells[0]} is in {_LISTS['train']} too")
            entry.rows.append(row)
    return found


def _pictures(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """The folder of pictures, or else the video, of each that has one."""
    found = {path.stem: path for path in sorted((folder / "videos").rglob("*")) if path.suffix.lower() in _VIDEOS}
    return found | {name: folder / "frames" / name for name in names if (folder / "frames" / name).is_dir()}


def _frames(pictures: Path) -> Iterator[Frame]:
    return stills(numbered(pictures), RATE) if pictures.is_dir() else video(pictures)


def _hand(name: str) -> float | None:
    """How likely it is the right hand: names are like `1CM1_4_R_#229`; None where one is not."""
    sides = {"R": 1.0, "L": 0.0}
    return next((sides[part] for part in name.split("_") if part in sides), None)
