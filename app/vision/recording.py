"""Recordings of hands: where their points were and when, never pictures.

A file is NumPy's `.npz` with five arrays; `Recording` names and describes them.

Letters: T frames; two hands of 21 points with x, y and z each.
"""

import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.errors import SourceError
from legato.app.engine.inputs import HANDS as SLOTS
from legato.app.engine.inputs import POINTS
from legato.app.vision.region import Floats
from legato.app.vision.tracker import Hands

_SHAPES: dict[str, tuple[int | None, ...]] = {
    "landmarks": (None, SLOTS, POINTS, 3),
    "presence": (None, SLOTS),
    "handedness": (None, SLOTS),
    "time": (None,),
    "size": (2,),
}
"""None stands for the frames"""


@dataclass(frozen=True)
class Recording:
    """Hands over time."""

    landmarks: Floats
    """(T, 2, 21, 3) pixels; zeros where there is no hand"""
    presence: Floats
    """(T, 2): 0 where there is no hand, else how likely there is one"""
    handedness: Floats
    """(T, 2): how likely it is a right hand"""
    time: Floats
    """(T,) seconds, rising"""
    size: Floats
    """(2,): width and height of the picture in pixels"""

    @classmethod
    def of(cls, seen: Iterable[tuple[float, Hands]], size: tuple[int, int]) -> "Recording":
        """What was seen, with the times in seconds, in pictures of a size (width, height)."""
        times, hands = [], []
        for time, one in seen:
            times.append(time)
            hands.append(one)
        return cls(
            np.array([one.landmarks for one in hands], np.float32).reshape(-1, SLOTS, POINTS, 3),
            np.array([one.presence for one in hands], np.float32).reshape(-1, SLOTS),
            np.array([one.handedness for one in hands], np.float32).reshape(-1, SLOTS),
            np.array(times, np.float32),
            np.array(size, np.float32),
        )

    def frames(self) -> Iterable[tuple[float, Hands]]:
        """The frames one by one, with their times in seconds."""
        for index, time in enumerate(self.time.tolist()):
            yield time, Hands(self.landmarks[index], self.presence[index], self.handedness[index])

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all; SourceError where that cannot be."""
        arrays = {one.name: getattr(self, one.name) for one in fields(self)}
        draft = path.with_name(f".{path.name}.part")
        try:
            with draft.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **arrays)
            draft.replace(path)
        except OSError as error:
            raise SourceError(f"{path} cannot be written: {os.strerror(error.errno or 0)}") from None
        finally:
            draft.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> "Recording":
        """The recording in a file; SourceError, naming the file and the array, where it is none."""
        if not path.is_file():
            raise SourceError(f"no such file: {path}")
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: _checked(stored, name, path) for name in _SHAPES}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            raise SourceError(f"{path} is not a recording of hands (.npz)") from None
        found = cls(**arrays)
        _check_frames(found, path)
        return found


def _checked(stored: "np.lib.npyio.NpzFile", name: str, path: Path) -> NDArray[np.float32]:
    if name not in stored:
        raise SourceError(f"{path}: not a recording of hands, it lacks the array {name!r}")
    values, shape = stored[name], _SHAPES[name]
    if values.ndim != len(shape) or any(size not in {None, values.shape[axis]} for axis, size in enumerate(shape)):
        wanted = " × ".join("frames" if size is None else str(size) for size in shape)
        raise SourceError(f"{path}: array {name!r} must be {wanted}, not {' × '.join(map(str, values.shape))}")
    if not np.issubdtype(values.dtype, np.number) or not np.isfinite(values).all():
        raise SourceError(f"{path}: array {name!r} must hold numbers")
    return np.asarray(values, np.float32)


def _check_frames(found: Recording, path: Path) -> None:
    for name in ("landmarks", "presence", "handedness"):
        count = len(getattr(found, name))
        if count != len(found.time):
            raise SourceError(f"{path}: array {name!r} has {count} frames, 'time' {len(found.time)}")
    if (np.diff(found.time) < 0).any():
        raise SourceError(f"{path}: array 'time' must rise")
    if (found.size <= 0).any():
        raise SourceError(f"{path}: array 'size' must be positive")
