"""Transcripts that are corrected, and read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.transcription.editing import corrected
from legato.app.transcription.segments import segments
from legato.app.transcription.transcript import Transcript
from legato.app.transcription.words import Word

TEXT = "the cat sat on the mat"
WORDS = [Word(word, 0.5 * number, 0.5 * number + 0.4, 0.25) for number, word in enumerate(TEXT.split())]


def transcript() -> Transcript:
    return Transcript("a.wav", 9.0, "m.onnx", segments([*WORDS, Word("bye", 8.0, 8.5, 0.9)]))


def times(made: Transcript, place: int = 0) -> list[tuple[str, float, float, float]]:
    return [(word.word, word.start, word.end, word.confidence) for word in made.segments[place].words]


def test_what_stays_keeps_its_time_and_what_is_new_shares_that_of_the_old() -> None:
    made = corrected(transcript(), 0, "the small cat sits on the mat")
    assert made.segments[0].text == "the small cat sits on the mat"
    assert times(made) == [
        ("the", 0.0, 0.4, 0.25),
        ("small", 0.4, 0.5, 1.0),  # in the pause where it was put
        ("cat", 0.5, 0.9, 0.25),
        ("sits", 1.0, 1.4, 1.0),
        ("on", 1.5, 1.9, 0.25),
        ("the", 2.0, 2.4, 0.25),
        ("mat", 2.5, 2.9, 0.25),
    ]
    assert made.segments[1] == transcript().segments[1]


def test_two_for_one_share_its_time_by_their_letters() -> None:
    (*_, first, second) = times(corrected(transcript(), 0, "the cat sat on the door mats"))
    assert first == ("door", 2.5, 2.7, 1.0)
    assert second == ("mats", 2.7, 2.9, 1.0)


def test_an_empty_text_takes_the_segment_away() -> None:
    made = corrected(transcript(), 0, "")
    assert [segment.text for segment in made.segments] == ["bye"]


def test_a_long_text_is_wrapped() -> None:
    made = corrected(transcript(), 0, "a word " * 30)
    assert max(map(len, made.segments[0].lines)) <= 42
    assert made.segments[0].text == ("a word " * 30).strip()


@given(text=st.text("abc ", max_size=40))
def test_any_text_is_in_order_and_within_its_segment(text: str) -> None:
    made = corrected(transcript(), 0, text)
    if not text.split():
        assert len(made.segments) == 1
        return
    words = made.segments[0].words
    assert [word.word for word in words] == text.split()
    spans = [point for word in words for point in (word.start, word.end)]
    assert spans == sorted(spans)
    assert made.segments[0].start <= spans[0] <= spans[-1] <= made.segments[0].end


def test_json_is_read_as_it_was_written() -> None:
    made = transcript()
    assert Transcript.from_json(made.to_json()) == made


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"source": "a", "duration": 1, "model": "m", "segments": [{}]}'])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Transcript.from_json(text)
