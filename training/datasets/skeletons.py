"""Hands that a set gives as joints, as our recordings of one right hand in a picture.

Points are in the coordinates of a camera that faces the person: x to the right of the picture, y down, z away from the
camera. The picture is not mirrored: the person's own right is its left.

Letters: T frames; J joints of a set's skeleton; 21 points in MediaPipe's order.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from legato.app.engine.inputs import HANDS
from legato.app.vision.recording import Recording

Doubles = npt.NDArray[np.float64]

SIZE = (640, 480)
"""Width and height of the pictures in pixels"""
FOCAL = 600.0
"""Pixels: a picture of that size is 56° wide, as a webcam's"""
DISTANCE = 0.6
"""Metres from the camera to where the wrist is most of the time"""
_NEAREST = 0.1
"""Metres from the camera beyond which nothing comes nearer"""
_WRIST = 0
_KNUCKLES, _TIPS = (5, 9, 13, 17), (8, 12, 16, 20)
"""Of the four fingers, from index to little finger"""


def from_22(joints: npt.NDArray[np.float64]) -> Doubles:
    """The points (T, 21, C) in joints (T, 22, C) of Intel RealSense: those, with the palm second."""
    return np.delete(joints, 1, axis=1)


def from_20(joints: Doubles) -> Doubles:
    """The points (T, 21, 3) of joints (T, 20, 3) of the Leap Motion: palm, thumb (3), and the four fingers (4 each).

    The wrist is as far from the palm as the knuckles, on the other side; the thumb's first joint lies between the
    wrist and its second.
    """
    palm, others = joints[:, :1], joints[:, 1:]
    wrist = 2 * palm - others[:, [3, 7, 11, 15]].mean(axis=1, keepdims=True)
    first = wrist + 0.45 * (others[:, :1] - wrist)
    return np.concatenate((wrist, first, others), axis=1)


def from_26(joints: Doubles) -> Doubles:
    """The points (T, 21, 3) in joints (T, 26, 3) of the HoloLens: wrist, palm, thumb (4), and the fingers (5 each).

    The first joint of each finger is inside the palm, at the wrist's end of its metacarpal, and left out.
    """
    fingers = (finger + step for finger in (6, 11, 16, 21) for step in range(1, 5))
    return np.asarray(joints[:, [0, 2, 3, 4, 5, *fingers]])


def facing(points: Doubles) -> Doubles:
    """Points in metres for a camera that faces a person for whom x is right, y is up and z is ahead (Unity's axes)."""
    return -points


def righted(hands: Sequence[Doubles], axis: int) -> list[Doubles]:
    """Hands (T, 21, 3) that must be right hands, all turned about along an axis if they look like left ones.

    Sets do not tell whether their pictures are mirrored (axis 0) or which way their depth counts (axis 2), but who
    made them were right-handed. Fingers bend towards the palm, and that is on one side in a right hand and on the
    other in a left one: all frames of the set vote.
    """
    if sum(_bent_as_right(points) for points in hands) >= 0:
        return list(hands)
    turned = np.ones(3)
    turned[axis] = -1.0
    return [points * turned for points in hands]


def _bent_as_right(points: Doubles) -> float:
    """By how much fingers bend, in lengths of the palm, added up over frames; negative where it is a left hand."""
    index, little = points[:, _KNUCKLES[0]] - points[:, _WRIST], points[:, _KNUCKLES[-1]] - points[:, _WRIST]
    normal = np.cross(index, little)  # out of the palm of a right hand
    fingers = (points[:, _TIPS] - points[:, _KNUCKLES]).sum(axis=1)
    size = np.linalg.norm(normal, axis=1) * np.linalg.norm(index, axis=1)
    return float(((normal * fingers).sum(axis=1)[size > 0] / size[size > 0]).sum())


def seen_by_camera(points: Doubles) -> Doubles:
    """Landmarks (T, 21, 3) in pixels of points in metres, wherever their origin is.

    The camera looks at the place where the wrist is most of the time (the median), from `DISTANCE`.
    """
    placed = points - np.median(points[_present(points)][:, _WRIST], axis=0) if _present(points).any() else points
    depth = np.maximum(placed[..., 2:] + DISTANCE, _NEAREST)
    flat = np.array(SIZE) / 2 + FOCAL * placed[..., :2] / depth
    wrist = depth[:, :1]
    return np.concatenate((flat, FOCAL * (depth - wrist) / wrist), axis=-1)


def with_depth(flat: Doubles, points: Doubles) -> Doubles:
    """Landmarks (T, 21, 3) of a picture's points (T, 21, 2) in pixels and the same in metres (T, 21, 3).

    The depth from the wrist is scaled by what a metre across is in the picture.
    """
    across, deep = points[..., :2], points[..., 2:]
    pixels, metres = (np.linalg.norm(one - one[:, :1], axis=-1).mean(axis=1) for one in (flat, across))
    scale = np.divide(pixels, metres, out=np.zeros_like(pixels), where=metres > 0)
    return np.concatenate((flat, (deep - deep[:, :1]) * scale[:, None, None]), axis=-1)


def one_hand(landmarks: Doubles, time: Doubles) -> Recording:
    """A recording of a right hand in the first slot, landmarks (T, 21, 3) in pixels, at times (T,) in seconds.

    Where all of its points are at one place, it is taken for lost.
    """
    frames, present = len(landmarks), _present(landmarks)
    points = np.zeros((frames, HANDS, *landmarks.shape[1:]), np.float32)
    points[present, 0] = landmarks[present]
    presence = np.zeros((frames, HANDS), np.float32)
    presence[present, 0] = 1.0
    return Recording(points, presence, presence.copy(), time.astype(np.float32), np.array(SIZE, np.float32))


def _present(points: Doubles) -> npt.NDArray[np.bool_]:
    """Whether there is a hand, (T,)."""
    return np.asarray(np.ptp(points, axis=1).max(axis=1) > 0)
