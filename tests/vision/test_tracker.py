"""Hands followed from picture to picture: there, lost, back, two of them, and no more work than needed."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from legato.app.vision.palms import Palm
from legato.app.vision.region import Picture
from legato.app.vision.tracker import HandModels, HandTracker

DARK = np.zeros((480, 640, 3), np.uint8)
# Where the points of the rendered hand are, by eye: wrist, and the tips of thumb, index, middle, ring, little finger.
SEEN = {0: (315, 331), 4: (382, 243), 8: (332, 180), 12: (304, 158), 16: (274, 171), 20: (252, 201)}


@contextmanager
def counted(models: HandModels, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How often palms are looked for."""
    calls: list[int] = []
    find = models.palms.find

    def counting(picture: Picture) -> list[Palm]:
        calls.append(1)
        return find(picture)

    with monkeypatch.context() as patch:
        patch.setattr(models.palms, "find", counting)
        yield calls


def test_the_points_of_a_hand_are_where_one_sees_them(models: HandModels, picture: Picture) -> None:
    hands = HandTracker(models).step(picture, 0.0)
    assert hands.presence[0] > 0.9
    assert hands.presence[1] == 0
    assert not hands.landmarks[1].any()
    for point, place in SEEN.items():
        assert hands.landmarks[0, point, :2] == pytest.approx(place, abs=12), point


def test_a_right_hand_is_right_and_its_mirror_image_left(models: HandModels, picture: Picture) -> None:
    assert HandTracker(models).step(picture, 0.0).handedness[0] > 0.7
    assert HandTracker(models).step(np.ascontiguousarray(picture[:, ::-1]), 0.0).handedness[0] < 0.3


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_hand_in_any_direction(models: HandModels, picture: Picture, turns: int) -> None:
    square = np.ascontiguousarray(np.rot90(np.pad(picture, ((80, 80), (0, 0), (0, 0))), turns))
    hands = HandTracker(models).step(square, 0.0)
    assert hands.presence[0] > 0.9
    for point, (x, y) in SEEN.items():
        turned = [(x, y + 80), (y + 80, 639 - x), (639 - x, 559 - y), (559 - y, x)][turns]
        assert hands.landmarks[0, point, :2] == pytest.approx(turned, abs=16), point


def test_a_followed_hand_is_not_looked_for_anew(
    models: HandModels, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = HandTracker(models)
    with counted(models, monkeypatch) as calls:
        for frame in range(11):
            moved = np.roll(picture, 8 * frame, axis=1)
            hands = tracker.step(moved, frame / 30)
            assert hands.landmarks[0, 0, 0] == pytest.approx(315 + 8 * frame, abs=20)
    assert sum(calls) == 3  # at the start, and every fifth picture for a second hand


def test_a_hand_that_leaves_is_gone_and_found_again(
    models: HandModels, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker = HandTracker(models)
    assert tracker.step(picture, 0.0).presence[0] > 0.9
    with counted(models, monkeypatch) as calls:
        for frame in range(1, 4):
            assert not tracker.step(DARK, frame / 30).presence.any()
    assert sum(calls) == 3  # in every picture while there is no hand
    assert tracker.step(picture, 0.2).presence[0] > 0.9


def test_two_hands_keep_their_slots(models: HandModels, picture: Picture) -> None:
    both = np.concatenate((picture, picture[:, ::-1]), axis=1)
    tracker = HandTracker(models)
    for frame in range(3):
        hands = tracker.step(both, frame / 30)
    assert (hands.presence > 0.9).all()
    left, right = hands.landmarks[np.argsort(hands.landmarks[:, 0, 0])]
    assert left[0, 0] == pytest.approx(315, abs=15)
    assert right[0, 0] == pytest.approx(1279 - 315, abs=15)
    slots = hands.landmarks[:, 0, 0].copy()
    one = both.copy()
    one[:, 640:] = 0
    alone = tracker.step(one, 0.1)
    stays = int(slots[1] < slots[0])
    assert alone.presence[stays] > 0.9
    assert alone.presence[1 - stays] == 0


def test_reset_forgets(models: HandModels, picture: Picture) -> None:
    tracker = HandTracker(models)
    first = tracker.step(picture, 5.0)
    tracker.step(np.roll(picture, 40, axis=1), 5.1)
    tracker.reset()
    again = tracker.step(picture, 1.0)
    assert np.array_equal(first.landmarks, again.landmarks)
