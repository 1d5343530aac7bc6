"""When words of captions can be read, against when they were said."""

import pytest

from legato.app.evaluation.captioning import ShownWord, SpokenWord, latencies, shown_words
from legato.app.transcription.captions import Caption


def caption(text: str, emitted: float, *, final: bool = False) -> Caption:
    return Caption(text, 0.0, emitted, emitted, final, ())


def test_a_word_is_shown_when_it_is_first_complete() -> None:
    told = [
        caption("a", 0.1), caption("ab", 0.2), caption("ab c", 0.4), caption("ab ca", 0.5),
        caption("ab cat", 1.1, final=True),
        caption("a", 2.0), caption("a", 2.9, final=True),
    ]  # fmt: skip
    assert shown_words(told) == [ShownWord("ab", 0.2), ShownWord("ca", 0.5), ShownWord("a", 2.0)]


def test_a_caption_without_a_draft_is_shown_when_it_is_final() -> None:
    assert shown_words([caption("ab c", 1.0, final=True)]) == [ShownWord("ab", 1.0), ShownWord("c", 1.0)]


def test_latency_is_told_of_the_words_that_were_read_rightly() -> None:
    spoken = [SpokenWord("the", 0.3), SpokenWord("cat", 0.8), SpokenWord("sat", 1.4)]
    shown = [ShownWord("the", 0.4), ShownWord("hat", 0.9), ShownWord("sat", 1.75)]
    assert latencies(spoken, shown) == [pytest.approx(0.1), pytest.approx(0.35)]
    assert latencies(spoken, []) == []
