"""Texts to be spoken: numbers in words, and nothing that cannot be read aloud for certain."""

from collections import Counter

import numpy as np
import pytest

from legato.training.recipes import fetch_texts, phrases


@pytest.mark.parametrize(
    ("found", "line"),
    [
        ("he came 3rd in 1865", "He came third in eighteen sixty-five."),
        ("There are 1,234 of them!", "There are one thousand two hundred and thirty-four of them!"),
        ("“Well” — said Mr. King", "Well, said Mr. King."),
        ("'Tis a café -- isn't it?", "Tis a cafe, isn't it?"),
        ("Stop (now)...", "Stop now."),
    ],
)
def test_a_sentence_is_written_as_it_is_said(found: str, line: str) -> None:
    (sentence,) = fetch_texts.sentences(found)
    assert fetch_texts.written(sentence) == line


@pytest.mark.parametrize(
    "found", ["it costs $5", "at 10:30", "the FBI", "see www.example.org", "3.5 miles", "aaargh", "50%"]
)
def test_what_may_be_read_in_two_ways_is_left_out(found: str) -> None:
    assert fetch_texts.written(found) is None


def test_sentences_end_where_a_title_does_not() -> None:
    assert list(fetch_texts.sentences('Mr. Hall &amp; I left. "Why?"\nNobody knows.')) == [
        "Mr. Hall & I left.",
        "Why?",
        "Nobody knows.",
    ]


def test_words_that_nobody_else_uses_are_not_spoken() -> None:
    counts = Counter({"hello": 9, "there": 9, "zqx": 1})
    assert fetch_texts.speakable("Hello there.", counts)
    assert not fetch_texts.speakable("Hello zqx.", counts)
    assert not fetch_texts.speakable("Hello.", counts)
    assert not fetch_texts.speakable(" ".join(["hello"] * 19), counts)


def test_a_sentence_is_held_out_however_it_is_written() -> None:
    assert fetch_texts.mark("Isn't it, Mr King?") == fetch_texts.mark("isn't it mr king") != fetch_texts.mark("it is")
    assert len(fetch_texts.DEV) == 300
    assert all(len(mark) == len(fetch_texts.mark("")) for mark in fetch_texts.DEV)


def test_sentences_are_made_up_of_words_alone() -> None:
    made = list(phrases.made_up(np.random.default_rng(0), 400))
    assert len(set(made)) > 300
    assert not any(set("{}0123456789") & set(line) for line in made)
    assert all(fetch_texts.written(line) for line in made)
