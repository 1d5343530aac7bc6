"""Gestures as motions: each does what its name says, whatever chance makes of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.training.hands import poses
from legato.training.hands.gestures import GESTURES, gesture
from legato.training.hands.hand import Rig
from legato.training.hands.motions import BEND, Motion, between, orientation, skeletons, smooth, state

RIGHT = Rig.load("right")
SEEDS = st.integers(0, 100_000)
WRIST, THUMB, INDEX = 0, 4, 8
"""Among MediaPipe's points: the wrist and two tips"""


def perform(label: str, seed: int) -> tuple[Motion, NDArray[np.float64]]:
    """A performance, and its points (T, 21, 3) in the camera's coordinates."""
    motion = gesture(label, np.array([0.02, 0.05, 0.6]), np.random.default_rng(seed))
    return motion, skeletons(RIGHT, motion.path(np.linspace(0, 1, 60)))


def open_fingers(motion: Motion, at: float) -> bool:
    return bool(motion.path(np.array([at]))[0, BEND][3:].max() < 0.3)


def test_there_are_sixteen() -> None:
    assert len(GESTURES) == 16
    assert {name for name in GESTURES if name.startswith("swipe")} == {
        "swipe_left",
        "swipe_right",
        "swipe_up",
        "swipe_down",
    }


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.sampled_from(GESTURES))
def test_all_are_whole_and_of_a_plausible_speed(seed: int, label: str) -> None:
    motion, points = perform(label, seed)
    assert motion.label == label
    assert 0.2 <= motion.seconds <= 3.0
    assert np.isfinite(points).all()
    assert points[:, :, 2].min() > 0.1  # nobody reaches into the camera
    speed = np.linalg.norm(np.diff(points[:, WRIST], axis=0), axis=1) * 59 / motion.seconds
    assert speed.max() < 4.5  # metres a second
    assert motion.path(np.zeros(1))[0] == pytest.approx(motion.start)
    assert motion.path(np.ones(1))[0] == pytest.approx(motion.end)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
@pytest.mark.parametrize(
    ("label", "axis", "sign"),
    [("swipe_left", 0, 1), ("swipe_right", 0, -1), ("swipe_up", 1, -1), ("swipe_down", 1, 1), ("push", 2, -1)],
)
def test_where_it_goes(label: str, axis: int, sign: int, seed: int) -> None:
    """The person's left is the picture's right."""
    _, points = perform(label, seed)
    way = points[-1, WRIST] - points[0, WRIST]
    assert sign * way[axis] > 0.08
    assert abs(way[axis]) > 1.2 * np.abs(np.delete(way, axis)).max()


@settings(max_examples=20, deadline=None)
@given(SEEDS)
@pytest.mark.parametrize(("label", "sense"), [("circle_cw", -1), ("circle_ccw", 1)])
def test_which_way_a_circle_turns(label: str, sense: int, seed: int) -> None:
    """In the picture, y being down, a positive area is clockwise: the person's counter-clockwise in a mirror."""
    _, points = perform(label, seed)
    drawn = points[:, INDEX, :2]
    x, y = (drawn - (drawn.min(axis=0) + drawn.max(axis=0)) / 2).T
    turned = np.unwrap(np.arctan2(y, x))
    assert sense * (turned[-1] - turned[0]) == pytest.approx(2 * np.pi, rel=0.2)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_thumbs(seed: int) -> None:
    for label, sign in (("thumbs_up", -1), ("thumbs_down", 1)):
        motion, points = perform(label, seed)
        assert open_fingers(motion, 0)
        assert not open_fingers(motion, 1)
        assert sign * (points[-1, THUMB, 1] - points[-1, 2, 1]) > 0.005, label  # y is down


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_tips_meet_and_part(seed: int) -> None:
    def gaps(label: str) -> NDArray[np.float64]:
        _, points = perform(label, seed)
        return np.asarray(np.linalg.norm(points[:, THUMB] - points[:, INDEX], axis=1))

    for label, met, apart in (("zoom_in", 0, -1), ("zoom_out", -1, 0), ("pinch", -1, 0)):
        assert gaps(label)[met] < 0.02, label
        assert gaps(label)[apart] > 0.08, label


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_hands_close_open_rock_and_turn(seed: int) -> None:
    grab, release = perform("grab", seed)[0], perform("release", seed)[0]
    assert open_fingers(grab, 0)
    assert not open_fingers(grab, 1)
    assert open_fingers(release, 1)
    assert not open_fingers(release, 0)
    wave = perform("wave", seed)[0].path(np.linspace(0, 1, 400))[:, 5]
    assert np.count_nonzero(np.diff(np.sign(wave - wave[0])[1:])) >= 3  # two times over and back
    rotate = perform("rotate", seed)[0]
    assert abs(rotate.end[5] - rotate.start[5]) > np.pi / 2 - 0.5


def test_a_movement_of_least_jerk_begins_and_ends_at_rest() -> None:
    phase = np.linspace(0, 1, 1001)
    way = smooth(phase)
    assert way[[0, 500, 1000]] == pytest.approx([0, 0.5, 1])
    assert np.gradient(way, phase)[[0, -1]] == pytest.approx([0, 0], abs=1e-4)
    assert np.gradient(way, phase).max() == pytest.approx(1.875, abs=1e-3)


def test_an_upright_right_hand_shows_its_palm_and_its_thumb_on_the_pictures_right() -> None:
    assert orientation(np.zeros((1, 3)))[0] == pytest.approx(np.array([[-1, 0, 0], [0, 0, 1], [0, 1, 0]]))
    still = state(np.array([0, 0, 0.5]), np.zeros(3), poses.OPEN)
    points = skeletons(RIGHT, between(still, still)(np.zeros(1)))[0]
    assert points[12, 1] < points[0, 1] - 0.1  # the middle finger is above the wrist
    assert points[THUMB, 0] > points[0, 0] + 0.03
