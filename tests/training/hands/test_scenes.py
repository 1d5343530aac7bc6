"""Scenes: pure functions of chance, with the names that gestures have for the person who makes them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from legato.training.hands.detection import observe
from legato.training.hands.gestures import GESTURES
from legato.training.hands.scenes import Scene, SceneConfig, draw_scene, mirrored
from legato.training.takes import UNSURE

CONFIG = SceneConfig(GESTURES, seconds=6.0)


def drawn(seed: int, config: SceneConfig = CONFIG) -> Scene:
    return draw_scene(config, np.random.default_rng(seed))


def test_the_same_seed_gives_the_same_scene() -> None:
    first, second, other = drawn(2), drawn(2), drawn(3)
    assert np.array_equal(first.times, second.times)
    assert first.stage == second.stage
    for hand, ((side, states), (other_side, other_states)) in enumerate(
        zip(first.states(), second.states(), strict=True)
    ):
        assert side == other_side
        assert np.array_equal(states, other_states, equal_nan=True)
        assert first.marks(hand) == second.marks(hand)
    assert not np.array_equal(first.times[:50], other.times[:50])


def test_cameras_differ() -> None:
    scenes = [drawn(seed) for seed in range(60)]
    rates = [(len(scene.times) - 1) / scene.times[-1] for scene in scenes]
    assert min(rates) < 20
    assert max(rates) > 33
    assert 0.2 < np.mean([abs(rate - 30) < 0.7 for rate in rates]) < 0.75
    assert {scene.stage.size for scene in scenes} == set(CONFIG.sizes)
    for scene in scenes:
        assert scene.times[0] == 0
        assert (np.diff(scene.times) > 0).all()
        assert scene.times[-1] == pytest.approx(6.0, rel=0.1)
    exact = replace(CONFIG, frames=100, usual=0.0, rate=(20.0, 20.0), sizes=((64, 48),))
    scene = drawn(1, exact)
    assert (len(scene.times), scene.stage.size) == (100, (64, 48))
    assert np.median(np.diff(scene.times)) == pytest.approx(1 / 20, rel=0.12)


def test_one_hand_or_two_of_which_some_do_nothing() -> None:
    scenes = [drawn(seed) for seed in range(60)]
    assert all({side for side, _ in scene.hands} <= {"left", "right"} for scene in scenes)
    pairs = [scene for scene in scenes if len(scene.hands) == 2]
    assert 0.4 < len(pairs) / 60 < 0.9
    assert all(scene.hands[0][0] != scene.hands[1][0] for scene in pairs)
    assert 0.2 < np.mean([scene.hands[0][0] == "left" for scene in scenes]) < 0.8
    idle = [all(mark.label == UNSURE for mark in scene.marks(1)) for scene in pairs]
    assert 0.2 < np.mean(idle) < 0.8
    assert len({len(drawn(seed, replace(CONFIG, second=1.0)).hands) for seed in range(10)}) == 1


def test_a_single_gesture() -> None:
    scenes = [drawn(seed, SceneConfig(("grab", "wave"), alone=True, seconds=2.5)) for seed in range(10)]
    marks = [mark.label for scene in scenes for mark in scene.marks(0)]
    assert len(marks) == 10
    assert set(marks) == {"grab", "wave"}
    assert {len(scene.hands) for scene in scenes} == {1}


def test_names_in_the_mirror() -> None:
    assert {label for label in GESTURES if mirrored(label) != label} == {
        "swipe_left",
        "swipe_right",
        "circle_cw",
        "circle_ccw",
    }
    assert all(mirrored(mirrored(label)) == label for label in (*GESTURES, UNSURE))
    performances = [scene for scene in map(drawn, range(20)) if scene.hands[0][0] == "left"]
    for scene in performances:
        marks = scene.hands[0][1].marks
        assert [mark.label for mark in scene.marks(0)] == [mirrored(mark.label) for mark in marks]
        assert [mark.end for mark in scene.marks(0)] == [mark.end for mark in marks]


@pytest.mark.parametrize(("made", "sign"), [("swipe_left", 1), ("swipe_right", -1)])
def test_either_hand_goes_where_the_name_says(made: str, sign: int) -> None:
    """The person's left is the picture's right, whichever hand goes there."""
    sides = set()
    for seed in range(8):
        scene = drawn(seed, SceneConfig((made, mirrored(made)), alone=True, seconds=2.0))
        take = observe(scene, np.random.default_rng(seed))
        (span,) = take.spans
        if span.label == UNSURE:
            continue
        during = (take.recording.time >= span.start) & (take.recording.time <= span.end)
        during &= take.recording.presence[:, span.slot] > 0
        x = take.recording.landmarks[during, span.slot, 9, 0]
        assert (x[-1] - x[0]) * sign * (1 if span.label == made else -1) > 0
        sides.add((scene.hands[0][0], span.label))
    assert len(sides) >= 3


def test_either_finger_circles_as_the_name_says() -> None:
    """Clockwise for the person is counter-clockwise in the picture, where y is down: a negative area."""
    sides = set()
    for seed in range(10):
        scene = drawn(seed, SceneConfig(("circle_cw", "circle_ccw"), alone=True, seconds=3.0))
        ((side, states),) = scene.states()
        (mark,) = scene.marks(0)
        during = (scene.times >= mark.start) & (scene.times <= mark.end)
        x, y = states[during, 0] * (-1 if side == "left" else 1), states[during, 1]
        area = sum(a * d - b * c for (a, b), (c, d) in pairwise(zip(x - x.mean(), y - y.mean(), strict=True)))
        assert (area > 0) == (mark.label == "circle_ccw")
        sides.add((side, mark.label))
    assert len(sides) >= 3
