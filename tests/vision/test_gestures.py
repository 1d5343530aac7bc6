import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.events import GestureEvent
from legato.app.engine.session import Session
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.sight import Recorded

ShowHeights = Callable[..., Path]


def found(spotter: GestureSpotter, path: Path, *, mirrored: bool = False) -> list[GestureEvent]:
    events = []
    for sight in Recorded(path, mirrored=mirrored).sights():
        events += spotter.feed(sight)
    return events + spotter.flush()


@pytest.fixture
def spotter(height_model: Path) -> GestureSpotter:
    return GestureSpotter(Session.open(height_model, "cpu"))


@pytest.mark.parametrize("rate", [12, 15, 24, 30, 60])
def test_the_same_events_at_every_rate(spotter: GestureSpotter, show_heights: ShowHeights, rate: int) -> None:
    path = show_heights((0.5, 0.5), (0.5, 0.9), (0.5, 0.5), (0.5, 0.1), rate=rate)
    events = found(spotter, path)
    assert [(event.label, event.hand) for event in events] == [("swipe_up", "right"), ("swipe_down", "right")]
    assert [event.emitted for event in events] == pytest.approx([0.5, 1.5], abs=2 / rate)
    for event in events:
        assert 0 <= event.start < event.end <= event.emitted
        assert event.end == pytest.approx(event.emitted - 0.05, abs=0.02)


def test_a_mirrored_recording_shows_the_other_hand(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    (event,) = found(spotter, show_heights((0.5, 0.5), (0.5, 0.9)), mirrored=True)
    assert event.hand == "left"


def test_a_hand_that_is_not_there_scores_nothing(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    assert found(spotter, show_heights((1.0, None))) == []
    np.testing.assert_array_equal(spotter.last_scores, 0)


def test_a_reset_forgets(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    path = show_heights((0.5, 0.5), (0.5, 0.9))
    first = found(spotter, path)
    spotter.reset()
    assert found(spotter, path) == first


def test_a_gesture_at_the_very_end_is_told(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    path = show_heights((0.5, 0.5), (0.04, 0.9))
    (event,) = found(spotter, path)
    assert (event.label, event.emitted) == ("swipe_up", spotter.position)
    spotter.reset()
    assert spotter.flush() == []


def test_two_hands_are_told_apart(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    one = Recorded(show_heights((0.5, 0.5), (0.5, 0.9)))
    sights = list(one.sights())
    for sight in sights:
        sight.hands.landmarks[1] = sight.hands.landmarks[0] * np.array([1, -1, 1]) + np.array([0, 480, 0])
        sight.hands.presence[1], sight.hands.handedness[1] = 1.0, 0.1
    events = [event for sight in sights for event in spotter.feed(sight)]
    assert {(event.label, event.hand) for event in events} == {("swipe_up", "right"), ("swipe_down", "left")}


def sides_of(spotter: GestureSpotter, path: Path, right: Sequence[float | None]) -> list[tuple[str | None, str | None]]:
    """The sides after each frame; `right`: how likely the second slot's hand is a right one, None where it is away."""
    shown: list[tuple[str | None, str | None]] = []
    for sight, likely in zip(Recorded(path).sights(), right, strict=True):
        sight.hands.presence[:] = (0.0, 0.0 if likely is None else 1.0)
        sight.hands.handedness[:] = (0.0, likely or 0.0)
        spotter.feed(sight)
        shown.append(spotter.sides)
    return shown


def test_a_single_frame_does_not_turn_a_hand(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    shown = sides_of(spotter, show_heights((4 / 30, 0.5)), (0.9, 0.9, 0.1, 0.9))
    assert shown == [(None, "right")] * 4


def test_the_side_of_a_hand_that_is_gone_is_forgotten(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    shown = sides_of(spotter, show_heights((4 / 30, 0.5)), (0.9, 0.9, None, 0.1))
    assert shown == [(None, "right"), (None, "right"), (None, None), (None, "left")]


def test_a_model_for_keywords_is_refused(level_model: Path) -> None:
    with pytest.raises(ModelError, match="needs a gesture model"):
        GestureSpotter(Session.open(level_model, "cpu"))


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_out_of_range_is_refused(height_model: Path, threshold: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        GestureSpotter(Session.open(height_model, "cpu"), threshold)


def test_an_event_as_json() -> None:
    line = json.loads(GestureEvent("wave", 0.4, 1.0204, 1.0666, 0.98765, "left").to_json())
    assert line == {
        "type": "gesture",
        "label": "wave",
        "start": 0.4,
        "end": 1.02,
        "emitted": 1.067,
        "score": 0.988,
        "hand": "left",
    }
