"""When words of captions can be read, against when they were said."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from legato.app.evaluation.captioning import ShownWord, latencies, shown_words
from legato.app.evaluation.captioning import caption as measure
from legato.app.evaluation.spoken import Spoken, Timed
from legato.app.transcription.captions import Caption
from legato.app.transcription.words import Floats, Word


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
    spoken = [Timed("the", 0.0, 0.3), Timed("cat", 0.4, 0.8), Timed("sat", 0.9, 1.4)]
    shown = [ShownWord("the", 0.4), ShownWord("hat", 0.9), ShownWord("sat", 1.75)]
    assert latencies(spoken, shown) == [pytest.approx(0.1), pytest.approx(0.35)]
    assert latencies(spoken, []) == []


class Stand:
    """A captioner that reads "go on" in whatever it hears: the first word after 0.2 s, the second at the end."""

    def __init__(self) -> None:
        self.samples = 0

    def feed(self, samples: Floats) -> Iterator[Caption]:
        before, self.samples = self.samples, self.samples + len(samples)
        if before < 3_200 <= self.samples:
            yield caption("go", 0.2)

    def flush(self) -> Iterator[Caption]:
        end, self.samples = self.samples / 16_000, 0
        words = (Word("go", 0.1, 0.15, 0.9), Word("on", 0.3, 0.4, 0.8))
        yield caption("go on", end)
        yield Caption("go on", 0.1, 0.4, end, final=True, words=words)


def test_recordings_are_heard_as_streams_of_their_own(speak_levels: Callable[..., Path], tmp_path: Path) -> None:
    path = speak_levels((0.5, 0.1))
    recordings = [
        Spoken(path, "a.wav", 2, "go off", {}),
        Spoken(tmp_path / "none.wav", "none.wav", 3, "go", {}),
        Spoken(path, "b.wav", 4, "go on", {}),
    ]
    times = {"a.wav": (Timed("go", 0.1, 0.15), Timed("off", 0.2, 0.4))}
    done = list[int]()
    found = measure(Stand(), recordings, times, lambda: done.append(1))  # type: ignore[arg-type]
    assert [one.text for one in found.transcribed.heard] == ["go on", "go on"]
    assert [one.words_wrong() for one in found.transcribed.heard] == [1, 0]
    assert found.transcribed.seconds == pytest.approx(1.0)
    assert len(found.transcribed.failures) == 1
    assert "line 3" in found.transcribed.failures[0]
    assert list(found.latencies) == [pytest.approx(0.05)]
    assert len(done) == 3
