"""Recordings of the hands in a set's pictures, made once and kept as files."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from legato.app.devices.pictures import Frame
from legato.app.devices.video import VideoFile
from legato.app.vision.recording import Recording
from legato.app.vision.tracker import HandModels, Hands, HandTracker

Progress = Callable[[int, int], None]
"""Is told how many of how many are done"""


def recorded(stored: Path, frames: Callable[[], Iterable[Frame]]) -> Recording:
    """The recording in a file, which is made of the pictures where there is none yet."""
    if stored.is_file():
        return Recording.load(stored)
    tracker, size = HandTracker(_models()), (0, 0)
    seen: list[tuple[float, Hands]] = []
    for frame in frames():
        height, width, _ = frame.picture.shape
        size = (width, height)
        seen.append((frame.time, tracker.step(frame.picture, frame.time)))
    recording = Recording.of(seen, size)
    stored.parent.mkdir(parents=True, exist_ok=True)
    recording.save(stored)
    return recording


@functools.cache
def _models() -> HandModels:
    return HandModels.shipped("cpu")


def video(path: Path) -> Iterator[Frame]:
    """The pictures of a video."""
    with VideoFile(path) as source:
        yield from source.frames()


def stills(paths: Sequence[Path], rate: float) -> Iterator[Frame]:
    """Picture files as a video of `rate` pictures a second; ValueError where one is none."""
    for index, path in enumerate(paths):
        stored = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(stored, cv2.IMREAD_COLOR_RGB) if stored.size else None
        if picture is None:
            raise ValueError(f"{path}: not a picture that can be read")
        yield Frame(np.asarray(picture, np.uint8), index / rate)


def numbered(folder: Path) -> list[Path]:
    """The JPEG files of a folder in the order of the numbers that their names end in.

    ValueError where there are none, or one has no number.
    """
    paths: dict[int, Path] = {}
    for path in folder.glob("*.jpg"):
        digits = path.stem.rpartition("_")[2]
        if not digits.isdecimal():
            raise ValueError(f"{path}: a picture's name must end in its number")
        paths[int(digits)] = path
    if not paths:
        raise ValueError(f"{folder}: holds no pictures")
    return [paths[number] for number in sorted(paths)]
