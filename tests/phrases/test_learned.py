"""Keywords from recordings: what is learned, what is refused, and the file in between."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app.engine.errors import ModelError, UsageError
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.learned import Learned, load, path_of
from legato.app.phrases.learning import complaint, learn, quieter
from legato.app.phrases.spotter import PhraseSpotter
from legato.app.transcription.words import Floats

Sound = Callable[[str], Floats]
StandIn = Callable[..., Any]
KEYWORD = Learned("lumos", ("bad cab", "bade cab"), 0.4, 3, "stand-in.onnx")


def takes(sound: Sound, *texts: str) -> dict[str, Floats]:
    return {f"{number}.flac": sound(text) for number, text in enumerate(texts, 1)}


def test_a_word_is_spelled_as_it_is_heard_and_found(stand_in: StandIn, sound: Sound) -> None:
    found = learn("lumos", takes(sound, "_badeca_", "_badec_", "__badeca__"), {}, stand_in())
    assert found.name == "lumos"
    assert found.spellings == ("badeca", "badec")
    assert found.recordings == 3
    assert found.model == "stand-in.onnx"
    assert 0.25 <= found.threshold <= 0.45
    spotter = PhraseSpotter(PhraseEars(stand_in(), [found, "dad"]))
    samples = sound("__badeca___dad___badec__ace__")
    assert [event.label for event in spotter.feed(samples) + spotter.flush()] == ["lumos", "dad", "lumos"]


def test_a_spelling_of_few_letters_does_not_count(stand_in: StandIn, sound: Sound) -> None:
    found = learn("lumos", takes(sound, "_badecaba_", "_badecab_", "_badecabe_"), {}, stand_in())
    with_noise = learn("lumos", takes(sound, "_badecaba_", "_badecab_", "_badecabe_", "_badecabea_"), {}, stand_in())
    assert all(len(spelling) > 3 for spelling in (*found.spellings, *with_noise.spellings))


def test_false_alarms_make_it_stricter(stand_in: StandIn, sound: Sound) -> None:
    recordings = takes(sound, "_badeca_", "_badeca_", "_badeca_")
    plain = learn("lumos", recordings, {}, stand_in())
    near = {"near.flac": sound("_badecb_")}
    told = learn("lumos", recordings, near, stand_in())
    assert told.threshold >= plain.threshold
    assert quieter(plain, near, stand_in()).threshold == pytest.approx(told.threshold)
    assert quieter(plain, {}, stand_in()) == plain
    same = {"same.flac": sound("_badeca_")}
    with pytest.raises(UsageError, match=r"^same\.flac sounds like lumos itself: the two cannot be told apart$"):
        learn("lumos", recordings, same, stand_in())
    with pytest.raises(UsageError, match=r"^same\.flac sounds like lumos itself: the two cannot be told apart$"):
        quieter(plain, same, stand_in())


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.zeros(16_000, np.float32), "bad.flac is silent: make it again"),
        (np.full(1000, 0.1, np.float32), "bad.flac lasts 0.1 s, where a keyword has 0.25 to 6: make it again"),
        (np.full(16_000 * 7, 0.1, np.float32), "bad.flac lasts 7.0 s, where a keyword has 0.25 to 6: make it again"),
        (np.ones(16_000, np.float32), "bad.flac is clipped, speak less loudly or further away: make it again"),
        (
            np.full(16_000, 0.002, np.float32),
            "bad.flac holds no word that is heard clearly: make it again, nearer to the microphone",
        ),
    ],
)
def test_a_recording_that_is_no_good_is_named(stand_in: StandIn, sound: Sound, bad: Floats, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        learn("lumos", {**takes(sound, "_badeca_", "_badeca_"), "bad.flac": bad}, {}, stand_in())
    assert str(caught.value) == said


def test_another_word_among_them_is_named(stand_in: StandIn, sound: Sound) -> None:
    recordings = takes(sound, "_badeca_", "_badeca_", "_edbbce_d_", "_badeca_")
    with pytest.raises(UsageError, match=r"^3\.flac sounds unlike the other recordings of lumos: leave it out"):
        learn("lumos", recordings, {}, stand_in())


@pytest.mark.parametrize("count", [0, 1, 21])
def test_it_wants_a_few_recordings(stand_in: StandIn, sound: Sound, count: int) -> None:
    with pytest.raises(
        UsageError, match=rf"^lumos is learned from 2 to 20 recordings, best three to five, not {count}$"
    ):
        learn("lumos", takes(sound, *["_badeca_"] * count), {}, stand_in())


def test_a_good_recording_has_no_complaint(sound: Sound) -> None:
    assert complaint(sound("_badeca_"), 16_000) is None


def test_it_is_kept_in_a_file_without_sound(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lumos.json"
    KEYWORD.save(path)
    assert load(path) == KEYWORD
    assert path.stat().st_size < 500
    assert [one.name for one in path.parent.iterdir()] == ["lumos.json"]
    assert path_of("open sesame/..").name == "open_sesame_.json"


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"spellings": []},
        {"spellings": [""]},
        {"threshold": 1.5},
        {"threshold": "high"},
        {"more": 1},
        None,
    ],
)
def test_a_file_that_makes_no_sense_is_named(tmp_path: Path, change: dict[str, Any] | None) -> None:
    path = tmp_path / "lumos.json"
    KEYWORD.save(path)
    entries = json.loads(path.read_text())
    path.write_text("no JSON" if change is None else json.dumps({**entries, **change}))
    with pytest.raises(ModelError, match=r"lumos\.json: "):
        load(path)


def test_a_keyword_of_other_letters_is_refused(stand_in: StandIn) -> None:
    with pytest.raises(ModelError, match=r"^lumos was learned with a model of other letters: learn it again$"):
        PhraseEars(stand_in(), [replace(KEYWORD, spellings=("xyz",))])
