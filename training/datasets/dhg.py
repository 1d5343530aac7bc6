"""DHG-14/28 and SHREC'17: one gesture a clip, made by right-handed people before an Intel RealSense camera.

    gesture_1…14/finger_1…2/subject_1…/essai_1…/     finger 1: with one finger, 2: with the whole hand
        DHG      skeleton_world.txt, skeleton_image.txt       N × 66 metres, N × 44 pixels: 22 joints
        SHREC'17 skeletons_world.txt, skeletons_image.txt     the same
    informations_troncage_sequences.txt    DHG: gesture finger subject essai start end (0-based, inclusive)
    train_gestures.txt, test_gestures.txt  SHREC'17: gesture finger subject essai label14 label28 length

30 frames a second. SHREC'17's clips are cut to the gesture; its test list becomes `dev`. DHG has no lists, since its
makers leave out one person after the other: its last four subjects become `dev`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from legato.training.datasets.classes import Classes
from legato.training.datasets.pictures import Progress
from legato.training.datasets.rows import Row, numbers, rows
from legato.training.datasets.skeletons import SIZE, from_22, one_hand, righted, with_depth
from legato.training.datasets.spans import between
from legato.training.takes import Take

Doubles = npt.NDArray[np.float64]

RATE = 30.0
"""Frames a second"""
HELD_OUT = range(17, 21)
"""DHG's subjects of `dev`"""


@dataclass(frozen=True)
class _Clip:
    """A clip as its list has it."""

    row: Row
    split: str
    name: str
    label: str | None


def read_dhg(folder: Path, progress: Progress) -> list[Take]:
    """The takes of DHG-14/28; spans are what its makers cut out."""
    listed = rows(folder / "informations_troncage_sequences.txt", None, 6)
    clips = [_clip(row, "dev" if row.whole(2) in HELD_OUT else "train") for row in listed]
    return _takes(folder, "skeleton", clips, lambda row, count: row.frames(4, 0, count), progress)


def read_shrec17(folder: Path, progress: Progress) -> list[Take]:
    """The takes of SHREC'17; spans are the whole clips."""
    lists = {"train": "train_gestures.txt", "dev": "test_gestures.txt"}
    clips = [_clip(row, split) for split, name in lists.items() for row in rows(folder / name, None, 7)]
    return _takes(folder, "skeletons", clips, lambda _, count: (0, count - 1), progress)


def _clip(row: Row, split: str) -> _Clip:
    gesture, finger, subject, trial = (row.whole(column) for column in range(4))
    name = f"gesture_{gesture}/finger_{finger}/subject_{subject}/essai_{trial}"
    return _Clip(row, split, name, Classes.of("dhg").label(f"{gesture}/{finger}", row.where))


def _takes(
    folder: Path, stem: str, clips: list[_Clip], span: Callable[[Row, int], tuple[int, int]], progress: Progress
) -> list[Take]:
    hands = []
    for clip in clips:
        hands.append(_landmarks(folder / clip.name, stem))
        progress(len(hands), len(clips))
    centre = np.array([SIZE[0] / 2, 0.0, 0.0])
    hands = [points + centre for points in righted([points - centre for points in hands], axis=0)]
    takes = []
    for clip, points in zip(clips, hands, strict=True):
        recording = one_hand(points, np.arange(len(points)) / RATE)
        first, last = span(clip.row, len(points))
        spans = (between(recording, clip.label, first, last),) if clip.label else ()
        takes.append(Take(clip.name, recording, spans, clip.split))
    return takes


def _landmarks(folder: Path, stem: str) -> Doubles:
    """The hand (T, 21, 3) of a clip in pixels."""
    image, world = folder / f"{stem}_image.txt", folder / f"{stem}_world.txt"
    flat, points = numbers(image, None, 44), numbers(world, None, 66)
    if len(flat) != len(points):
        raise ValueError(f"{image}: {len(flat)} frames, but {world.name} has {len(points)}")
    return with_depth(from_22(flat.reshape(-1, 22, 2)), from_22(points.reshape(-1, 22, 3)))
