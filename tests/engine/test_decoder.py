import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from legato.app.engine.decoder import Decoder
from legato.app.engine.events import KeywordEvent

LABELS = ("hey", "go", "stop")
HOP = 0.02


@pytest.fixture
def decode(make_settings: Any) -> Any:
    """Events of score tracks given per label, frame by frame; labels without a track are silent."""

    def run(
        tracks: dict[str, Sequence[float]],
        *,
        watch: Sequence[str] | None = LABELS,
        threshold: float | None = None,
        **rules: Any,
    ) -> list[tuple[str, int]]:
        decoder = Decoder(LABELS, make_settings(**rules), HOP, watch, threshold)
        frames = max(len(track) for track in tracks.values())
        scores = np.zeros((frames, len(LABELS)), np.float32)
        for label, track in tracks.items():
            scores[: len(track), LABELS.index(label)] = track
        events = decoder.step(scores, frames * HOP)
        return [(event.label, round(event.emitted / HOP) - 1) for event in events]

    return run


def test_a_word_is_one_event_however_long_its_score_stays_high(decode: Any) -> None:
    assert decode({"go": [0, 0.4, 0.5, 0.9, 0.9, 0.9, 0]}) == [("go", 2)]


def test_hysteresis_wants_a_real_fall_between_two_events(decode: Any) -> None:
    track = [0.9, 0.3, 0.9, 0.24, 0.9]
    assert decode({"go": track}) == [("go", 0), ("go", 4)]
    assert decode({"go": track}, hysteresis=1.0) == [("go", 0), ("go", 2), ("go", 4)]
    assert decode({"go": track}, hysteresis=0.1) == [("go", 0)]


def test_smoothing_is_a_causal_mean_that_starts_from_silence(decode: Any) -> None:
    assert decode({"go": [0.9, 0.9, 0.9]}, smoothing=0.04) == [("go", 1)]
    assert decode({"go": [0, 0.9, 0, 0.9]}, smoothing=0.04) == []
    assert decode({"go": [0.5] * 4}, smoothing=0.08) == [("go", 3)]


def test_each_label_has_its_threshold_and_one_given_replaces_them(decode: Any) -> None:
    own = {"hey": 0.5, "go": 0.3, "stop": 0.8}
    tracks = {"hey": [0, 0.4], "go": [0, 0.4], "stop": [0, 0.7]}
    assert decode(tracks, thresholds=own) == [("go", 1)]
    assert decode(tracks, thresholds=own, threshold=0.6) == [("stop", 1)]


def test_a_label_is_refractory_after_its_own_event_only(decode: Any) -> None:
    tracks = {"go": [0.9, 0, 0.9, 0, 0.9, 0, 0.9], "stop": [0, 0.9]}
    assert decode(tracks, refractory=0.08) == [("go", 0), ("stop", 1), ("go", 4)]


def test_what_rises_in_a_refractory_time_is_not_reported_late(decode: Any) -> None:
    assert decode({"go": [0.9, 0, 0.9, 0.9, 0.9, 0.9, 0.9]}, refractory=0.08) == [("go", 0)]


def test_a_score_before_the_warm_up_is_never_an_event(decode: Any) -> None:
    assert decode({"go": [0.9, 0.9, 0.9, 0.9, 0.9]}, warmup=0.06) == []
    assert decode({"go": [0.9, 0, 0, 0.9]}, warmup=0.06) == [("go", 3)]
    assert decode({"go": [0, 0, 0.9, 0, 0.9]}, warmup=0.06) == [("go", 4)]


def test_commands_are_heard_only_for_a_while_after_a_wake_phrase(decode: Any) -> None:
    tracks = {"hey": [0, 0, 0.9], "go": [0.9, 0, 0, 0.9, 0, 0, 0, 0.9], "stop": [0] * 6 + [0.9]}
    assert decode(tracks, watch=None, command_window=0.08) == [("hey", 2), ("go", 3), ("stop", 6)]
    assert decode(tracks, watch=None, command_window=0.1) == [("hey", 2), ("go", 3), ("stop", 6), ("go", 7)]
    assert decode({"go": [0.9]}, watch=None) == []


def test_a_command_in_the_frame_of_its_wake_phrase_came_too_early(decode: Any) -> None:
    assert decode({"hey": [0.6], "go": [0.9]}, watch=None) == [("hey", 0)]


def test_without_wake_phrases_everything_is_always_heard(decode: Any) -> None:
    assert decode({"go": [0.9], "hey": [0, 0.9]}, watch=None, wake=()) == [("go", 0), ("hey", 1)]


def test_keywords_that_are_named_are_always_heard_and_no_others(decode: Any) -> None:
    tracks = {"hey": [0.9], "go": [0, 0.9], "stop": [0, 0, 0.9]}
    assert decode(tracks, watch=("go",)) == [("go", 1)]
    assert decode(tracks, watch=("stop", "go")) == [("go", 1), ("stop", 2)]
    assert decode(tracks, watch=()) == []


def test_of_words_over_the_same_span_the_first_wins(decode: Any) -> None:
    tracks = {"hey": [0, 0, 0, 0, 0, 0.9], "go": [0, 0, 0, 0, 0, 0, 0.9]}
    assert decode(tracks) == [("hey", 5), ("go", 6)]
    assert decode(tracks, conflict=0.04) == [("hey", 5)]
    short = dict.fromkeys(LABELS, 0.02)
    assert decode(tracks, conflict=0.04, durations=short) == [("hey", 5), ("go", 6)]
    later = {"hey": [0, 0, 0, 0, 0, 0.9], "go": [0] * 8 + [0.9]}
    assert decode(later, conflict=0.04) == [("hey", 5), ("go", 8)]


def test_of_words_in_the_same_frame_the_likelier_wins(decode: Any) -> None:
    tracks = {"hey": [0] * 5 + [0.7], "go": [0] * 5 + [0.9], "stop": [0] * 5 + [0.8]}
    assert decode(tracks, conflict=0.04) == [("go", 5)]
    assert decode(tracks) == [("go", 5), ("stop", 5), ("hey", 5)]


def test_what_is_not_listened_for_beats_nobody(decode: Any) -> None:
    tracks = {"hey": [0] * 5 + [0.9], "go": [0] * 5 + [0.7]}
    assert decode(tracks, conflict=0.04, watch=("go",)) == [("go", 5)]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_scores_that_are_no_numbers_never_fire(decode: Any, bad: float) -> None:
    assert decode({"go": [bad] * 5}) == []
    assert decode({"go": [bad, 0.9, bad]}, smoothing=0.04) == []
    assert decode({"go": [bad, 0.9, 0.9, bad]}, smoothing=0.04) == [("go", 2)]


def test_the_times_of_an_event(make_settings: Any) -> None:
    rules = make_settings(delay=0.1, durations={"hey": 0.5, "go": 0.3, "stop": 0.2})
    decoder = Decoder(LABELS, rules, HOP, LABELS)
    scores = np.zeros((10, 3), np.float32)
    scores[4] = [0.0, 0.75, 0.0]
    (event,) = decoder.step(scores, 1.0)
    assert event == KeywordEvent("go", 0.5, 0.8, 0.9, 0.75)
    assert json.loads(event.to_json()) == {
        "type": "keyword", "label": "go", "start": 0.5, "end": 0.8, "emitted": 0.9, "score": 0.75
    }  # fmt: skip
    decoder.reset()
    (event,) = decoder.step(scores, 0.2)
    assert (event.start, event.end, event.emitted) == (0.0, 0.0, 0.1)


def test_times_in_json_have_three_decimals() -> None:
    line = KeywordEvent("naïve", 0.123456, 1.0, 2.00049, 0.98765).to_json()
    assert line == '{"type": "keyword", "label": "naïve", "start": 0.123, "end": 1.0, "emitted": 2.0, "score": 0.988}'


tracks_of_any_kind = st.lists(
    st.lists(st.sampled_from([0.0, 0.2, 0.3, 0.5, 0.6, 0.9, 1.0, float("nan")]), min_size=3, max_size=3), max_size=40
)


@hypothesis_settings(deadline=None)
@given(
    scores=tracks_of_any_kind,
    cuts=st.lists(st.integers(0, 40), max_size=6),
    frames=st.tuples(*[st.integers(0, 6)] * 5),
    watch=st.sampled_from([None, ("go",), LABELS]),
)
@example(scores=[[0.0, 0.9, 0.0]] * 3 + [[0.0, 0.3, 0.0]], cuts=[], frames=(6, 0, 0, 0, 0), watch=("go",))
def test_any_split_gives_the_same_events(
    scores: list[list[float]], cuts: list[int], frames: tuple[int, ...], watch: Sequence[str] | None
) -> None:
    track = np.array(scores, np.float32).reshape(-1, 3)
    names = ("smoothing", "refractory", "warmup", "conflict", "command_window")
    rules = plain_settings(**{name: count * HOP for name, count in zip(names, frames, strict=True)})
    whole = Decoder(LABELS, rules, HOP, watch).step(track, len(track) * HOP)
    decoder, events, position = Decoder(LABELS, rules, HOP, watch), [], 0
    for piece in np.split(track, sorted(min(cut, len(track)) for cut in cuts)):
        position += len(piece)
        events += decoder.step(piece, position * HOP)
    assert events == whole
    assert [replace(event, score=round(event.score, 5)) for event in events] == slow(track, rules, watch)


def plain_settings(**rules: float) -> Any:
    from legato.app.engine.contract import DecoderSettings

    shared = {"delay": 0.02, "hysteresis": 0.5, "wake": ("hey",)}
    per_label = {"thresholds": dict.fromkeys(LABELS, 0.5), "durations": dict.fromkeys(LABELS, 0.06)}
    return DecoderSettings(**shared, **per_label, **rules)  # type: ignore[arg-type]


def slow(track: np.ndarray, rules: Any, watch: Sequence[str] | None) -> list[KeywordEvent]:
    """The same rules in plain Python, one frame and one label at a time."""
    window = max(1, round(rules.smoothing / HOP))
    clean = np.nan_to_num(track, nan=0.0)
    armed, woken = dict.fromkeys(LABELS, True), None
    events: list[KeywordEvent] = []
    for frame in range(len(clean)):
        mean = np.zeros(3, np.float32)  # rounded as the decoder does: a mean may be a threshold but for that
        for back in reversed(range(window)):
            mean += clean[frame - back] if frame >= back else 0
        mean /= window
        emitted = round((frame + 1) * HOP, 6)
        for place in sorted(range(3), key=lambda place: -mean[place]):
            label, score = LABELS[place], mean[place]
            crossed = armed[label] and score >= 0.5
            armed[label] = not crossed and (armed[label] or score < 0.25)
            if not crossed or frame + 1 <= round(rules.warmup / HOP):
                continue
            if label not in (("hey",) if watch is None else watch) and not (
                watch is None and woken is not None and 0 < frame - woken <= round(rules.command_window / HOP)
            ):
                continue
            end = max(0.0, emitted - rules.delay)
            start, end = round(max(0.0, end - 0.06), 6), round(end, 6)
            past = [(round(event.emitted / HOP) - 1, event) for event in events]
            if any(event.label == label and frame - before < round(rules.refractory / HOP) for before, event in past):
                continue
            if rules.conflict and any(
                event.label != label
                and frame - before <= round(rules.conflict / HOP)
                and start < event.end
                and event.start < end
                for before, event in past
            ):
                continue
            woken = frame if watch is None and label == "hey" else woken
            events.append(KeywordEvent(label, start, end, emitted, round(float(score), 5)))
    return events


def test_a_frame_of_39_labels_costs_next_to_nothing() -> None:
    from legato.app.engine.contract import DecoderSettings

    labels = tuple(f"word {i}" for i in range(39))
    each = dict.fromkeys(labels, 0.5)
    decoder = Decoder(labels, DecoderSettings(each, 0.1, 0.5, 1, 0.1, 0.1, each, labels[:4], 5, 0.2), HOP)
    frames = np.random.default_rng(0).random((2000, 1, 39), np.float32) * 0.4
    costs = []
    for index, frame in enumerate(frames):
        begin = time.perf_counter()
        decoder.step(frame, index * HOP)
        costs.append(time.perf_counter() - begin)
    assert np.median(costs) < 100e-6, f"{np.median(costs) * 1e6:.1f} µs a frame"
