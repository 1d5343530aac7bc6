"""A right hand to write skeletons of, and a stand-in for the tracker that sees a hand where a picture is bright."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from legato.app.vision.recording import Recording
from legato.app.vision.region import Picture
from legato.app.vision.tracker import Hands
from legato.training.hands.hand import Pose, Rig
from legato.training.hands.motions import UPRIGHT

Doubles = npt.NDArray[np.float64]

DARK, BRIGHT = 0, 200
"""Grey levels of pictures without a hand and with one"""


@pytest.fixture(scope="session")
def right_hand() -> Callable[[int], Doubles]:
    """A right hand's points (T, 21, 3) in metres before a camera (x right, y down, z away), bent a little.

    The palm faces the camera, the fingers point up. It moves by 2 cm a frame to the person's right, the picture's left.
    """
    bend = np.full((1, 5, 3), 0.3)
    points = Rig.load("right").pose(Pose(bend, np.zeros((1, 5)))).points[0] @ UPRIGHT.T

    def hand(frames: int) -> Doubles:
        way = np.arange(frames)[:, None, None] * np.array([-0.02, 0.0, 0.0])
        return np.asarray(points + np.array([0.1, 0.05, 0.5]) + way)

    return hand


@pytest.fixture
def picture_files() -> Callable[..., None]:
    """Writes grey pictures into a folder: `picture_files(folder, "{:05d}.jpg", [0, 200])` is two of them."""

    def write(folder: Path, name: str, levels: list[int]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for number, level in enumerate(levels, 1):
            assert cv2.imwrite(str(folder / name.format(number)), np.full((24, 32, 3), level, np.uint8))

    return write


class Watcher:
    """Sees a right hand in the first slot where a picture is bright."""

    seen = 0
    """Pictures"""

    def __init__(self, models: object) -> None:
        pass

    def step(self, picture: Picture, time: float) -> Hands:
        Watcher.seen += 1
        found = np.array([picture.mean() > 100, 0], np.float32)
        return Hands(np.broadcast_to(found[:, None, None], (2, 21, 3)).copy(), found, 0.9 * found)


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> type[Watcher]:
    """The stand-in, in place of the tracker."""
    monkeypatch.setattr("legato.training.datasets.pictures.HandTracker", Watcher)
    monkeypatch.setattr("legato.training.datasets.pictures._models", lambda: None)
    monkeypatch.setattr(Watcher, "seen", 0)
    return Watcher


@pytest.fixture
def recording_of() -> Callable[..., Recording]:
    """A recording of ten frames a second: which hands are seen, how likely they are right ones, and their steps."""

    def make(
        presence: list[tuple[float, float]], right: tuple[float, float] = (1.0, 0.0), steps: tuple[int, int] = (0, 0)
    ) -> Recording:
        seen = np.array(presence, np.float32)
        time = (np.arange(len(presence)) / 10).astype(np.float32)
        places = np.arange(len(seen))[:, None] * np.array(steps) + 50.0
        landmarks = np.broadcast_to(places[..., None, None], (*seen.shape, 21, 3)) * (seen > 0)[..., None, None]
        handedness = np.where(seen > 0, np.array(right, np.float32), np.float32(0))
        return Recording(landmarks.astype(np.float32), seen, handedness, time, np.array([640, 480], np.float32))

    return make
