"""A hand with bones: joint angles in, the positions of its joints and, for drawing, of its skin out.

The rig, in the folder of that name, is the generic hand of WebXR Input Profiles (MIT). A joint's own −Z points along
its bone to the finger's tip, +Y to the back of the hand, so that fingers bend about X by negative angles.

Letters: T frames, J = 25 joints.
"""

import json
import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

FOLDER = Path(__file__).parent / "rig"
DIGITS = 5
"""Thumb, index, middle, ring, little finger"""
_COUNTS = (4, 5, 5, 5, 5)
"""Joints of each digit: from the metacarpal's base to the tip"""
_FIRSTS = (1, 5, 10, 15, 20)
"""The first joint of each digit; joint 0 is the wrist"""
PARENTS = (
    -1,
    *(first + step - 1 if step else 0 for first, count in zip(_FIRSTS, _COUNTS, strict=True) for step in range(count)),
)
"""The joint before each one; the wrist has none"""
BENDING = tuple(tuple(range(first + (digit > 0), first + (digit > 0) + 3)) for digit, first in enumerate(_FIRSTS))
"""The three joints of each digit that bend; the first of them spreads as well"""
LANDMARKS = (0, 1, 2, 3, 4, *(joint for first in _FIRSTS[1:] for joint in range(first + 1, first + 5)))
"""Which joints are MediaPipe's 21 points, in its order"""


@dataclass(frozen=True)
class Pose:
    """Joint angles over time; zeros are the rig's own flat, open hand."""

    bend: Doubles
    """(T, 5, 3) radians that the joints of each digit close, from its base to its tip"""
    spread: Doubles
    """(T, 5) radians that each digit turns towards the thumb's side"""


@dataclass(frozen=True)
class Skeleton:
    """Where the joints are."""

    places: Doubles
    """(T, J, 3) metres"""
    turns: Doubles
    """(T, J, 3, 3): each joint's own axes, in columns"""

    @property
    def points(self) -> Doubles:
        """(T, 21, 3) metres: MediaPipe's points."""
        return self.places[:, LANDMARKS]


@dataclass(frozen=True)
class Rig:
    """A hand at rest. The wrist is the origin, its −Z points to the fingers, +Y is the back of the hand."""

    places: Doubles
    """(J, 3) metres"""
    turns: Doubles
    """(J, 3, 3)"""
    skin: Doubles
    """(V, 3) metres"""
    faces: npt.NDArray[np.int64]
    """(F, 3) indices of skin points"""
    weights: Doubles
    """(V, J): by how much each joint moves each point of the skin; rows add up to 1"""

    @classmethod
    def load(cls, side: str) -> "Rig":
        """The `left` or the `right` hand."""
        tree, data = _read(FOLDER / f"{side}.glb")
        arrays = [_array(tree, data, index) for index in range(len(tree["accessors"]))]
        attributes = tree["meshes"][0]["primitives"][0]["attributes"]
        names = [tree["nodes"][node]["name"] for node in tree["skins"][0]["joints"]]
        order = [names.index(name) for name in _joint_names()]  # the two files list them in different orders
        bind = np.linalg.inv(arrays[tree["skins"][0]["inverseBindMatrices"]].reshape(-1, 4, 4).transpose(0, 2, 1))
        bind = bind[order]
        home = np.linalg.inv(bind[0])
        placed = home @ bind
        skin = arrays[attributes["POSITION"]] @ home[:3, :3].T + home[:3, 3]
        weights = np.zeros((len(skin), len(bind)))
        joints = arrays[attributes["JOINTS_0"]].astype(np.int64)
        np.add.at(weights, (np.arange(len(skin))[:, None], joints), arrays[attributes["WEIGHTS_0"]])
        weights = weights[:, order]
        faces = arrays[tree["meshes"][0]["primitives"][0]["indices"]].astype(np.int64).reshape(-1, 3)
        turns = placed[:, :3, :3] / np.linalg.norm(placed[:, :3, :3], axis=1, keepdims=True)
        return cls(placed[:, :3, 3], turns, skin, faces, weights / weights.sum(axis=1, keepdims=True))

    @cached_property
    def _steps(self) -> tuple[Doubles, Doubles]:
        """Where each joint stands in the axes of its parent, (J, 3) and (J, 3, 3)."""
        parents = [max(parent, 0) for parent in PARENTS]
        back = self.turns[parents].transpose(0, 2, 1)
        return (back @ (self.places - self.places[parents])[:, :, None])[:, :, 0], back @ self.turns

    @property
    def _thumb(self) -> float:
        """1 where a turn about +Y leads towards the thumb, as in a right hand; else -1."""
        return -float(np.sign(self.places[_FIRSTS[0], 0]))

    def pose(self, pose: Pose) -> Skeleton:
        """The joints of a posed hand."""
        offsets, rests = self._steps
        frames = len(pose.bend)
        places, turns = np.zeros((frames, len(PARENTS), 3)), np.zeros((frames, len(PARENTS), 3, 3))
        turns[:, 0] = self.turns[0]
        moved = self._moves(pose)
        for joint, parent in enumerate(PARENTS):
            if parent < 0:
                continue
            places[:, joint] = places[:, parent] + turns[:, parent] @ offsets[joint]
            turns[:, joint] = turns[:, parent] @ rests[joint]
            if joint in moved:
                turns[:, joint] = turns[:, joint] @ moved[joint]
        return Skeleton(places, turns)

    def _moves(self, pose: Pose) -> dict[int, Doubles]:
        """What each joint that moves is turned by, (T, 3, 3)."""
        moves = {}
        for digit, joints in enumerate(BENDING):
            for place, joint in enumerate(joints):
                moves[joint] = about(0, -pose.bend[:, digit, place])
            moves[joints[0]] = about(1, self._thumb * pose.spread[:, digit]) @ moves[joints[0]]
        return moves

    def skinned(self, skeleton: Skeleton) -> Doubles:
        """The skin (T, V, 3) over posed joints, each point moved by its joints' weights (linear blend skinning)."""
        turned = skeleton.turns @ self.turns.transpose(0, 2, 1)  # (T, J, 3, 3): from rest to pose
        shifted = skeleton.places - (turned @ self.places[:, :, None])[..., 0]  # (T, J, 3)
        blended = np.einsum("vj,tjab->tvab", self.weights, turned)
        moved = np.einsum("vj,tja->tva", self.weights, shifted)
        return np.asarray((blended @ self.skin[:, :, None])[..., 0] + moved)


def about(axis: int, angle: Doubles) -> Doubles:
    """Rotations (T, 3, 3) about an axis of the coordinates by angles (T,) in radians."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    turn = np.zeros((*np.shape(angle), 3, 3))
    turn[..., axis, axis] = 1
    turn[..., first, first] = turn[..., second, second] = np.cos(angle)
    turn[..., second, first] = np.sin(angle)
    turn[..., first, second] = -turn[..., second, first]
    return turn


def _joint_names() -> list[str]:
    """The joints as WebXR names them, in our order."""
    phalanges = ("metacarpal", "phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip")
    thumb = [f"thumb-{part}" for part in phalanges if part != "phalanx-intermediate"]
    fingers = [f"{finger}-finger-{part}" for finger in ("index", "middle", "ring", "pinky") for part in phalanges]
    return ["wrist", *thumb, *fingers]


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    """The description and the numbers of a binary glTF file."""
    content = path.read_bytes()
    length = struct.unpack_from("<I", content, 12)[0]
    return json.loads(content[20 : 20 + length]), content[28 + length :]


def _array(tree: dict[str, Any], data: bytes, index: int) -> npt.NDArray[Any]:
    accessor = tree["accessors"][index]
    view = tree["bufferViews"][accessor["bufferView"]]
    kind = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}[accessor["componentType"]]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}[accessor["type"]]
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    values = np.frombuffer(data, kind, accessor["count"] * width, start).reshape(-1, width)
    return values.astype(np.float64) if kind == np.float32 else values
