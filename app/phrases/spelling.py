"""A phrase as it is typed, in the letters of a model."""

import string
import unicodedata
from collections.abc import Sequence

from legato.app.engine.errors import UsageError
from legato.app.transcription.decoding.alphabet import Alphabet
from legato.app.transcription.texts import normalise

ENGLISH = ("<blank>", " ", "'", *string.ascii_lowercase)
"""The labels of models that write English"""
FEWEST = 3
"""Letters: what is shorter is heard everywhere"""
LONGEST = 80
"""Letters, some five seconds of speech"""


def spelled(phrase: str, labels: Sequence[str]) -> tuple[int, ...]:
    """The labels of a phrase's letters, with spaces between words; UsageError where it cannot be listened for."""
    for character in phrase:
        if character.isdigit():
            raise UsageError(f"cannot listen for {phrase!r}: write {character!r} as it is spoken, in letters")
        if _is_foreign(character):
            raise UsageError(f"cannot listen for {phrase!r}: {character!r} is no English letter; spell it as it sounds")
    text = normalise(phrase)
    letters = len(text.replace(" ", "").replace("'", ""))
    if not letters:
        raise UsageError(f"cannot listen for {phrase!r}: it has no letters")
    if letters < FEWEST:
        raise UsageError(f"cannot listen for {phrase!r}: it needs {FEWEST} letters at least, or it is heard everywhere")
    if letters > LONGEST:
        raise UsageError(f"cannot listen for {phrase!r}: it has {letters} letters, and {LONGEST} are the most")
    places = Alphabet(labels).spell(text)
    if places is None:
        raise UsageError(f"cannot listen for {phrase!r}: the model cannot write some of its letters")
    return tuple(places)


def _is_foreign(character: str) -> bool:
    """Whether it stands for a sound or a thing, and has no letter from a to z in it."""
    kind = unicodedata.category(character)
    plain = unicodedata.normalize("NFKD", character)[0].lower()
    return (kind.startswith("L") and not "a" <= plain <= "z") or kind in {"So", "Sc"}
