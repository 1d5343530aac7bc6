"""What hands do in front of a camera: the gestures, and everything else.

All motions are a right hand's, in the camera's coordinates: x to the right of the picture, y down, z away, metres. The
picture is not mirrored: the person's own right is its left. A left hand's are mirror images (`scenes`).

Letters: T frames; a hand's state is a vector of 26 numbers, (T, 26) over time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from legato.training.hands.hand import Pose, Rig, about
from legato.training.hands.poses import Shape

Doubles = npt.NDArray[np.float64]
Path = Callable[[Doubles], Doubles]
"""States (T, 26) at phases (T,) from 0 to 1"""

PLACE, ANGLES, BEND, SPREAD = slice(0, 3), slice(3, 6), slice(6, 21), slice(21, 26)
"""Of a state: the wrist, metres; pitch, yaw and roll, radians; then the joints as in `Pose`, radians"""
SIZE = 26
UPRIGHT = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
"""Columns: the rig's axes where the palm faces the camera and the fingers point up"""


@dataclass(frozen=True)
class Motion:
    """Something that a hand does for a while."""

    label: str
    """The gesture, or "" for everything else"""
    seconds: float
    path: Path

    def shifted(self, by: Doubles) -> "Motion":
        """The same with (26,) added to every state."""
        return Motion(self.label, self.seconds, lambda phase: self.path(phase) + by)

    @property
    def start(self) -> Doubles:
        """The state (26,) in which it begins."""
        return np.asarray(self.path(np.zeros(1))[0])

    @property
    def end(self) -> Doubles:
        """The state (26,) in which it ends."""
        return np.asarray(self.path(np.ones(1))[0])


def smooth(phase: Doubles) -> Doubles:
    """The way covered at a share of the time, in a movement of least jerk (Flash & Hogan 1985)."""
    return phase**3 * (10 - 15 * phase + 6 * phase**2)


def between(start: Doubles, end: Doubles) -> Path:
    """Straight from one state to another."""
    return lambda phase: start + smooth(phase)[:, None] * (end - start)


def state(place: Doubles, angles: Doubles, shape: Shape) -> Doubles:
    """A state (26,): where the wrist is, how the hand is turned (pitch, yaw, roll), and its shape."""
    return np.concatenate((place, angles, shape.angles))


def skeletons(rig: Rig, states: Doubles) -> Doubles:
    """MediaPipe's points (T, 21, 3) of states (T, 26), metres in the camera's coordinates."""
    own = rig.pose(Pose(states[:, BEND].reshape(-1, 5, 3), states[:, SPREAD])).points
    turned = np.einsum("tab,tpb->tpa", orientation(states[:, ANGLES]), own)
    return np.asarray(turned + states[:, None, PLACE])


def orientation(angles: Doubles) -> Doubles:
    """The rig's axes (T, 3, 3) in the camera's coordinates, for pitch, yaw and roll (T, 3)."""
    pitch, yaw, roll = angles.T
    return np.asarray(about(2, roll) @ about(1, yaw) @ about(0, pitch) @ UPRIGHT)
