"""Where lines of English are broken."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from legato.app.transcription.words import Word

_CLAUSES = """
    and but or nor so yet because that which who whom whose where when while if unless until though although since as
    before after than then for with without from into to of in on at by about over under between through against
"""
_OPENING = frozenset(_CLAUSES.split())
"""Words with which a clause or a phrase begins: a line is well broken in front of them"""
_PARTICLES = """
    a an the my your his her its our their this these those and but or so because that which who if to of in on at by
    for with from as is are was were be been am i you he she it we they have has had do does did will would can could
    shall should may might must not no very i'm i'll i've i'd you're it's don't mr mrs dr
"""
_LEANING = frozenset(_PARTICLES.split())
"""Words that belong to the one that follows: a line is ill broken behind them"""
_PAUSE = 0.6
"""Seconds of silence between two sentences"""


@dataclass(frozen=True)
class Lines:
    """What fits on a picture."""

    width: int = 42
    """Characters of a line"""

    @property
    def most(self) -> int:
        """Characters of both lines, with the space where they are broken."""
        return 2 * self.width + 1

    def fit(self, lengths: Sequence[int]) -> bool:
        """Whether words of these lengths fit on two lines."""
        used, line = 0, 1
        for length in lengths:
            wider = used + length + (used > 0)
            if wider > self.width:
                line, wider = line + 1, length
            if line > 2 or wider > self.width:
                return False
            used = wider
        return True

    def split(self, words: Sequence[Word]) -> tuple[str, ...]:
        """The words, which must fit, on one line or on two of like length, broken where it reads well."""
        text = _text(words)
        if len(text) <= self.width:
            return (text,)
        pairs = [(_text(words[:place]), _text(words[place:])) for place in range(1, len(words))]
        places = [place for place, pair in enumerate(pairs) if max(map(len, pair)) <= self.width]
        return pairs[min(places, key=lambda place: self._uneven(pairs[place]) + break_cost(*words[place : place + 2]))]

    def set(self, words: Sequence[Word]) -> tuple[str, ...]:
        """Any words: as `split` does, or on as many lines as they need."""
        if self.fit([len(word.word) for word in words]):
            return self.split(words)
        return tuple(textwrap.wrap(_text(words), self.width))

    def _uneven(self, lines: tuple[str, str]) -> float:
        """How much the lengths of two lines differ, 0..3; a longer lower line reads better."""
        upper, lower = map(len, lines)
        return 2 * (lower - upper if lower > upper else 1.5 * (upper - lower)) / self.width


def break_cost(before: Word, after: Word) -> float:
    """What a break between these two words costs, 0..4.5: nothing at a pause with a new clause behind it."""
    return (
        3 * (1 - pause_share(before, after)) ** 2
        + (0.0 if after.word in _OPENING else 0.5)
        + (1.0 if before.word in _LEANING else 0.0)
    )


def pause_share(before: Word, after: Word) -> float:
    """How much of a pause lies between two words: 0 for none, 1 for one between sentences."""
    return min(1.0, max(0.0, after.start - before.end) / _PAUSE)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.word for word in words)
