"""The hand with bones: rest, bending, its mirror image, its skin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.training.hands.hand import BENDING, LANDMARKS, PARENTS, Pose, Rig, Skeleton

RIGHT = Rig.load("right")
BONES = [(joint, parent) for joint, parent in enumerate(PARENTS) if parent >= 0]
TIPS = [8, 12, 16, 20]
"""MediaPipe's finger tips"""


def pose(bend: float = 0.0, spread: float = 0.0, frames: int = 1) -> Pose:
    return Pose(np.full((frames, 5, 3), bend), np.full((frames, 5), spread))


def lengths(skeleton: Skeleton) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    joints, parents = zip(*BONES, strict=True)
    return np.asarray(np.linalg.norm(skeleton.places[:, joints] - skeleton.places[:, parents], axis=2))


def test_zero_angles_are_the_rig_at_rest() -> None:
    skeleton = RIGHT.pose(pose())
    assert skeleton.places[0] == pytest.approx(RIGHT.places, abs=1e-6)
    assert RIGHT.skinned(skeleton)[0] == pytest.approx(RIGHT.skin, abs=1e-6)
    assert len(LANDMARKS) == 21


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_bones_keep_their_lengths(seed: int) -> None:
    chance = np.random.default_rng(seed)
    skeleton = RIGHT.pose(Pose(chance.uniform(-0.3, 1.8, (3, 5, 3)), chance.uniform(-0.4, 0.4, (3, 5))))
    assert lengths(skeleton) == pytest.approx(np.repeat(lengths(RIGHT.pose(pose())), 3, axis=0), abs=1e-6)
    axes = skeleton.turns.swapaxes(2, 3) @ skeleton.turns
    assert axes == pytest.approx(np.broadcast_to(np.eye(3), axes.shape), abs=1e-6)


def test_a_fist_brings_the_tips_to_the_palm() -> None:
    flat, fist = RIGHT.pose(pose()).points[0], RIGHT.pose(pose(1.4)).points[0]
    knuckles = [5, 9, 13, 17]
    assert (np.linalg.norm(fist[TIPS] - fist[0], axis=1) < np.linalg.norm(fist[knuckles] - fist[0], axis=1)).all()
    assert (fist[TIPS, 1] < flat[TIPS, 1] - 0.01).all()  # on the palm's side, away from the back of the hand
    assert fist[knuckles] == pytest.approx(flat[knuckles], abs=1e-9)


def test_only_the_digit_that_bends_moves() -> None:
    bend = np.zeros((1, 5, 3))
    bend[0, 1] = 1.0
    moved = np.linalg.norm(RIGHT.pose(Pose(bend, np.zeros((1, 5)))).points[0] - RIGHT.pose(pose()).points[0], axis=1)
    assert set(np.flatnonzero(moved > 1e-6)) == {6, 7, 8}
    assert BENDING[1] == (6, 7, 8)


def test_spreading_goes_towards_the_thumb() -> None:
    thumb = RIGHT.pose(pose()).points[0, 4]
    for tip in TIPS:
        apart = RIGHT.pose(pose(spread=0.2)).points[0, tip]
        assert np.linalg.norm(apart - thumb) < np.linalg.norm(RIGHT.pose(pose()).points[0, tip] - thumb)


def test_the_left_hand_is_the_mirror_image_of_the_right() -> None:
    left = Rig.load("left")
    mirrored = RIGHT.pose(pose(0.7, 0.1)).points[0] * [-1, 1, 1]
    assert left.pose(pose(0.7, 0.1)).points[0] == pytest.approx(mirrored, abs=5e-3)


def test_the_skin_follows_its_bones() -> None:
    skeleton = RIGHT.pose(pose(1.2))
    skin = RIGHT.skinned(skeleton)[0]
    for joint in (9, 14, 19, 24):
        near = RIGHT.weights[:, joint - 1] > 0.9
        rest = np.linalg.norm(RIGHT.skin[near] - RIGHT.places[joint - 1], axis=1)
        assert np.linalg.norm(skin[near] - skeleton.places[0, joint - 1], axis=1) == pytest.approx(rest, abs=4e-3)
