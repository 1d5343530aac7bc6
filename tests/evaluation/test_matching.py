from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.engine.contract import Contract
from legato.app.engine.events import KeywordEvent
from legato.app.evaluation.listening import Span, Take
from legato.app.evaluation.manifest import Recording, Row
from legato.app.evaluation.matching import SLACK, Utterance, decode, match, utterances


def spans(*bounds: tuple[float, float]) -> list[Span]:
    return [Span(Recording(Path(f"{i}.wav"), i + 2, (), {}), start, end) for i, (start, end) in enumerate(bounds)]


def said(label: str, start: float, end: float, span: int = 0) -> Utterance:
    return Utterance(label, start, end, span, {})


def heard(label: str, emitted: float) -> KeywordEvent:
    return KeywordEvent(label, emitted - 0.4, emitted - 0.1, emitted, 0.9)


@pytest.mark.parametrize(
    ("emitted", "hit"), [(0.99, False), (1.0, True), (1.5, True), (1.5 + SLACK, True), (1.52 + SLACK, False)]
)
def test_an_event_counts_from_the_start_to_a_little_after_the_end(emitted: float, hit: bool) -> None:
    matches = match([said("yes", 1.0, 1.5)], [heard("yes", emitted)], spans((0, 10)))
    assert (len(matches.hits), len(matches.missed), len(matches.false_alarms)) == ((1, 0, 0) if hit else (0, 1, 1))


def test_a_word_counts_once() -> None:
    matches = match([said("yes", 1.0, 1.5)], [heard("yes", 1.5), heard("yes", 1.7)], spans((0, 10)))
    assert [event.emitted for _, event in matches.hits] == [1.5]
    assert [event.emitted for _, event in matches.false_alarms] == [1.7]


def test_another_label_is_a_false_alarm() -> None:
    matches = match([said("yes", 1.0, 1.5)], [heard("no", 1.5)], spans((0, 10)))
    assert len(matches.missed) == len(matches.false_alarms) == 1


def test_words_in_quick_succession_are_taken_in_order() -> None:
    words = [said("go", 2.0, 2.3), said("go", 1.0, 1.3), said("go", 1.4, 1.7)]
    matches = match(words, [heard("go", 1.42), heard("go", 1.8), heard("go", 2.4)], spans((0, 10)))
    assert [one.start for one, _ in matches.hits] == [1.0, 1.4, 2.0]


def test_a_false_alarm_belongs_to_the_recording_in_or_after_which_it_is_heard() -> None:
    events = [heard("yes", time) for time in (0.2, 1.0, 3.7, 4.0, 9.9)]
    matches = match([], events, spans((0.5, 3.5), (4.0, 6.0)))
    assert [span for span, _ in matches.false_alarms] == [0, 0, 0, 1, 1]


def test_utterances_are_moved_to_where_their_recording_is_played() -> None:
    rows = (Row("yes", 0.25, 0.75, {}), Row("unknown", 0.0, 0.1, {}), Row("no", 1.0, None, {}))
    span = Span(Recording(Path("a.wav"), 2, rows, {}), 10.0, 12.0)
    assert utterances([span], ["yes", "no"]) == [said("yes", 10.25, 10.75), said("no", 11.0, 12.0)]


def test_each_stream_is_decoded_from_its_own_start(contract: Contract) -> None:
    scores = np.full((20, 3), 0.9, np.float32)  # never falls: one event a stream and label
    together = Take(scores, 0.02, (), (0,))
    apart = Take(scores, 0.02, (), (0, 8))
    limits = {"low": 0.5}
    assert [event.emitted for event in decode(together, contract, limits)] == [0.02]
    assert [event.emitted for event in decode(apart, contract, limits)] == pytest.approx([0.02, 0.18])


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 20)), max_size=30), st.integers(0, 2**32 - 1))
def test_everything_is_accounted_for_once(times: list[tuple[str, float]], seed: int) -> None:
    random = np.random.default_rng(seed)
    words = [said(label, start, start + 0.3) for label, start in zip("abab", random.uniform(0, 20, 4), strict=True)]
    events = [heard(label, time) for label, time in sorted(times, key=lambda one: one[1])]
    matches = match(words, events, spans((0, 20)))
    assert len(matches.hits) + len(matches.missed) == len(words)
    assert len(matches.hits) + len(matches.false_alarms) == len(events)
    for one, event in matches.hits:
        assert one.label == event.label
        assert one.start - 1e-5 <= event.emitted <= one.end + SLACK + 1e-5
