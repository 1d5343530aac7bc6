"""What a hand does for a while: in one piece, within the picture, and without a gesture where none is marked."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.training.hands import poses
from legato.training.hands.gestures import GESTURES
from legato.training.hands.motions import BEND, PLACE, state
from legato.training.hands.performances import Performance, Stage, focal_of, perform, shape_of, show, ways
from legato.training.takes import UNSURE

STAGE = Stage((640, 480), focal_of((640, 480), 65.0))
SEEDS = st.integers(0, 100_000)
SHAPES = {
    "open": poses.OPEN,
    "relaxed": poses.RELAXED,
    "fist": poses.fist(),
    "thumb": poses.THUMB_OUT,
    "pinch": poses.pinch(),
    "together": poses.together(),
    "apart": poses.APART,
    "point": poses.point(),
}
TAKEN_FOR_GESTURES = {
    *product(("open", "relaxed"), ("fist", "pinch", "thumb")),
    *product(("fist",), ("open", "relaxed")),
    ("together", "apart"),
    ("apart", "together"),
}


def performed(seed: int, seconds: float = 12.0, busy: float = 0.6) -> Performance:
    labels = GESTURES if busy else ()
    return perform(seconds, labels, STAGE, np.random.default_rng(seed), busy)


def test_it_is_a_pure_function_of_the_seed() -> None:
    times = np.linspace(0, 12, 200)
    first, second, other = performed(3), performed(3), performed(4)
    assert first.marks == second.marks
    assert np.array_equal(first.states(times), second.states(times), equal_nan=True)
    assert not np.array_equal(first.states(times), other.states(times), equal_nan=True)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_motions_follow_one_another_without_a_jump(seed: int) -> None:
    motions = performed(seed).motions
    for (start, motion), (then, following) in pairwise(motions):
        away = then - (start + motion.seconds)
        assert away > -1e-9
        if away < 1e-9:
            assert following.start == pytest.approx(motion.end, abs=1e-6)
        else:
            assert not STAGE.sees(motion.end[PLACE])
            assert not STAGE.sees(following.start[PLACE])
    assert 12 <= motions[-1][0] + motions[-1][1].seconds < 30


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_states_are_there_while_a_motion_is_and_nowhere_else(seed: int) -> None:
    performance, times = performed(seed), np.linspace(0, 14, 500)
    states = performance.states(times)
    during = np.zeros(500, np.bool_)
    for start, motion in performance.motions:
        during |= (start <= times) & (times < start + motion.seconds)
    assert states.shape == (500, 26)
    assert np.isfinite(states[during]).all()
    assert np.isnan(states[~during]).all()


def test_hands_come_and_go() -> None:
    away = [np.isnan(performed(seed).states(np.linspace(0, 12, 100))[:, 0]) for seed in range(30)]
    from_the_start = np.mean([not one[0] for one in away])
    assert 0.15 < from_the_start < 0.6
    assert 0.01 < np.mean(away) < 0.3


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_marks_are_its_gestures(seed: int) -> None:
    performance = performed(seed, busy=0.9)
    made = [(start, motion) for start, motion in performance.motions if motion.label]
    sure = [mark for mark in performance.marks if mark.label != UNSURE]
    assert [(mark.label, mark.start) for mark in sure] == [(motion.label, start) for start, motion in made]
    for mark, (_, motion) in zip(sure, made, strict=True):
        assert mark.end == pytest.approx(mark.start + motion.seconds)
    for before, after in pairwise(performance.marks):
        assert after.start > before.end - 1e-9


def test_gestures_are_made_where_the_camera_sees_them() -> None:
    motions = [motion for seed in range(20) for _, motion in performed(seed, busy=0.9).motions if motion.label]
    seen = [STAGE.sees(motion.start[PLACE]) and STAGE.sees(motion.end[PLACE]) for motion in motions]
    assert np.mean(seen) > 0.9
    assert {motion.label for motion in motions} == set(GESTURES)


def test_a_hand_that_is_not_busy_makes_no_gesture() -> None:
    marks = [mark.label for seed in range(15) for mark in performed(seed, busy=0.0).marks]
    assert set(marks) <= {UNSURE}


@settings(max_examples=15, deadline=None)
@given(SEEDS)
@pytest.mark.parametrize(("before", "after"), sorted(product(SHAPES, SHAPES)))
def test_the_way_from_one_shape_to_another_is_no_gesture(before: str, after: str, seed: int) -> None:
    chance = np.random.default_rng(seed)
    start = state(np.array([-0.1, 0.05, 0.5]), chance.normal(0, 0.2, 3), SHAPES[before])
    end = state(np.array([0.1, 0.0, 0.6]), chance.normal(0, 0.2, 3), SHAPES[after])
    assert (shape_of(start), shape_of(end)) == (before, after)
    found = list(ways(start, end, chance))
    assert found[0][0].start == pytest.approx(start)
    assert found[-1][0].end == pytest.approx(end)
    for motion, unsure in found:
        step = shape_of(motion.start), shape_of(motion.end)
        assert step not in TAKEN_FOR_GESTURES
        assert motion.label == ""
        assert unsure == (UNSURE if step[0] == "thumb" and step[1] in {"open", "relaxed"} else "")


def test_an_open_hand_goes_slowly_or_in_another_shape() -> None:
    chance, alone = np.random.default_rng(1), 0
    start, end = (state(np.array([x, 0.05, 0.5]), np.zeros(3), poses.OPEN) for x in (-0.1, 0.1))
    for _ in range(40):
        first, *rest = [motion for motion, _ in ways(start, end, chance)]
        if rest:
            assert shape_of(first.end) == "relaxed"
        else:
            alone += 1
            assert 0.2 / first.seconds < 0.22
    assert 5 < alone < 35


def test_nobody_knows_what_an_open_hand_that_turns_does() -> None:
    start, end = (state(np.array([0, 0.05, 0.5]), np.array([0, 0, roll]), poses.OPEN) for roll in (-0.8, 0.8))
    chance = np.random.default_rng(1)
    straight = [found for found in (list(ways(start, end, chance)) for _ in range(20)) if len(found) == 1]
    assert straight
    assert {unsure for found in straight for _, unsure in found} == {UNSURE}
    closed = start.copy()
    closed[BEND.start :] = poses.fist().angles
    (_, unsure), *_ = ways(closed, closed + 2 * (end - start), chance)
    assert unsure == ""


@settings(max_examples=10, deadline=None)
@given(SEEDS)
@pytest.mark.parametrize("label", ["swipe_left", "grab", "circle_cw"])
def test_a_gesture_that_is_shown_is_all_there_is(label: str, seed: int) -> None:
    performance = show(label, 2.5, STAGE, np.random.default_rng(seed))
    (mark,) = performance.marks
    assert mark.label == label
    assert 0.2 <= mark.start < mark.end
    assert np.isfinite(performance.states(np.linspace(0, 2.4, 80))).all()


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_places_are_seen_and_what_is_outside_is_not(seed: int) -> None:
    chance = np.random.default_rng(seed)
    stage = Stage.drawn(chance, [(640, 480), (480, 640), (320, 240)])
    depth = chance.uniform(0.35, 1.0)
    assert not stage.sees(stage.outside(chance, depth))
    place = stage.place(chance, depth)
    pixels = stage.focal * place[:2] / place[2] + np.array(stage.size) / 2
    assert (pixels >= 0).all()
    assert (pixels <= stage.size).all()
