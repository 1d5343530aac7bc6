"""Typed phrases in sound: events with the times of their letters, the same however the sound comes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.events import KeywordEvent
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.spotter import Chorus, PhraseSpotter
from legato.app.transcription.words import Floats

Sound = Callable[[str], Floats]
StandIn = Callable[..., Any]


def heard(spotter: PhraseSpotter | Chorus, samples: Floats) -> list[KeywordEvent]:
    return spotter.feed(samples) + spotter.flush()


def test_phrases_are_heard_where_they_are(stand_in: StandIn, sound: Sound) -> None:
    spotter = PhraseSpotter(PhraseEars(stand_in(), ["Bad Cab", "deed"]))
    first, second = heard(spotter, sound("__bad cab __de_ed_"))
    assert (first.label, second.label) == ("Bad Cab", "deed")
    assert first.start == pytest.approx(2 * 0.09 - 0.06)
    assert first.end == pytest.approx(9 * 0.09 + 0.03)
    assert second.start == pytest.approx(12 * 0.09 - 0.06)
    assert first.end < first.emitted < first.end + 0.3
    assert first.score > 0.95
    assert second.emitted <= 18 * 0.09 + 1e-6  # nothing lies beyond the end of the sound


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(sizes=st.lists(st.integers(0, 20_000), max_size=8))
def test_any_split_of_the_samples_gives_the_same_events(stand_in: StandIn, sound: Sound, sizes: list[int]) -> None:
    samples = sound("_bad_ cab dee bad_cab___dad ")
    ears = PhraseEars(stand_in(), ["bad", "bad cab", "dad"])
    expected = heard(PhraseSpotter(ears), samples)
    assert {event.label for event in expected} == {"bad", "bad cab", "dad"}
    spotter, events, begin = PhraseSpotter(ears), [], 0
    for size in [*sizes, len(samples)]:
        events += spotter.feed(samples[begin : begin + size])
        begin = min(len(samples), begin + size)
    assert [*events, *spotter.flush()] == expected


def test_the_same_phrase_twice_is_two_events_and_silence_none(stand_in: StandIn, sound: Sound) -> None:
    spotter = PhraseSpotter(PhraseEars(stand_in(), ["bad"]))
    assert [event.label for event in heard(spotter, sound("_bad_______bad_____" + 30 * "_"))] == ["bad", "bad"]
    spotter.reset()
    assert heard(spotter, sound(50 * "_")) == []
    spotter.reset()
    assert len(heard(spotter, sound("_bad__"))) == 1


def test_a_higher_threshold_wants_better_speech(stand_in: StandIn, sound: Sound) -> None:
    ears = PhraseEars(stand_in(), ["bad cab dad"])
    assert [len(heard(PhraseSpotter(ears, value), sound("_bad cab da_____"))) for value in (0.3, 0.9)] == [1, 0]
    with pytest.raises(UsageError, match="between 0 and 1"):
        PhraseSpotter(ears, 1.5)


def test_a_phrase_named_twice_is_one(stand_in: StandIn) -> None:
    assert PhraseEars(stand_in(), ["bad", "cab", "bad"]).contract.labels == ("bad", "cab")


def test_other_models_are_refused(stand_in: StandIn) -> None:
    whole = stand_in(inputs=("audio", "lengths"))
    for session in (whole, stand_in(task="keywords")):
        with pytest.raises(ModelError, match=r"^stand-in\.onnx: this needs a model that writes down sound"):
            PhraseEars(session, ["bad"])
    with pytest.raises(UsageError, match="no English letter"):
        PhraseEars(stand_in(), ["bad", "плохо"])


def test_several_spotters_tell_in_the_order_of_time(stand_in: StandIn, sound: Sound) -> None:
    one, other = (PhraseSpotter(PhraseEars(stand_in(), [phrase])) for phrase in ("cab", "bad"))
    chorus = Chorus([one, other])
    samples = sound("_bad__ cab__bad_")
    samples[5] = np.nan
    events = heard(chorus, samples)
    assert [event.label for event in events] == ["bad", "cab", "bad"]
    assert chorus.repaired == 1
