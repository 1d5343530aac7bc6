"""A speech model that listens for phrases: to decoder, evaluation and window it looks like a keyword model.

Letters: S samples, T frames, P phrases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import SPEECH, Contract, DecoderSettings
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.phrases.learned import Learned
from legato.app.phrases.search import Found, PhraseSearch, SearchSettings
from legato.app.phrases.spelling import spelled
from legato.app.transcription.decoding.alphabet import Alphabet

Floats = NDArray[np.float32]

THRESHOLD = 0.28
"""Score from which a phrase is reported, so that each is found falsely in people's speech every other hour or so"""
_SETTLED = 5
"""Frames in which a score must not rise any more before it counts"""
_FAINT = 0.05
"""Score below which nothing is remembered"""
_SECONDS_A_LETTER = 0.075
"""Of speech, about: how long a phrase usually lasts"""
_DELAY = 0.15
"""Seconds from a phrase's end to its event, about"""
_REFRACTORY = 0.5
"""Seconds after an event of a phrase in which it is not reported again"""


@dataclass(frozen=True)
class Sought:
    """One phrase as it is looked for."""

    label: str
    spellings: tuple[tuple[int, ...], ...]
    """Labels of the model, one way or another"""
    threshold: float


class PhraseEars:
    """A session of a streaming speech model, and the phrases that it is to listen for."""

    def __init__(
        self, session: Session, phrases: Sequence[str | Learned], settings: SearchSettings | None = None
    ) -> None:
        """Listen for `phrases`, typed or learned, each once.

        ModelError for a model of another task or one that reads whole recordings, UsageError for an odd phrase.
        """
        contract = session.contract
        if contract.task != SPEECH or "lengths" in contract.inputs:
            raise ModelError(f"{session.path}: this needs a model that writes down sound as it comes")
        self.session, self.path, self.provider = session, session.path, session.provider
        self.sought = tuple(
            {one.label: one for one in (_sought(phrase, contract.labels) for phrase in phrases)}.values()
        )
        self.settings = settings or SearchSettings()
        labels = tuple(one.label for one in self.sought)
        self.contract: Contract = replace(contract, task="keywords", labels=labels, settings=_decoder(self.sought))

    def stream(self) -> "PhraseStream":
        """A new stream at its start."""
        return PhraseStream(self)


class PhraseStream:
    """One stream of sound, and the search in what the model hears."""

    def __init__(self, ears: PhraseEars) -> None:
        """Use `PhraseEars.stream`."""
        self._stream = ears.session.stream()
        labels = ears.session.contract.labels
        spellings = [spelling for one in ears.sought for spelling in one.spellings]
        self._search = PhraseSearch(spellings, labels.index(" "), ears.settings)
        self._bounds = np.cumsum([len(one.spellings) for one in ears.sought])[:-1]
        self._size = len(ears.sought)
        self.found: Found
        """In the frames of the latest step; each is told `_SETTLED` frames late"""
        self.rising: Floats
        """Scores (T, P) of the latest step before it is settled which of their frames count"""
        self._forget()

    def step(self, audio: Floats) -> Floats:
        """Scores (1, T, P) of a chunk (1, S), S a multiple of the hop."""
        found = self._best(self._search.step(self._stream.step(audio)[0]))
        self.rising, self.found = found.scores, self._settled(found)
        return self.found.scores[None]

    def reset(self) -> None:
        """Begin anew."""
        self._stream.reset()
        self._search.reset()
        self._forget()

    def _forget(self) -> None:
        shape = (_SETTLED, self._size)
        self._recent = Found(np.zeros(shape, np.float32), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
        self.rising = self._recent.scores[:0]
        self.found = Found(self._recent.scores[:0], self._recent.first[:0], self._recent.last[:0])
        self._ended, self._highest = np.full(self._size, -1), np.zeros(self._size, np.float32)

    def _settled(self, found: Found) -> Found:
        """Scores that do not rise in the frames behind them, 0 for those that do: a phrase ends where it fits best."""
        whole = Found(
            np.concatenate((self._recent.scores, found.scores)),
            np.concatenate((self._recent.first, found.first)),
            np.concatenate((self._recent.last, found.last)),
        )
        frames = len(found.scores)
        later = np.stack([whole.scores[shift : shift + frames] for shift in range(1, _SETTLED + 1)]).max(axis=0)
        self._recent = Found(whole.scores[frames:], whole.first[frames:], whole.last[frames:])
        scores = np.where(whole.scores[:frames] >= later, whole.scores[:frames], np.float32(0))
        settled = Found(scores, whole.first[:frames], whole.last[:frames])
        for frame in np.flatnonzero((scores > _FAINT).any(axis=1)).tolist():
            self._once(settled, frame)
        return settled

    def _once(self, found: Found, frame: int) -> None:
        """Put to 0 what begins within that which was told before, and fits no better: it is the same once more."""
        scores = found.scores[frame]
        within = found.first[frame] <= self._ended
        scores[within & (scores <= self._highest)] = 0.0
        told = scores > _FAINT
        self._ended = np.where(told, found.last[frame], self._ended)
        self._highest = np.where(told, scores, self._highest)

    def _best(self, found: Found) -> Found:
        """Of each phrase the spelling that fits best, at each frame."""
        groups = np.split(np.arange(found.scores.shape[1]), self._bounds)
        best = np.stack([group[0] + found.scores[:, group].argmax(axis=1) for group in groups], axis=1)
        return Found(
            np.take_along_axis(found.scores, best, axis=1),
            np.take_along_axis(found.first, best, axis=1),
            np.take_along_axis(found.last, best, axis=1),
        )


def _sought(phrase: str | Learned, labels: Sequence[str]) -> Sought:
    if isinstance(phrase, str):
        return Sought(phrase, (spelled(phrase, labels),), THRESHOLD)
    places = [Alphabet(labels).spell(spelling) for spelling in phrase.spellings]
    spellings = tuple(tuple(place) for place in places if place)
    if len(spellings) < len(places):
        raise ModelError(f"{phrase.name} was learned with a model of other letters: learn it again")
    return Sought(phrase.name, spellings, phrase.threshold)


def _decoder(sought: Sequence[Sought]) -> DecoderSettings:
    return DecoderSettings(
        thresholds={one.label: one.threshold for one in sought},
        smoothing=0.0,
        hysteresis=0.6,
        refractory=_REFRACTORY,
        warmup=0.0,
        delay=_DELAY,
        durations={one.label: round(_SECONDS_A_LETTER * len(one.spellings[0]), 3) for one in sought},
        wake=(),
        command_window=0.0,
        conflict=0.0,
    )
