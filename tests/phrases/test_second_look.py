"""The second look: what it hears, what it lets through, and that the way in which sound comes changes nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app import assets
from legato.app.devices.media import MediaFile
from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.session import Session
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.second_look import SecondLook
from legato.app.phrases.spotter import PhraseSpotter
from legato.app.transcription.words import Floats

RATE = 16_000
Sound = Callable[[str], Floats]
StandIn = Callable[..., Any]


@pytest.fixture
def whole(stand_in: StandIn) -> Any:
    """A stand-in that reads whole recordings."""
    session = stand_in(inputs=("audio", "lengths"))

    def read(audio: Floats, lengths: NDArray[np.int64]) -> Floats:
        assert lengths.tolist() == [audio.shape[1]]
        scores: Floats = session.stream().step(audio)
        return scores

    session.whole = read
    return session


def test_what_is_there_is_confirmed_and_what_is_not_is_vetoed(whole: Any, sound: Sound) -> None:
    look = SecondLook(whole, ["bad", "de"])
    assert look.score("bad", sound("_cab bad")) > 0.95
    assert look.confirms("bad", sound("_cab bad"))
    assert not look.confirms("de", sound("_cab bad"))
    assert look.confirms("cab", sound("_bad"))  # it was not asked to look at that
    with pytest.raises(UsageError, match="no second look at 'cab'"):
        look.score("cab", sound("_cab"))


def test_only_the_latest_seconds_count_and_silence_holds_nothing(whole: Any, sound: Sound) -> None:
    look = SecondLook(whole, ["bad"])
    assert look.seconds == 2.0
    assert not look.confirms("bad", sound("_bad_" + 25 * "_"))
    assert not look.confirms("bad", np.zeros(0, np.float32))
    long = SecondLook(whole, [15 * "bad "])
    assert long.seconds > 6
    assert long.confirms(15 * "bad ", sound(15 * "bad "))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(sizes=st.lists(st.integers(0, 20_000), max_size=8))
def test_a_spotter_asks_about_the_same_sound_however_it_comes(
    stand_in: StandIn, sound: Sound, sizes: list[int]
) -> None:
    asked: list[tuple[str, bytes]] = []

    class Recorder:
        seconds, sample_rate = 0.7, RATE

        def confirms(self, label: str, heard: Floats) -> bool:
            asked.append((label, heard.tobytes()))
            return len(asked) % 2 == 1

    samples, ears = sound("_bad_ cab dee bad_cab___dad "), PhraseEars(stand_in(), ["bad", "cab", "dad"])

    def told(sizes: list[int]) -> list[Any]:
        asked.clear()
        spotter, events, begin = PhraseSpotter(ears, second=Recorder()), [], 0
        for size in [*sizes, len(samples)]:
            events += spotter.feed(samples[begin : begin + size])
            begin = min(len(samples), begin + size)
        return [*events, *spotter.flush(), *asked]

    expected = told([])
    assert len(expected) == 2 + 3  # two events: the second of three is vetoed
    assert told(sizes) == expected


def test_other_models_and_what_cannot_be_written_are_refused(stand_in: StandIn, whole: Any) -> None:
    with pytest.raises(ModelError, match="a model that writes whole recordings down"):
        SecondLook(stand_in(), ["bad"])
    with pytest.raises(UsageError, match="cannot write it"):
        SecondLook(whole, ["fig"])


def test_the_shipped_model_confirms_the_demo() -> None:
    with MediaFile(assets.DEMO, 16_000) as file:
        heard = file.whole()
    look = SecondLook(Session.open(assets.SPEECH, "cpu"), ["hey legato", "computer", "alexa"])
    assert look.confirms("hey legato", heard[: round(1.2 * 16_000)])
    assert look.confirms("computer", heard[: round(7.92 * 16_000)])
    assert not look.confirms("alexa", heard[: round(7.92 * 16_000)])


def test_the_rates_of_sound_must_be_one(stand_in: StandIn, whole: Any) -> None:
    with pytest.raises(UsageError, match="another rate than the second look"):
        PhraseSpotter(PhraseEars(stand_in(sample_rate=8_000), ["bad"]), second=SecondLook(whole, ["bad"]))
