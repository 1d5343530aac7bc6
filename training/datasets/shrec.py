"""SHREC'21 and SHREC'22: gestures among other movements, made with one hand before a Leap Motion or a HoloLens 2.

    training_set, test_set            or a folder of the same name in each; the test set becomes `dev`
        SHREC'21  sequences/1.txt …   a row a frame, 50 a second: 20 joints × (position 3 + quaternion 4)
                  annotations_revised*.txt, or annotations*.txt       1-based
        SHREC'22  1.txt …             index; timestamp; 26 joints × 3, at an uneven rate
                  annotations.txt                                     0-based
    Cells are separated by semicolons; annotations are SEQUENCE;LABEL;START;END;LABEL;START;END;…, inclusive.

Positions are metres along Unity's axes: x is the person's right, y is up, z is ahead. What is told of the classes is
told from the person's own point of view, as ours are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from legato.training.datasets.classes import Classes
from legato.training.datasets.pictures import Progress
from legato.training.datasets.rows import Row, numbers, rows
from legato.training.datasets.skeletons import facing, from_20, from_26, one_hand, righted, seen_by_camera
from legato.training.datasets.spans import between, in_order, visible
from legato.training.takes import GestureSpan, Take

Doubles = npt.NDArray[np.float64]

RATE = 50.0
"""Frames a second of SHREC'21"""
_SPLITS = {"train": "training_set", "dev": "test_set"}


@dataclass(frozen=True)
class _Form:
    """What differs between the two sets."""

    name: str
    """Of the table of classes"""
    base: int
    """Number of the first frame"""
    hand: Callable[[Path], tuple[Doubles, Doubles]]
    """The points (T, 21, 3) in metres and the times (T,) in seconds of a file"""


@dataclass(frozen=True)
class _Sequence:
    row: Row
    split: str
    path: Path


def read_shrec21(folder: Path, progress: Progress) -> list[Take]:
    """The takes of SHREC'21."""
    return _takes(folder, _Form("shrec21", 1, _leap), progress)


def read_shrec22(folder: Path, progress: Progress) -> list[Take]:
    """The takes of SHREC'22."""
    return _takes(folder, _Form("shrec22", 0, _hololens), progress)


def _leap(path: Path) -> tuple[Doubles, Doubles]:
    joints = numbers(path, ";", 140).reshape(-1, 20, 7)[..., :3]
    return facing(from_20(joints)), np.arange(len(joints)) / RATE


def _hololens(path: Path) -> tuple[Doubles, Doubles]:
    values = numbers(path, ";", 80)
    time = values[:, 1] - values[0, 1]
    steps = np.diff(time)
    if (steps < 0).any():
        raise ValueError(f"{path}: the time stamps must rise")
    if len(steps) and np.median(steps) >= 1:  # no tracker is as slow: these are milliseconds
        time = time / 1000
    return facing(from_26(values[:, 2:].reshape(-1, 26, 3))), time


def _takes(folder: Path, form: _Form, progress: Progress) -> list[Take]:
    sequences = _sequences(folder)
    hands, times = [], []
    for sequence in sequences:
        points, time = form.hand(sequence.path)
        hands.append(points)
        times.append(time)
        progress(len(hands), len(sequences))
    takes = []
    for sequence, points, time in zip(sequences, righted(hands, axis=2), times, strict=True):
        recording = one_hand(seen_by_camera(points), time)
        spans: list[GestureSpan] = []
        for row in _gestures(sequence.row):
            label = Classes.of(form.name).label(row.cells[0], row.where)
            first, last = row.frames(1, form.base, len(time))
            if label:
                spans.append(visible(recording, between(recording, label, first, last)))
        name = f"{_SPLITS[sequence.split]}/{sequence.path.stem}"
        takes.append(Take(name, recording, in_order(spans), sequence.split))
    return takes


def _sequences(folder: Path) -> list[_Sequence]:
    found = []
    for split, name in _SPLITS.items():
        part = folder / name / name if (folder / name / name).is_dir() else folder / name
        if not part.is_dir():
            continue
        data = part / "sequences" if (part / "sequences").is_dir() else part
        found += [_Sequence(row, split, data / f"{row.cells[0]}.txt") for row in rows(_annotations(part), ";")]
    if not found:
        raise ValueError(f"{folder}: holds neither training_set nor test_set")
    return found


def _annotations(part: Path) -> Path:
    """The annotations of a part of a set; the revised ones are preferred."""
    paths = sorted(part.glob("annotations*.txt"), key=lambda path: ("revised" not in path.name, path.name))
    if not paths:
        raise ValueError(f"{part}: holds no annotations*.txt")
    return paths[0]


def _gestures(row: Row) -> list[Row]:
    """A sequence's gestures: label, start, end."""
    cells = row.cells[1:]
    if len(cells) % 3:
        raise ValueError(f"{row.where}: not a sequence, then label, start and end of each gesture")
    return [Row(row.where, cells[index : index + 3]) for index in range(0, len(cells), 3)]
