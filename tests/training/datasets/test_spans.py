"""Which hand makes a gesture, and whether it can be seen."""

from collections.abc import Callable

import pytest

from legato.app.vision.recording import Recording
from legato.training.datasets.spans import between, in_order, maker, visible
from legato.training.takes import UNSURE, GestureSpan

Make = Callable[..., Recording]


def test_the_only_hand_makes_it(recording_of: Make) -> None:
    recording = recording_of([(0.9, 0.0)] * 3 + [(0.0, 0.8)] * 7)
    assert maker(recording, 0.0, 0.2) == 0
    assert maker(recording, 0.3, 0.9, right=1.0) == 1


def test_of_two_hands_the_one_that_is_told_of(recording_of: Make) -> None:
    recording = recording_of([(0.9, 0.9)] * 5, right=(0.1, 0.8))
    assert maker(recording, 0.0, 0.4, right=1.0) == 1
    assert maker(recording, 0.0, 0.4, right=0.0) == 0


@pytest.mark.parametrize(("steps", "slot"), [((5, 1), 0), ((1, 5), 1)])
def test_or_else_the_one_that_moves_more(recording_of: Make, steps: tuple[int, int], slot: int) -> None:
    assert maker(recording_of([(0.9, 0.9)] * 5, steps=steps), 0.0, 0.4) == slot


def test_times_are_those_of_the_frames(recording_of: Make) -> None:
    span = between(recording_of([(0.0, 0.9)] * 10), "push", 2, 6)
    assert (span.label, span.slot) == ("push", 1)
    assert (span.start, span.end) == pytest.approx((0.2, 0.6))


def test_nobody_can_tell_what_an_unseen_hand_does(recording_of: Make) -> None:
    recording = recording_of([(0.9, 0.0)] * 5 + [(0.0, 0.0)] * 5)
    assert visible(recording, GestureSpan("push", 0.2, 0.7, 0)).label == "push"
    assert visible(recording, GestureSpan("push", 0.3, 0.9, 0)).label == UNSURE
    assert visible(recording, GestureSpan("push", 0.2, 0.4, 1)).label == UNSURE
    assert visible(recording, GestureSpan("push", 3.0, 4.0, 0)).label == UNSURE


def test_spans_are_ordered_by_their_ends() -> None:
    early, late = GestureSpan("push", 0.5, 1.0, 0), GestureSpan("wave", 0.0, 2.0, 1)
    assert in_order([late, early]) == (early, late)
