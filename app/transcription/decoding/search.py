"""Prefix beam search over words, by flashlight-text with KenLM.

Letters: T frames, N frames after merging, C labels.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from flashlight.lib.text.decoder import (
    CriterionType,
    LexiconDecoder,
    LexiconDecoderOptions,
    SmearingMode,
    Trie,
)
from flashlight.lib.text.decoder.kenlm import KenLM
from flashlight.lib.text.dictionary import Dictionary

from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError, UsageError
from legato.app.transcription.decoding.alphabet import BLANK, Alphabet, Path
from legato.app.transcription.decoding.language import Language
from legato.app.transcription.decoding.merging import merge
from legato.app.transcription.decoding.placing import placed
from legato.app.transcription.decoding.unknown import with_unknown
from legato.app.transcription.texts import normalise
from legato.app.transcription.words import Floats, Word

_UNKNOWN = "<unk>"
_NATS = math.log(10)
"""KenLM gives logarithms to the base of ten"""
_LETTER = 2.2
"""Nats that a letter of a word costs which must be spelled: about what it tells, given those before it"""


@dataclass(frozen=True)
class Pruning:
    """What a search leaves aside."""

    labels: int = 8
    """Labels a frame that are tried"""
    threshold: float = 14.0
    """Nats below the best text at which a text is given up"""
    floor: float = -30.0
    """Log-probability below which labels are all alike"""
    words: int = 40_000
    """Words of the language that are tried, the likeliest of them, beside all of the user's; a word takes 1.6 kB"""


class BeamDecoder:
    """Reads what the scores say of words that a language model knows, and of a user's own."""

    def __init__(
        self, contract: Contract, language: Language, vocabulary: Sequence[str] = (), pruning: Pruning | None = None
    ) -> None:
        """ModelError where model or language cannot be used, UsageError for words that cannot be written."""
        self._alphabet = Alphabet(contract.labels)
        self._contract = contract
        self._pruning = pruning or Pruning()
        self._weight = contract.transcript.language_weight
        spellings = _spellings(self._alphabet, language, vocabulary)
        names = Dictionary([_UNKNOWN, *(name for name, _, _ in spellings)])
        names.set_default_index(0)
        self._language = _opened(language, names)
        self._nothing = self._language.start(True)  # no word before
        self._unknown = -self._likelihood(0) * _NATS
        tried = self._tried([name != text for name, text, _ in spellings])
        self._known = frozenset(word for place in tried for word in spellings[place - 1][1].split())
        self._search = self._searching({place: spellings[place - 1][2] for place in tried})

    def decode(self, scores: Floats) -> list[Word]:
        """The words in log-probabilities (T, C), in their order."""
        if not len(scores):
            return []
        heard = np.maximum(scores, np.float32(self._pruning.floor))
        weighed = heard.copy()
        weighed[:, BLANK] -= np.float32(self._contract.transcript.blank)
        known = self._alphabet.read(self._path(weighed))
        spelled = self._alphabet.read(scores.argmax(axis=1))
        return placed(with_unknown(known, spelled, weighed, self._price), heard, self._contract)

    def _likelihood(self, place: int) -> float:
        """The logarithm, to the base of ten, of how likely the word of that place is, whatever stands before it."""
        return float(self._language.score(self._nothing, place)[1])

    def _tried(self, own: Sequence[bool]) -> list[int]:
        """The places, from 1 on, of the words to be tried; `own` tells for each word whether it is the user's."""
        language = [place for place, users in enumerate(own, 1) if not users]
        likeliest = sorted(language, key=lambda place: -self._likelihood(place))[: self._pruning.words]
        return sorted([*likeliest, *(place for place, users in enumerate(own, 1) if users)])

    def _searching(self, spellings: Mapping[int, list[int]]) -> LexiconDecoder:
        """The search through the words of these spellings, by the places of their names."""
        trie = Trie(len(self._alphabet), self._alphabet.space)
        for place, spelling in spellings.items():
            trie.insert(spelling, place, self._likelihood(place))
        trie.smear(SmearingMode.MAX)
        settings = self._contract.transcript
        options = LexiconDecoderOptions(
            beam_size=settings.beam,
            beam_size_token=min(self._pruning.labels, len(self._alphabet)),
            beam_threshold=self._pruning.threshold,
            lm_weight=settings.language_weight * _NATS,
            word_score=settings.word_bonus,
            unk_score=-math.inf,
            sil_score=0.0,
            log_add=True,  # a text is as likely as all ways to say it together
            criterion_type=CriterionType.CTC,
        )
        return LexiconDecoder(options, trie, self._language, self._alphabet.space, BLANK, 0, [], False)

    def _path(self, scores: Floats) -> Path:
        """The label of each frame (T,) in the best text of known words."""
        merged, lengths = merge(scores)
        closing = np.full((1, len(self._alphabet)), self._pruning.floor, np.float32)
        closing[0, self._alphabet.space] = 0.0  # the last word is complete
        frames = np.ascontiguousarray(np.concatenate((merged, closing)))
        tokens = self._search.decode(frames.ctypes.data, *frames.shape)[0].tokens
        # There is one before the first frame, one for the closing frame, and one behind it.
        return np.repeat(np.array(tokens[1:-2], np.intp), lengths)

    def _price(self, word: str) -> float:
        """What a word costs that is spelled and not known."""
        return 0.0 if word in self._known else self._weight * (self._unknown + _LETTER * len(word))


def _opened(language: Language, names: Dictionary) -> KenLM:
    """The language model, asked by the places of `names`; ModelError where it is damaged."""
    try:
        return KenLM(str(language.path), names)
    except RuntimeError:
        raise ModelError(f"{language.path}: the language model is damaged: copy or make it again") from None


def _spellings(alphabet: Alphabet, language: Language, vocabulary: Sequence[str]) -> list[tuple[str, str, list[int]]]:
    """A word's name, its text, and the labels that write it with the space behind it.

    A user's word takes the name of a slot. UsageError where there are more than slots, or one has no letters.
    """
    own = list(dict.fromkeys(normalise(line) for line in vocabulary))
    if not all(own):
        line = next(line for line in vocabulary if not normalise(line))
        raise UsageError(f"the vocabulary's {line!r} has no letter from a to z")
    if len(own) > len(language.slots):
        raise UsageError(f"the vocabulary has {len(own)} words, and {language.path} room for {len(language.slots)}")
    named = [*((word, word) for word in language.words), *zip(language.slots, own, strict=False)]
    found = ((name, text, alphabet.spell(f"{text} ")) for name, text in named)
    return [(name, text, places) for name, text, places in found if places is not None]
