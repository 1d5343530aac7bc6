import math
from pathlib import Path

import pytest

from legato.app.evaluation.intervals import ErrorRate
from legato.app.evaluation.manifest import ManifestError
from legato.app.evaluation.speech import Calibration, Heard, Rates, TimeErrors, breakdowns, plain
from legato.app.evaluation.spoken import Spoken, Timed, read_spoken, read_times
from legato.app.transcription.texts import normalise
from legato.app.transcription.words import Word


def heard(said: str, found: str, confidence: float = 1.0, **columns: str) -> Heard:
    """Words of 0.5 s each, one a second."""
    words = [Word(word, place, place + 0.5, confidence) for place, word in enumerate(found.split())]
    name = columns.pop("name", "a.wav")
    return Heard(Spoken(Path(name), name, 2, said, columns), tuple(words), 3.0)


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("Don't -- STOP, now!", "don't stop now"),
        ("It’s  a café\tat noon", "it's a cafe at noon"),
        ("42", ""),
    ],
)
def test_texts_are_compared_without_what_is_not_said(text: str, plainly: str) -> None:
    assert normalise(text) == plainly


def test_errors_are_words_replaced_left_out_and_put_in() -> None:
    assert heard("the old man", "the old man").words_wrong() == 0
    assert heard("the old man", "a old the man").words_wrong() == 2
    assert heard("the old man", "").words_wrong() == 3
    assert heard("", "the old").words_wrong() == 2
    assert heard("", "").words_wrong() == 0
    assert heard("the old man", "the odd man").characters_wrong() == 1
    assert heard("an old", "anold").characters_wrong() == 1


def test_rates_are_of_all_words_together() -> None:
    rates = Rates.of([heard("one two three four", "one two three"), heard("five", "six")]).to_dict()
    assert (rates["wer"]["errors"], rates["wer"]["total"], rates["wer"]["value"]) == (2, 5, 0.4)
    assert rates["cer"]["total"] == len("one two three four") + len("five")


def test_the_interval_of_an_error_rate() -> None:
    same = ErrorRate((1,) * 50, (4,) * 50)
    assert same.interval == (0.25, 0.25)
    mixed = ErrorRate((0, 2) * 100, (4,) * 200)
    low, high = mixed.interval
    # The mean of 200 draws of 0 or 0.5: a standard deviation of 0.25 / sqrt(200).
    assert (low, high) == pytest.approx((0.25 - 1.96 * 0.01768, 0.25 + 1.96 * 0.01768), abs=0.004)
    assert mixed.interval == mixed.interval
    nothing = ErrorRate((2,), (0,))
    assert math.isnan(nothing.value)
    assert nothing.to_dict() == {"errors": 2, "total": 0, "value": None, "interval": None}


def test_speakers_and_sources_have_figures_of_their_own() -> None:
    found = breakdowns(
        [heard("a b", "a b", speaker="ann"), heard("a b", "a", speaker="bob"), heard("c", "c", speaker="")]
    )
    assert {name: rates.words.value for name, rates in found["speaker"].items()} == {"ann": 0.0, "bob": 0.5}
    assert "source" not in found


def test_words_are_compared_as_texts_are() -> None:
    words = plain([Word("Hello,", 0, 1, 0.5), Word("—", 1, 2, 0.5), Word("it’s", 2, 3, 0.5)])
    assert [(word.word, word.start) for word in words] == [("hello", 0), ("it's", 2)]


def test_calibration_is_how_far_confidence_and_truth_are_apart() -> None:
    half = Calibration.of([heard("a b c d", "a x c y", 0.5)])
    assert half.right == (True, False, True, False)
    assert half.error == pytest.approx(0.0)
    over = Calibration.of([heard("a b c d", "a x c y", 0.95), heard("a", "a", 1.0)])
    assert over.error == pytest.approx((4 * 0.95 + 1.0 - 3) / 5)  # both confidences are in the last bin
    apart = Calibration.of([heard("a", "a", 0.15), heard("a", "b", 0.85)])
    assert apart.error == pytest.approx(0.85)
    assert Calibration.of([heard("a", "")]).to_dict() == {"words": 0, "right": None, "confidence": None, "error": None}


def test_times_are_compared_where_the_word_is_right() -> None:
    one = heard("the old man", "the odd man")  # at 0 and 2 s, each 0.5 s
    times = {"a.wav": (Timed("the", 0.1, 0.4), Timed("old", 0.4, 0.9), Timed("man", 1.7, 2.6))}
    figures = TimeErrors.of([one], times).to_dict()
    assert figures == {
        "words": 2,
        "start": pytest.approx((0.1 + 0.3) / 2),
        "end": pytest.approx(0.1),
        "both": pytest.approx(0.1),
        "late": {"start": pytest.approx((-0.1 + 0.3) / 2), "end": pytest.approx(0.0)},
    }
    assert TimeErrors.of([heard("the man", "the man")], times).to_dict()["words"] == 0  # other words than were timed
    assert TimeErrors.of([heard("the", "the", name="b.wav")], times).to_dict()["start"] is None


class TestTables:
    def test_recordings_with_their_texts(self, tmp_path: Path) -> None:
        path = tmp_path / "m.tsv"
        path.write_text("path\tspeaker\ttext\tsplit\nx/a.wav\tann\tHello, you!\tdev\nb.wav\tbob\t\ttrain\n")
        both = read_spoken(path)
        assert [(one.name, one.text, one.columns["speaker"], one.line) for one in both] == [
            ("x/a.wav", "hello you", "ann", 2),
            ("b.wav", "", "bob", 3),
        ]
        assert both[0].path == tmp_path / "x" / "a.wav"
        assert read_spoken(path, "dev") == both[:1]

    def test_times_of_words(self, tmp_path: Path) -> None:
        path = tmp_path / "w.tsv"
        path.write_text("path\tword\tstart\tend\na.wav\tHello\t0.1\t0.5\na.wav\tyou\t0.5\t0.7\nb.wav\tno\t0\t1\n")
        assert read_times(path) == {
            "a.wav": (Timed("hello", 0.1, 0.5), Timed("you", 0.5, 0.7)),
            "b.wav": (Timed("no", 0.0, 1.0),),
        }

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("path\tlabel\na.wav\tgo\n", "line 1: no column 'text'"),
            ("path\ttext\na.wav\n", "line 2: 1 columns where the header names 2"),
            ("path\ttext\na.wav\tx\na.wav\ty\n", "line 3: a.wav stands in line 2 already"),
            ("path\ttext\n", "no recordings: add a line for each"),
        ],
    )
    def test_manifests_that_cannot_be_used(self, tmp_path: Path, text: str, complaint: str) -> None:
        path = tmp_path / "m.tsv"
        path.write_text(text)
        with pytest.raises(ManifestError, match=complaint):
            read_spoken(path)

    def test_a_split_that_is_not_there(self, tmp_path: Path) -> None:
        path = tmp_path / "m.tsv"
        path.write_text("path\ttext\tsplit\na.wav\tx\tdev\n")
        with pytest.raises(ManifestError, match="no recordings whose split is 'test'"):
            read_spoken(path, "test")

    def test_times_that_are_none(self, tmp_path: Path) -> None:
        path = tmp_path / "w.tsv"
        path.write_text("path\tword\tstart\tend\na.wav\thello\tsoon\t0.5\n")
        with pytest.raises(ManifestError, match="line 2: start and end must be seconds"):
            read_times(path)
