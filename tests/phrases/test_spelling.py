"""Phrases as people type them: spelled in the model's letters, or refused in one line."""

import pytest

from legato.app.engine.errors import UsageError
from legato.app.phrases.spelling import LONGEST, spelled

LETTERS = ("<blank>", " ", "'", *"abcdefghijklmnopqrstuvwxyz")


def read(places: tuple[int, ...]) -> str:
    return "".join(LETTERS[place] for place in places)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("open the garage", "open the garage"),
        ("  Open   THE garage! ", "open the garage"),
        ("don't stop", "don't stop"),
        ("don’t stop", "don't stop"),
        ("café crème", "cafe creme"),
        ("half-way", "half way"),
    ],
)
def test_a_phrase_is_spelled(typed: str, written: str) -> None:
    assert read(spelled(typed, LETTERS)) == written


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("", "it has no letters"),
        (" ... ", "it has no letters"),
        ("'", "it has no letters"),
        ("a", "it needs 3 letters at least, or it is heard everywhere"),
        ("'a b'", "it needs 3 letters at least, or it is heard everywhere"),
        ("🚀", "'🚀' is no English letter; spell it as it sounds"),
        ("launch 🚀", "'🚀' is no English letter; spell it as it sounds"),
        ("привет", "'п' is no English letter; spell it as it sounds"),
        ("hello 世界", "'世' is no English letter; spell it as it sounds"),
        ("20 dollars", "write '2' as it is spoken, in letters"),
        ("five €", "'€' is no English letter; spell it as it sounds"),
        ("word " * 40, f"it has 160 letters, and {LONGEST} are the most"),
    ],
)
def test_what_cannot_be_listened_for_is_refused(typed: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        spelled(typed, LETTERS)
    assert str(caught.value) == f"cannot listen for {typed!r}: {complaint}"


def test_a_model_of_fewer_letters_says_so() -> None:
    with pytest.raises(UsageError, match=r"^cannot listen for 'abcd': the model cannot write some of its letters$"):
        spelled("abcd", ("<blank>", " ", "a", "b", "c"))
