"""The figures of gestures, computed by hand."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.engine.events import GestureEvent
from legato.app.evaluation.gestures import (
    Gesture,
    Sequences,
    View,
    confusions,
    edit_distance,
    evaluate,
    jaccard,
    match,
)

LABELS = ("push", "wave", "grab")


def event(label: str, start: float, end: float, emitted: float, hand: str = "right") -> GestureEvent:
    return GestureEvent(label, start, end, emitted, 0.9, hand)


def view(*parts: Gesture | GestureEvent, seconds: float = 60.0, negative: bool = False, **columns: str) -> View:
    gestures = tuple(part for part in parts if isinstance(part, Gesture))
    events = tuple(part for part in parts if isinstance(part, GestureEvent))
    return View(gestures, events, seconds, negative, columns)


@pytest.mark.parametrize(
    ("emitted", "found"), [(0.99, False), (1.0, True), (2.0, True), (2.5, True), (2.51, False)], ids=str
)
def test_an_event_counts_while_the_gesture_is_made_and_half_a_second_longer(emitted: float, found: bool) -> None:
    one = Gesture("push", 1.0, 2.0)
    report = evaluate([view(one, event("push", 1.0, 2.0, emitted))], LABELS)
    assert report.all.detection.count == found
    assert report.all.false.count == (not found)


def test_each_gesture_is_found_once_and_each_event_finds_one() -> None:
    first, second = Gesture("push", 0.0, 1.0), Gesture("push", 1.2, 2.0)
    events = [event("push", 0, 1, 1.1), event("push", 0, 1, 1.3), event("push", 1, 2, 1.4)]
    matches = match(view(second, first, *events))
    assert matches.hits == ((first, events[0]), (second, events[1]))
    assert matches.false == (events[2],)
    assert matches.missed == ()


def test_no_event_takes_what_a_later_one_needs() -> None:
    long, short = Gesture("push", 0.0, 5.0), Gesture("push", 0.5, 1.0)
    events = [event("push", 0, 1, 1.0), event("push", 0, 1, 5.0)]
    assert match(view(long, short, *events)).hits == ((short, events[0]), (long, events[1]))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("abc", "abc", 0), ("ab", "ba", 2)],
)
def test_edit_distance(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == distance


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_the_edit_distance_is_a_distance(one: str, other: str, third: str) -> None:
    there = edit_distance(one, other)
    assert there == edit_distance(other, one)
    assert (there == 0) == (one == other)
    assert abs(len(one) - len(other)) <= there <= max(len(one), len(other))
    assert there <= edit_distance(one, third) + edit_distance(third, other)


def test_sequences_are_compared_in_the_order_of_their_ends() -> None:
    made = [Gesture("wave", 0.0, 3.0), Gesture("push", 1.0, 2.0)]
    found = [event("wave", 0, 3.0, 3.1), event("push", 1, 2.0, 3.2)]
    assert Sequences.of([view(*made, *found)]) == Sequences(0, 2)


def test_levenshtein_accuracy_is_added_up_over_recordings() -> None:
    missed = view(Gesture("push", 0, 1), Gesture("wave", 2, 3), event("wave", 2, 3, 3))
    nothing = view(event("grab", 0, 1, 1), negative=True)
    sequences = Sequences.of([missed, nothing])
    assert (sequences.distance, sequences.total, sequences.accuracy) == (2, 2, 0.0)
    assert Sequences.of([nothing]).accuracy is None


def test_the_jaccard_index_of_a_label_is_its_seconds_in_common() -> None:
    # In common 0.5 s; made or found 1.5 s. Two events over the same time count its seconds once.
    one = view(Gesture("push", 1, 2), event("push", 1.5, 2.5, 2.5), event("push", 1.5, 2.25, 2.6))
    assert jaccard([one], "push") == pytest.approx(0.5 / 1.5)
    # A second recording in which it is missed adds its second to those made.
    assert jaccard([one, view(Gesture("push", 0, 1))], "push") == pytest.approx(0.5 / 2.5)
    assert jaccard([one], "wave") is None
    # The mean is over what is made: a label that is only found is told by the false positives.
    report = evaluate([one, view(Gesture("wave", 0, 1)), view(event("grab", 0, 1, 1))], LABELS)
    assert report.jaccard == pytest.approx((0.5 / 1.5 + 0.0) / 2)
    assert report.jaccards["grab"] == 0.0


def test_an_event_on_another_gesture_is_a_confusion() -> None:
    found, missed = Gesture("push", 0, 2), Gesture("wave", 1, 2.2)
    one = view(found, missed, event("push", 0, 2, 2.0), event("grab", 1, 2, 2.1), event("grab", 8, 9, 9.0))
    matches = match(one)
    assert confusions(one, matches) == Counter({("wave", "grab"): 1})  # the one that was missed; the last is on none
    assert evaluate([one], LABELS).confusions == (("wave", "grab", 1),)


def test_a_second_event_of_the_same_gesture_is_no_confusion() -> None:
    one = view(Gesture("push", 0, 1), event("push", 0, 1, 1.0), event("push", 0, 1, 1.2))
    assert not confusions(one, match(one))


def test_all_figures() -> None:
    made = [Gesture("push", 1, 2, "right"), Gesture("wave", 4, 5, "left"), Gesture("wave", 7, 8)]
    found = [
        event("push", 1.2, 2.0, 2.1),
        event("wave", 4.0, 5.0, 5.3, "right"),
        event("grab", 7.0, 8.0, 8.2),
        event("push", 20.0, 21.0, 21.0),
    ]
    views = [
        view(*made, *found, seconds=90, source="here"),
        view(event("wave", 3, 4, 4), seconds=30, negative=True, source="there"),
    ]
    told = evaluate(views, LABELS).to_dict()
    assert told["detection"] == {"count": 2, "total": 3, "value": 0.666667, "interval": [0.20766, 0.938508]}
    false = {"count": 3, "minutes": 2.0, "per_minute": 1.5, "interval": [0.309336, 4.383637]}
    assert told["false_positives"] == false
    assert told["latency"] == {"median": 0.2, "p90": 0.28}
    # push wave wave against push wave grab push: a substitution and an insertion, and one more in the negative.
    assert told["levenshtein"] == {"value": 0.0, "distance": 3, "total": 3}
    # push: 0.8 s of 1 + 1; wave: 1 s of 2 + 1
    assert told["jaccard"] == pytest.approx((0.8 / 2 + 1 / 3) / 2, abs=1e-6)
    assert (told["hand"]["count"], told["hand"]["total"]) == (1, 2)
    assert told["confusions"] == [["wave", "grab", 1]]
    assert told["labels"]["push"]["false_positives"]["count"] == 1
    assert told["labels"]["wave"]["detection"]["total"] == 2
    assert told["labels"]["wave"]["latency"]["median"] == 0.3
    assert told["labels"]["grab"] == {
        "detection": {"count": 0, "total": 0, "value": None, "interval": [0.0, 1.0]},
        "false_positives": {**false, "count": 1, "per_minute": 0.5, "interval": [0.012659, 2.785822]},
        "latency": {"median": None, "p90": None},
        "jaccard": 0.0,
    }
    negatives = told["negatives"]
    assert (negatives["recordings"], negatives["count"], negatives["per_minute"]) == (1, 1, 2.0)
    assert told["by"]["source"]["here"]["detection"]["count"] == 2
    assert told["by"]["source"]["there"]["false_positives"]["count"] == 1


def test_nothing_at_all() -> None:
    told = evaluate([], LABELS).to_dict()
    assert told["detection"]["value"] is None
    assert told["false_positives"] == {"count": 0, "minutes": 0.0, "per_minute": None, "interval": None}
    assert told["levenshtein"]["value"] is None
    assert told["jaccard"] is None


@st.composite
def performances(draw: st.DrawFn) -> tuple[Gesture, ...]:
    """Gestures one after the other, far enough apart that no event can be another's."""
    made, time = [], 0.0
    for label in draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=8)):
        start = time + draw(st.floats(0.6, 3.0))
        time = start + draw(st.floats(0.1, 2.0))
        made.append(Gesture(label, start, time))
    return tuple(made)


@given(performances(), st.floats(0.0, 0.49))
def test_perfect_events(made: tuple[Gesture, ...], late: float) -> None:
    events = [event(one.label, one.start, one.end, one.end + late) for one in made]
    report = evaluate([view(*made, *events)], LABELS)
    assert report.all.detection.value == report.sequences.accuracy == 1.0
    assert report.jaccard == pytest.approx(1.0)
    assert report.all.false.count == 0
    assert report.all.latency == pytest.approx([late] * len(made))
    assert report.confusions == ()


@given(performances(), st.lists(st.tuples(st.sampled_from(LABELS), st.floats(0.0, 30.0)), max_size=12))
def test_whatever_is_found(made: tuple[Gesture, ...], found: list[tuple[str, float]]) -> None:
    events = [event(label, max(0.0, time - 0.5), time, time) for label, time in sorted(found, key=lambda one: one[1])]
    report = evaluate([view(*made, *events)], LABELS)
    assert report.all.detection.count + report.all.false.count == len(events)
    assert report.all.detection.total == len(made)
    assert sum(group.detection.count for group in report.labels.values()) == report.all.detection.count
    assert sum(count for _, _, count in report.confusions) <= report.all.false.count
    assert 0.0 <= (report.jaccard or 0.0) <= 1.0 + 1e-9
    assert (report.sequences.accuracy or 0.0) <= 1.0
    assert all(-30 <= late <= 0.5 + 1e-6 for late in report.all.latency)


@given(performances())
def test_events_that_never_come(made: tuple[Gesture, ...]) -> None:
    report = evaluate([view(*made)], LABELS)
    assert (report.all.detection.value, report.sequences.accuracy, report.jaccard) == (0.0, 0.0, 0.0)
