"""A right hand and its forearm as one mesh for the graphics library, and the matrices that move it.

The forearm is one more bone, from the wrist away from the fingers.

Letters: T frames, V points of the mesh, J = 26 bones: the rig's 25 joints and the forearm.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from legato.training.hands.hand import Pose, Rig
from legato.training.hands.motions import ANGLES, BEND, PLACE, SPREAD, orientation
from legato.training.rendering.look import Direction

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

BONES = 26
LENGTH = 0.27
"""Metres of the forearm"""
_MIDDLE = -0.002
"""Metres: y of the wrist's middle"""
_LIMIT = 1.1
"""Radians that a wrist bends at most"""
_SLEEVE = 0.006
"""Metres by which a sleeve is thicker than the arm"""


@dataclass(frozen=True)
class Mesh:
    """Triangles with what the shaders ask of each point."""

    places: Doubles
    """(V, 3) metres, at rest"""
    normals: Doubles
    """(V, 3)"""
    bones: npt.NDArray[np.int64]
    """(V, 4): the four that move it most"""
    weights: Doubles
    """(V, 4); rows add up to 1"""
    cloth: Doubles
    """(V,): 1 on the sleeve, 0 on the skin"""
    faces: npt.NDArray[np.int64]
    """(F, 3), counter-clockwise from outside"""

    @property
    def table(self) -> Floats:
        """(V, 15): all of it but the faces, in the order above."""
        columns = (self.places, self.normals, self.bones, self.weights, self.cloth[:, None])
        return np.concatenate(columns, axis=1).astype(np.float32)


def arm(rig: Rig, cuff: float) -> Mesh:
    """A hand with its forearm, whose sleeve ends `cuff` metres from the wrist."""
    hand, rim = _opened(rig)
    tube, sides, dressed = _tube(rig.skin[rim], cuff)
    places = np.concatenate((rig.skin, tube))
    faces = np.concatenate((hand, sides + len(rig.skin)))
    weights = np.zeros((len(places), BONES))
    weights[: len(rig.skin), :-1] = rig.weights
    weights[len(rig.skin) :, 0] = 1.0
    share = _smooth((places[:, 2] + 0.03) / 0.08)
    weights *= 1 - share[:, None]
    weights[:, -1] += share
    bones = np.argsort(-weights, axis=1)[:, :4]
    four = np.take_along_axis(weights, bones, axis=1)
    four /= four.sum(axis=1, keepdims=True)
    cloth = np.concatenate((np.zeros(len(rig.skin)), dressed))
    return Mesh(places, _normals(places, faces), bones, four, cloth, faces)


def _opened(rig: Rig) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The hand's faces without the lid on its wrist, and the points around the hole, in order of their angle."""
    corners = rig.skin[rig.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lid = (normals[:, 2] > 0.7 * np.linalg.norm(normals, axis=1)) & (corners[:, :, 2].min(axis=1) > 0.005)
    rim = np.intersect1d(_same(rig.skin)[rig.faces[lid]], _same(rig.skin)[rig.faces[~lid]])
    _, points = np.unique(_same(rig.skin), return_index=True)
    points = points[rim]
    x, y = rig.skin[points, :2].T
    return rig.faces[~lid], points[np.argsort(np.arctan2(y - _MIDDLE, x))]


def _tube(rim: Doubles, cuff: float) -> tuple[Doubles, npt.NDArray[np.int64], Doubles]:
    """The forearm that begins at a rim (R, 3): points (V, 3), faces (F, 3), and where there is cloth (V,)."""
    bare = np.linspace(0.028, min(cuff, LENGTH), 14)
    covered = np.linspace(cuff, LENGTH, 12) if cuff < LENGTH else np.zeros(0)
    bow = np.linspace(0.2, np.pi / 2, 5)
    along = np.concatenate((bare, covered[:1], covered, LENGTH + 0.03 * np.sin(bow)))[:, None]
    thick = np.concatenate((np.ones(len(along) - 5), np.cos(bow)))[:, None]
    extra = np.where((np.arange(len(along)) >= len(bare)) & (cuff < LENGTH), _SLEEVE, 0.0)[:, None]
    if len(covered):
        extra[len(bare)] = -0.002  # the sleeve's rim, turned in
    angle = np.arctan2(rim[:, 1] - _MIDDLE, rim[:, 0])
    grown, round_ = _smooth(along / 0.2), _smooth((along - 0.015) / 0.07)
    wide, high = 0.0252 + 0.017 * grown, 0.0168 + 0.0204 * grown
    x = (round_ * wide * np.cos(angle) + (1 - round_) * rim[:, 0] + extra * np.cos(angle)) * thick
    y = (round_ * high * np.sin(angle) + (1 - round_) * (rim[:, 1] - _MIDDLE) + extra * np.sin(angle)) * thick
    rings = np.stack((x, y + _MIDDLE - 0.004 * grown, np.broadcast_to(along, x.shape)), axis=2)
    count = len(rim)
    places = np.concatenate((rim, rings.reshape(-1, 3)))
    first = np.arange(len(along) * count)
    second = first - first % count + (first + 1) % count
    lower = np.stack((first, second, first + count), axis=1)
    upper = np.stack((second, second + count, first + count), axis=1)
    cloth = np.concatenate((np.zeros(count), np.repeat(np.where(extra > 0, 1.0, 0.0), count)))
    return places, np.concatenate((lower, upper)), cloth


def _same(places: Doubles) -> npt.NDArray[np.int64]:
    """(V,): a number for each place, equal where two points are at one place."""
    return np.unique(places.round(6), axis=0, return_inverse=True)[1].ravel()


def _normals(places: Doubles, faces: npt.NDArray[np.int64]) -> Doubles:
    """(V, 3): the mean direction of the faces about each point; points at one place share theirs."""
    same = _same(places)
    corners = places[faces]
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sums = np.zeros((same.max() + 1, 3))
    np.add.at(sums, same[faces], flat[:, None])
    normals = sums[same]
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))


def matrices(rig: Rig, states: Doubles, elbow: Direction) -> Floats:
    """(T, J, 3, 4): what brings each bone from rest to states (T, 26), metres in the camera's coordinates."""
    skeleton = rig.pose(Pose(states[:, BEND].reshape(-1, 5, 3), states[:, SPREAD]))
    facing = orientation(states[:, ANGLES])
    own = skeleton.turns @ rig.turns.transpose(0, 2, 1)
    shifts = skeleton.places - (own @ rig.places[:, :, None])[..., 0]
    moved = np.zeros((len(states), BONES, 3, 4), np.float32)
    moved[:, :-1, :, :3] = facing[:, None] @ own
    moved[:, :-1, :, 3] = np.einsum("tab,tjb->tja", facing, shifts) + states[:, None, PLACE]
    moved[:, -1, :, :3] = _towards(facing[:, :, 2], np.array(elbow)) @ facing
    moved[:, -1, :, 3] = states[:, PLACE]
    return moved


def _towards(starts: Doubles, end: Doubles) -> Doubles:
    """Rotations (T, 3, 3) that turn directions (T, 3) towards another (3,), as far as a wrist bends."""
    axes = np.cross(starts, end)
    sines = np.linalg.norm(axes, axis=1)
    axes /= np.maximum(sines, 1e-9)[:, None]
    angle = _LIMIT * np.tanh(np.arctan2(sines, starts @ end) / _LIMIT)
    cross = np.zeros((len(starts), 3, 3))
    cross[:, [2, 0, 1], [1, 2, 0]] = axes
    cross -= cross.transpose(0, 2, 1)
    sine, cosine = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.asarray(np.eye(3) + sine * cross + (1 - cosine) * (cross @ cross))


def _smooth(share: Doubles) -> Doubles:
    share = np.clip(share, 0, 1)
    return np.asarray(share * share * (3 - 2 * share))
