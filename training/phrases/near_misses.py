"""What sounds nearly like a phrase and is none: words near its own in phones, and parts of it.

Phones are those of the CMU dictionary that comes with pocketsphinx; two that are made alike are near each other. A word
that the dictionary does not have is compared by its letters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from legato.app.transcription.texts import normalise

Phones = tuple[str, ...]

_KINDS = (
    "P B", "T D", "K G", "CH JH", "F V", "TH DH", "S Z", "SH ZH", "M N NG", "L R", "W Y", "HH",
    "IY IH", "EY EH AE", "AA AO AH", "UW UH OW", "AY OY AW", "ER R",
)  # fmt: skip
"""Phones that are easily taken for each other"""
_VOWELS = frozenset(["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"])
_ALIKE, _SAME_SORT, _OTHER, _LEFT_OUT = 0.4, 0.75, 1.0, 0.8
"""Costs of one phone for another: of one kind, both vowels or both consonants, neither; and of one more or less"""
_NEAREST = 60
"""Words of each word of a phrase that are considered"""
_NEAR = 0.7
"""Distance below which a word is the same one, spoken otherwise"""
_FARTHEST = 0.6
"""Distance a phone beyond which a word is no near miss"""


@dataclass(frozen=True)
class NearMiss:
    """A text, and how far it is from the phrase: cost of the phones that differ."""

    text: str
    distance: float


def near_misses(phrase: str, words: Iterable[str], count: int) -> list[NearMiss]:
    """Up to `count` texts near a phrase, made of parts of it and of the common `words`: the nearest for each place.

    What could be the phrase in another accent is no near miss, nor is what holds it.
    """
    parts, common = normalise(phrase).split(), sorted(set(words))
    near = [_near(part, common) for part in parts]
    found: dict[str, float] = {}
    if len(parts) > 1:
        _add(found, parts[::-1], 2.0)
        for place in range(len(parts)):
            _add(found, [*parts[:place], *parts[place + 1 :]], 1.0)
            _add(found, [parts[place]], 1.0)
    for rank in range(_NEAREST):
        for place, options in enumerate(near):
            for word, distance in options[rank : rank + 1]:
                _add(found, [*parts[:place], word, *parts[place + 1 :]], distance)
        if len(parts) > 1 and all(len(options) > rank for options in near):
            changed, distances = zip(*(options[rank] for options in near), strict=True)
            _add(found, changed, sum(distances))
    said = f" {' '.join(parts)} "
    told = [NearMiss(text, round(distance, 3)) for text, distance in found.items() if said not in f" {text} "]
    return told[:count]


def _add(found: dict[str, float], words: Sequence[str], distance: float) -> None:
    text = " ".join(words)
    found[text] = min(distance, found.get(text, distance))


def _near(word: str, words: Sequence[str]) -> list[tuple[str, float]]:
    """The nearest of the words with their distances, the nearest first, one of each pronunciation."""
    by_phones = word in dictionary()
    own = dictionary().get(word, (tuple(word),))
    ranked: dict[Phones, tuple[float, str]] = {}
    for other in words:
        theirs = dictionary().get(other, ()) if by_phones else (tuple(other),)
        pairs = [(one, two) for one in own for two in theirs if abs(len(one) - len(two)) <= 1 + len(one) // 3]
        distance = min((distance_of(one, two) for one, two in pairs), default=np.inf)
        if _NEAR <= distance <= _FARTHEST * max(map(len, own)) and theirs[0] not in ranked:
            ranked[theirs[0]] = distance, other
    return [(other, distance) for distance, other in sorted(ranked.values())[:_NEAREST]]


def distance_of(one: Sequence[str], two: Sequence[str]) -> float:
    """Cost of the cheapest way from one row of phones, or letters, to another (Wagner & Fischer 1974)."""
    costs = [_LEFT_OUT * place for place in range(len(two) + 1)]
    for phone in one:
        before, costs[0] = costs[0], costs[0] + _LEFT_OUT
        for place, other in enumerate(two, 1):
            changed = before + cost_of(phone, other)
            before, costs[place] = costs[place], min(changed, costs[place] + _LEFT_OUT, costs[place - 1] + _LEFT_OUT)
    return costs[-1]


@cache
def cost_of(phone: str, other: str) -> float:
    """Cost of one phone, or letter, in place of another."""
    if phone == other:
        return 0.0
    if any({phone, other} <= set(kind.split()) for kind in _KINDS):
        return _ALIKE
    vowels = [one in _VOWELS or one in "aeiouy" for one in (phone, other)]
    return _SAME_SORT if vowels[0] == vowels[1] else _OTHER


@cache
def dictionary() -> dict[str, tuple[Phones, ...]]:
    """Every word of the CMU dictionary with its pronunciations."""
    import pocketsphinx

    found: dict[str, tuple[Phones, ...]] = {}
    path = Path(pocketsphinx.get_model_path(), "en-us", "cmudict-en-us.dict")
    with path.open(encoding="utf-8") as file:
        for line in file:
            word, *phones = line.split()
            word = word.partition("(")[0]
            found[word] = (*found.get(word, ()), tuple(phones))
    return found
