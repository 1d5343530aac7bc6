from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legato.app.engine.errors import LegatoError, ModelError, UsageError
from legato.app.engine.events import KeywordEvent
from legato.app.engine.session import Session
from legato.app.engine.spotter import Floats, Spotter

RATE, HOP = 400, 8
ALL = ("hey", "go", "stop")


@pytest.fixture
def session(write_model: Any) -> Session:
    return Session.open(write_model(), "cpu")


def sound(*levels: tuple[float, int]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Samples of constant levels, each for a number of hops."""
    return np.concatenate([np.full(hops * HOP, level, np.float32) for level, hops in levels])


def names(events: list[KeywordEvent]) -> list[tuple[str, float]]:
    return [(event.label, event.emitted) for event in events]


SCENE = sound((0, 10), (1, 3), (0, 20), (-1, 3), (0, 10), (1, 2), (-1, 2), (0, 7))


def test_it_hears_what_is_there(session: Session) -> None:
    spotter = Spotter(session, ALL)
    assert names(spotter.feed(SCENE)) == [("hey", 0.22), ("go", 0.68), ("hey", 0.94), ("go", 0.98)]
    assert spotter.last_scores.shape == (57, 3)
    assert spotter.position == 1.14


def test_without_keywords_commands_need_a_wake_phrase(session: Session) -> None:
    early = np.concatenate((sound((-1, 3), (0, 5)), SCENE, sound((0, 60), (-1, 3))))
    assert [label for label, _ in names(Spotter(session).feed(early))] == ["hey", "go", "hey", "go"]


def test_some_words_need_no_wake_phrase(session: Session) -> None:
    early = sound((-1, 3), (0, 70), (1, 3), (0, 70), (-1, 3), (0, 7))  # the second "go" comes too late for a command
    assert [label for label, _ in names(Spotter(session).feed(early))] == ["hey"]
    assert [label for label, _ in names(Spotter(session, also=["go"]).feed(early))] == ["go", "hey", "go"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sizes=st.lists(st.integers(0, 200), max_size=30), hops=st.integers(1, 60), extra=st.integers(0, HOP - 1))
def test_any_split_of_the_samples_gives_the_same_events(
    session: Session, sizes: list[int], hops: int, extra: int
) -> None:
    samples = SCENE[: hops * HOP + extra]
    whole = Spotter(session, ALL)
    expected = whole.feed(samples) + whole.flush()
    spotter = Spotter(session, ALL)
    events, begin = [], 0
    for size in [*sizes, len(samples)]:
        events += spotter.feed(samples[begin : begin + size])
        begin = min(len(samples), begin + size)
        assert spotter.position == begin / RATE
        assert len(spotter.last_scores) <= size // HOP + 1
    events += spotter.flush()
    assert names(events) == names(expected)
    assert np.allclose([e.score for e in events], [e.score for e in expected], rtol=0, atol=1e-5)
    assert spotter.position == len(samples) / RATE


def test_long_blocks_are_cut_so_that_memory_stays_small(session: Session, monkeypatch: Any) -> None:
    spotter = Spotter(session, ALL)
    sizes: list[int] = []
    step = spotter._stream.step

    def counted(audio: Floats) -> Floats:
        sizes.append(audio.shape[1])
        return step(audio)

    monkeypatch.setattr(spotter._stream, "step", counted)
    spotter.feed(np.zeros(RATE * 5 + 3, np.float32))
    assert sizes == [RATE] * 5


def test_a_word_at_the_very_end_is_reported_within_the_recording(
    write_model: Any, make_contract: Any, make_settings: Any
) -> None:
    rules = make_settings(smoothing=0.08, delay=0.05)
    spotter = Spotter(Session.open(write_model(make_contract(settings=rules)), "cpu"), ALL)
    assert spotter.feed(np.append(sound((0, 10), (1, 2)), np.ones(5, np.float32))) == []
    (event,) = spotter.flush()
    assert event.label == "hey"
    assert event.emitted == spotter.position == 0.2525
    assert (event.start, event.end) == (0.11, 0.21)
    assert spotter.flush() == []
    with pytest.raises(ValueError, match="reset"):
        spotter.feed(SCENE)


def test_reset_starts_a_new_stream(session: Session) -> None:
    spotter = Spotter(session, ALL)
    first = spotter.feed(SCENE) + spotter.flush()
    spotter.reset()
    assert spotter.position == 0
    assert spotter.last_scores.shape == (0, 3)
    assert spotter.feed(SCENE) + spotter.flush() == first


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30, -1e20])
def test_damaged_samples_are_silenced_and_counted(session: Session, bad: float) -> None:
    spotter = Spotter(session, ALL)
    damaged = SCENE.copy()
    damaged[[3, 77, 200]] = bad
    silenced = SCENE.copy()
    silenced[[3, 77, 200]] = 0
    assert names(spotter.feed(damaged)) == names(Spotter(session, ALL).feed(silenced))
    assert spotter.repaired == 3
    assert np.isfinite(spotter.last_scores).all()


def test_loud_and_clipped_samples_are_left_alone(session: Session) -> None:
    spotter = Spotter(session, ALL)
    assert [label for label, _ in names(spotter.feed(SCENE * 32768))] == ["hey", "go", "hey", "go"]
    assert spotter.repaired == 0


def test_silence_and_nothing_hold_no_events(session: Session) -> None:
    spotter = Spotter(session)
    assert spotter.feed(np.zeros(0, np.float32)) == []
    assert spotter.last_scores.shape == (0, 3)
    assert spotter.feed(np.zeros(1000, np.float32)) == []
    assert spotter.flush() == []
    assert Spotter(session).flush() == []


def test_an_unknown_keyword_names_the_known_ones(session: Session) -> None:
    with pytest.raises(UsageError, match=r"^unknown keyword 'halt'; the model knows: hey, go, stop$") as caught:
        Spotter(session, ["go", "halt"])
    assert isinstance(caught.value, LegatoError)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_out_of_range(session: Session, threshold: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        Spotter(session, threshold=threshold)


def test_a_threshold_replaces_the_models(session: Session) -> None:
    assert Spotter(session, ALL, threshold=1.0).feed(SCENE) == []


def test_a_model_of_another_task(write_model: Any, make_contract: Any) -> None:
    session = Session.open(write_model(make_contract(task="gestures")), "cpu")
    with pytest.raises(ModelError, match=r"tiny\.onnx: contract field 'task' is 'gestures'"):
        Spotter(session)


def test_samples_of_two_channels_are_a_programming_error(session: Session) -> None:
    with pytest.raises(ValueError, match=r"\(S,\)"):
        Spotter(session).feed(np.zeros((10, 2), np.float32))
