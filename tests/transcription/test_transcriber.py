"""Many recordings with one model: each gets its own words, whatever happens to the others."""

from collections.abc import Callable
from pathlib import Path

import pytest

from legato.app.engine.session import Session
from legato.app.transcription.decoding import open_decoder
from legato.app.transcription.recognition import Batching, Recogniser
from legato.app.transcription.transcriber import Reading, Transcriber
from legato.app.transcription.voice import VoiceDetector

Speak = Callable[..., Path]


@pytest.fixture(scope="module")
def parts(speech_model: Path) -> tuple[Recogniser, VoiceDetector]:
    session = Session.open(speech_model, "cpu")
    return Recogniser(session, open_decoder(session.contract)), VoiceDetector()


def read(parts: tuple[Recogniser, VoiceDetector], *paths: Path, ahead: float = 300.0) -> list[Reading]:
    told: list[float] = []
    readings = list(Transcriber(*parts, Batching(most=20.0, ahead=ahead)).read(paths, told.append))
    assert sum(told) == pytest.approx(sum(reading.seconds for reading in readings))
    return sorted(readings, key=lambda reading: reading.place)


@pytest.mark.parametrize("ahead", [1e-3, 4.0, 300.0])
def test_together_is_as_alone(parts: tuple[Recogniser, VoiceDetector], speak: Speak, ahead: float) -> None:
    paths = [speak(f"{begin}.wav", begin=begin, seconds=seconds) for begin, seconds in ((0, 20.0), (2, 1.5), (7, 4.0))]
    together = read(parts, *paths, ahead=ahead)
    assert [reading.place for reading in together] == [0, 1, 2]
    assert [reading.seconds for reading in together] == [20.0, 1.5, 4.0]
    for reading, path in zip(together, paths, strict=True):
        (alone,) = read(parts, path)
        assert reading.words == alone.words
        assert reading.words
        assert all(0 <= word.start < word.end <= reading.seconds for word in reading.words)
        assert [word.start for word in reading.words] == sorted(word.start for word in reading.words)


def test_broken_ones_are_told_and_the_rest_is_read(
    parts: tuple[Recogniser, VoiceDetector], speak: Speak, tmp_path: Path
) -> None:
    text, silent, cut = (
        tmp_path / "text.mp3",
        speak("silent.wav", gain=0.0),
        speak("cut.flac", codec="flac", seconds=9.0),
    )
    text.write_text("Dear diary")
    cut.write_bytes(cut.read_bytes()[:60_000])
    good = speak("good.wav")
    broken, quiet, short, fine = read(parts, text, silent, cut, good)
    assert (broken.failed, broken.words) == (True, ())
    assert "text.mp3 is not a media file" in broken.problems[0]
    assert (quiet.failed, quiet.words) == (False, ())
    assert quiet.problems == (f"{silent}: no speech was found in it",)
    assert not short.failed
    assert short.words
    assert any(f"{cut} is cut or damaged" in problem for problem in short.problems)
    assert (fine.failed, fine.problems) == (False, ())
    assert fine.words
