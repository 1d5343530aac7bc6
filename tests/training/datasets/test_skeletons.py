"""Skeletons as hands before a camera."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from legato.training.datasets.skeletons import (
    DISTANCE,
    FOCAL,
    facing,
    from_20,
    from_22,
    from_26,
    one_hand,
    righted,
    seen_by_camera,
    with_depth,
)

Doubles = npt.NDArray[np.float64]
Hand = Callable[[int], Doubles]


def test_which_joints_are_the_points(right_hand: Hand) -> None:
    hand = right_hand(2)
    assert np.array_equal(from_22(np.insert(hand, 1, 9.0, axis=1)), hand)
    fingers = [np.insert(hand[:, 5 + 4 * finger : 9 + 4 * finger], 0, 9.0, axis=1) for finger in range(4)]
    palm = np.full((2, 1, 3), 9.0)
    assert np.array_equal(from_26(np.concatenate((hand[:, :1], palm, hand[:, 1:5], *fingers), axis=1)), hand)


def test_a_wrist_where_the_leap_motion_has_none(right_hand: Hand) -> None:
    hand = right_hand(2)
    palm = (hand[:, :1] + hand[:, [5, 9, 13, 17]].mean(axis=1, keepdims=True)) / 2
    points = from_20(np.concatenate((palm, hand[:, 2:]), axis=1))
    assert points[:, [0, *range(2, 21)]] == pytest.approx(hand[:, [0, *range(2, 21)]])
    assert np.linalg.norm(points[:, 1] - hand[:, 1], axis=-1).max() < 0.03


def test_the_person_faces_the_camera() -> None:
    right, up, ahead = np.eye(3)
    assert facing(right) @ (1, 0, 0) == -1  # the picture's left
    assert facing(up) @ (0, 1, 0) == -1
    assert facing(ahead) @ (0, 0, 1) == -1  # nearer to the camera


def test_the_camera_looks_at_the_wrist(right_hand: Hand) -> None:
    hand = right_hand(9)
    landmarks = seen_by_camera(hand)
    assert landmarks[4, 0] == pytest.approx((320, 240, 0))
    assert landmarks[:, 0, 0] == pytest.approx(320 - (np.arange(9) - 4) * 0.02 * FOCAL / DISTANCE)
    tip = hand[4, 8] - hand[4, 0]
    depth = DISTANCE + tip[2]
    expected = (320 + FOCAL * tip[0] / depth, 240 + FOCAL * tip[1] / depth, FOCAL * tip[2] / DISTANCE)
    assert landmarks[4, 8] == pytest.approx(expected)
    assert landmarks[4, 8, 1] < 150  # the fingers point up


def test_nothing_comes_behind_the_camera(right_hand: Hand) -> None:
    hand = right_hand(5)
    hand[4, :, 2] -= 2.0
    assert np.isfinite(seen_by_camera(hand)).all()
    assert np.abs(seen_by_camera(hand)).max() < 2000


def test_depth_in_pixels(right_hand: Hand) -> None:
    hand = right_hand(3)
    flat = 1000 * hand[..., :2] + 7
    landmarks = with_depth(flat, hand)
    assert np.array_equal(landmarks[..., :2], flat)
    assert landmarks[..., 2] == pytest.approx(1000 * (hand[..., 2] - hand[:, :1, 2]))
    assert not with_depth(np.zeros((1, 21, 2)), np.zeros((1, 21, 3))).any()


@pytest.mark.parametrize("axis", [0, 2])
def test_left_hands_must_be_mirrored_right_ones(right_hand: Hand, axis: int) -> None:
    hands = [right_hand(3), right_hand(1)]
    flip = np.where(np.arange(3) == axis, -1.0, 1.0)
    for found, hand in zip(righted([hand * flip for hand in hands], axis), hands, strict=True):
        assert np.array_equal(found, hand)
    assert all(found is hand for found, hand in zip(righted(hands, axis), hands, strict=True))


@pytest.mark.parametrize("angle", [0.0, 1.0, 2.0, 3.0])
def test_whichever_way_they_are_turned(right_hand: Hand, angle: float) -> None:
    cos, sin = np.cos(angle), np.sin(angle)
    for turn in (
        np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]),
        np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]]),
    ):
        hand = right_hand(1) @ turn
        assert righted([hand], axis=0)[0] is hand


def test_a_recording_of_one_hand(right_hand: Hand) -> None:
    hand = seen_by_camera(right_hand(4))
    hand[2] = hand[2, 0]  # the tracker lost it
    recording = one_hand(hand, np.arange(4) / 30)
    assert recording.landmarks.shape == (4, 2, 21, 3)
    assert recording.landmarks[0, 0] == pytest.approx(hand[0], rel=1e-5)
    assert not recording.landmarks[:, 1].any()
    assert not recording.landmarks[2].any()
    assert recording.presence.tolist() == recording.handedness.tolist() == [[1, 0], [1, 0], [0, 0], [1, 0]]
    assert recording.size.tolist() == [640, 480]
