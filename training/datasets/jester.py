"""20BN Jester: webcam clips of about three seconds with one gesture each.

    20bn-jester-v1/ID/00001.jpg …    12 a second
    jester-v1-train.csv              id;label, no header
    jester-v1-validation.csv         the same; becomes `dev`

Nothing tells when in its clip a gesture is made, so that a span is the whole clip.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from legato.app.devices.pictures import Frame
from legato.training.datasets.classes import Classes
from legato.training.datasets.pictures import Progress, numbered, recorded, stills
from legato.training.datasets.rows import Row, rows
from legato.training.datasets.spans import between, visible
from legato.training.takes import Take

RATE = 12.0
"""Frames a second"""
_LISTS = {"train": "jester-v1-train.csv", "dev": "jester-v1-validation.csv"}


@dataclass(frozen=True)
class _Clip:
    name: str
    split: str
    label: str | None
    pictures: Path
    stored: Path


def read(folder: Path, cache: Path, progress: Progress) -> list[Take]:
    """The takes of a folder; the recordings of their hands are kept in the folder `cache`."""
    clips = [_clip(folder, cache, row, split) for split, name in _LISTS.items() for row in rows(folder / name, ";", 2)]
    takes = []
    for clip in clips:
        recording = recorded(clip.stored, functools.partial(_frames, clip.pictures))
        whole = [between(recording, clip.label, 0, len(recording.time) - 1)] if clip.label else []
        spans = tuple(visible(recording, span) for span in whole)
        takes.append(Take(clip.name, recording, spans, clip.split))
        progress(len(takes), len(clips))
    return takes


def _clip(folder: Path, cache: Path, row: Row, split: str) -> _Clip:
    name, own = row.cells
    pictures = folder / "20bn-jester-v1" / name
    stored = cache / name[-3:] / f"{name}.npz"  # a hundred or so in a folder: there are 148,092
    if not stored.is_file() and not pictures.is_dir():
        raise ValueError(f"{row.where}: no such folder: {pictures}")
    return _Clip(name, split, Classes.of("jester").label(own, row.where), pictures, stored)


def _frames(pictures: Path) -> Iterator[Frame]:
    return stills(numbered(pictures), RATE)
