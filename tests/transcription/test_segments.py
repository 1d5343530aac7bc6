"""Segments are subtitles: short enough, long enough, one after the other, broken where it reads well."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.transcription.lines import Lines
from legato.app.transcription.segments import Layout, segments
from legato.app.transcription.words import Word

LAYOUT = Layout()
spoken = st.lists(
    st.tuples(
        st.sampled_from(["i", "a", "the", "and", "gorilla", "because", "vegetarians", "don't", "x" * 30]),
        st.floats(0.0, 1.2),
        st.one_of(st.just(0.0), st.floats(0.0, 0.5), st.floats(0.0, 9.0)),
    ),
    max_size=80,
)


def said(*parts: tuple[str, float, float]) -> list[Word]:
    """Words from their texts, how long they last, and how long it is silent before them."""
    words, now = [], 0.0
    for text, lasts, pause in parts:
        words.append(Word(text, now + pause, now + pause + lasts, 0.9))
        now += pause + lasts
    return words


def talk(text: str, *, pause: float = 0.0, pace: float = 0.3) -> list[Word]:
    """One word every 0.3 s, with a pause behind each one that ends with a comma, which is left out."""
    words, now = [], 0.0
    for part in text.split():
        words.append(Word(part.rstrip(","), now, now + pace, 0.9))
        now += pace + pause * part.endswith(",")
    return words


@given(parts=spoken)
def test_every_segment_can_be_shown(parts: list[tuple[str, float, float]]) -> None:
    words = said(*parts)
    found = segments(words)
    assert [word.word for segment in found for word in segment.words] == [word.word for word in words]
    for segment in found:
        assert segment.text == " ".join(word.word for word in segment.words)
        assert 1 <= len(segment.lines) <= 2
        assert all(0 < len(line) <= 42 for line in segment.lines)
        assert 0 < segment.end - segment.start <= 7 + 1e-9
        assert segment.start <= segment.words[0].start + 1e-9
    for earlier, later in pairwise(found):
        room = later.words[0].start - earlier.start
        assert later.start - earlier.end >= min(LAYOUT.gap, room / 4) - 0.0051
        if room >= LAYOUT.shortest + LAYOUT.gap:
            assert earlier.end - earlier.start >= LAYOUT.shortest - 0.011


@given(parts=spoken)
def test_times_are_in_steps_of_ten_milliseconds_and_go_on(parts: list[tuple[str, float, float]]) -> None:
    times = [time for segment in segments(said(*parts)) for word in segment.words for time in (word.start, word.end)]
    assert all(time == round(time, 2) for time in times)
    assert all(earlier < later for earlier, later in pairwise(times[::2]))
    assert all(start < end for start, end in zip(times[::2], times[1::2], strict=True))


def test_nothing_said() -> None:
    assert segments([]) == []


def test_a_word_wider_than_a_line_is_broken() -> None:
    found = segments([Word("a" * 50 + "b" * 50, 1.0, 4.0, 0.5)])
    assert "".join(line for segment in found for line in segment.lines) == "a" * 50 + "b" * 50
    assert all(len(line) <= 42 for segment in found for line in segment.lines)
    assert found[0].words[0].end == 2.0
    assert found[-1].words[-1].end == 4.0


def test_silence_ends_a_segment() -> None:
    found = segments(said(("one", 0.3, 0.0), ("two", 0.3, 0.1), ("three", 0.3, 2.0)))
    assert [segment.text for segment in found] == ["one two", "three"]
    assert found[0].end == pytest.approx(1.0)


def test_a_segment_stays_as_long_as_it_takes_to_read() -> None:
    (segment,) = segments(
        said(("gobbledegook", 0.2, 0.0), ("notwithstanding", 0.2, 0.0), ("antidisestablished", 0.2, 0.0))
    )
    assert segment.end == pytest.approx(47 / LAYOUT.reading, abs=0.01)


def test_a_lone_word_is_shown_for_a_second_before_the_next_begins() -> None:
    first, second = segments(said(("no", 0.1, 5.0), ("x" * 40, 3.0, 1.6), ("y" * 40, 3.0, 0.0)))
    assert (first.start, first.end) == (5.0, 6.0)
    assert second.start == pytest.approx(6.7)


def test_a_pause_is_a_better_place_to_break_than_any_other() -> None:
    text = (
        "you may have a big chin but you have no backbone, big in some areas and small in others, get out of my sight"
    )
    found = segments(talk(text, pause=0.6, pace=0.4))
    assert [segment.text for segment in found] == [part.strip() for part in text.split(",")]


def test_lines_are_broken_before_a_clause_and_not_behind_an_article() -> None:
    (segment,) = segments(talk("he was told that nobody saw the rather high mountain", pace=0.2))
    assert segment.lines == ("he was told that nobody saw", "the rather high mountain")
    (segment,) = segments(talk("it is a costume and i can see the stitches in it", pace=0.2))
    assert segment.lines == ("it is a costume", "and i can see the stitches in it")


@given(lengths=st.lists(st.integers(1, 42), min_size=1, max_size=20))
def test_what_fits_is_split_so_that_it_does(lengths: list[int]) -> None:
    words = [Word("x" * length, number, number + 1.0, 1.0) for number, length in enumerate(lengths)]
    lines = Lines()
    if lines.fit(lengths):
        shown = lines.split(words)
        assert len(shown) <= 2
        assert max(map(len, shown)) <= 42
        assert " ".join(shown) == " ".join(word.word for word in words)
    else:
        assert sum(lengths) + len(lengths) - 1 > 42
