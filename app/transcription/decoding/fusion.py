"""Prefix beam search over characters with a recurrent character model: shallow fusion.

Every beginning of a text has its own state of the character model, so nothing that it said is forgotten and no lexicon
limits its words. CTC prefix search: Graves et al. 2006; with a language model at each character: Hannun et al. 2014;
shallow fusion: Gulcehre et al. 2015.

Letters: T frames, N frames after merging, C labels.
"""

import math
from dataclasses import dataclass

import numpy as np

from legato.app.engine.contract import Contract
from legato.app.engine.session import Session
from legato.app.transcription.decoding.aligning import aligned
from legato.app.transcription.decoding.alphabet import BLANK, Alphabet
from legato.app.transcription.decoding.merging import merge
from legato.app.transcription.decoding.placing import placed
from legato.app.transcription.decoding.prefixes import CharacterLanguage, Prefix
from legato.app.transcription.words import Floats, Word

_NEVER = -math.inf


@dataclass(frozen=True)
class FusionSettings:
    """How scores and character model are weighed against each other, and what a search leaves aside."""

    weight: float = 0.9
    """Of the character model's log-probability against that of the scores"""
    bonus: float = 1.8
    """Nats added for each character: without it, short texts would win"""
    beam: int = 16
    """Texts that are followed at once"""
    threshold: float = 12.0
    """Nats below the best text at which a text is given up"""
    label: float = -7.0
    """Log-probability below which a label of a frame is not tried"""
    floor: float = -30.0
    """Log-probability below which labels are all alike"""


@dataclass
class _Chance:
    """Log-probabilities of the paths that write a text, by what their last frame is."""

    blank: float = _NEVER
    character: float = _NEVER

    @property
    def both(self) -> float:
        return _sum(self.blank, self.character)


class FusionDecoder:
    """Reads what the scores say, spelled as a character model finds likely."""

    def __init__(self, contract: Contract, session: Session, settings: FusionSettings | None = None) -> None:
        """The speech model's contract and the character model; ModelError where one of the two is not that."""
        self._alphabet = Alphabet(contract.labels)
        self._contract = contract
        self._language = CharacterLanguage(session, contract.labels)
        self._settings = settings or FusionSettings()

    def decode(self, scores: Floats) -> list[Word]:
        """The words in log-probabilities (T, C), in their order."""
        if not len(scores):
            return []
        heard = np.maximum(scores, np.float32(self._settings.floor))
        merged, lengths = merge(heard)
        path = np.repeat(aligned(merged, self._best(merged)), lengths)
        return placed(self._alphabet.read(path), heard, self._contract)

    def _best(self, scores: Floats) -> list[int]:
        """The labels of the best text in log-probabilities (N, C)."""
        beam = {self._language.empty(): _Chance(blank=0.0)}
        for frame in scores:
            tried = np.flatnonzero(frame > self._settings.label)
            logs = {int(label): float(frame[label]) for label in tried if label != BLANK}
            if logs:
                self._language.read(list(beam))
            beam = self._kept(self._extended(beam, float(frame[BLANK]), logs))
        self._language.read(list(beam))
        return max(beam, key=lambda prefix: self._ended(prefix, beam[prefix])).labels()

    def _extended(self, beam: dict[Prefix, _Chance], blank: float, logs: dict[int, float]) -> dict[Prefix, _Chance]:
        """All texts that a frame may make of those that there are."""
        found = {prefix: _Chance() for prefix in beam}
        for prefix, chance in beam.items():
            both, same = chance.both, found[prefix]
            same.blank = _sum(same.blank, both + blank)
            for label, log in logs.items():
                if label == prefix.label:
                    same.character = _sum(same.character, chance.character + log)
                    begin = chance.blank  # a character twice wants a blank between
                else:
                    begin = both
                if begin == _NEVER or (label == self._alphabet.space and prefix.label in {BLANK, label}):
                    continue
                longer = found.setdefault(prefix.child(label), _Chance())
                longer.character = _sum(longer.character, begin + log)
        return found

    def _kept(self, beam: dict[Prefix, _Chance]) -> dict[Prefix, _Chance]:
        """The best of them."""
        if len(beam) == 1:
            return beam
        ranks = {prefix: self._rank(prefix, chance) for prefix, chance in beam.items()}
        least = max(ranks.values()) - self._settings.threshold
        best = sorted(ranks, key=ranks.__getitem__, reverse=True)[: self._settings.beam]
        return {prefix: beam[prefix] for prefix in best if ranks[prefix] >= least}

    def _rank(self, prefix: Prefix, chance: _Chance) -> float:
        return chance.both + self._settings.weight * prefix.language + self._settings.bonus * prefix.length

    def _ended(self, prefix: Prefix, chance: _Chance) -> float:
        """The rank of a text that ends here."""
        end = prefix.following[-1] if prefix.following else _NEVER
        return self._rank(prefix, chance) + self._settings.weight * end


def _sum(first: float, second: float) -> float:
    """The logarithm of the sum of two probabilities."""
    if first < second:
        first, second = second, first
    return first if second == _NEVER else first + math.log1p(math.exp(second - first))
