"""A speech model that listens for phrases: to decoder, evaluation and window it looks like a keyword model.

Letters: S samples, T frames, P phrases.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import SPEECH, Contract, DecoderSettings
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.phrases.search import Found, PhraseSearch, SearchSettings
from legato.app.phrases.spelling import spelled

Floats = NDArray[np.float32]

THRESHOLD = 0.5
"""Score from which a phrase is reported"""
_SECONDS_A_LETTER = 0.075
"""Of speech, about: how long a phrase usually lasts"""
_DELAY = 0.15
"""Seconds from a phrase's end to its event, about"""
_REFRACTORY = 0.5
"""Seconds after an event of a phrase in which it is not reported again"""


class PhraseEars:
    """A session of a streaming speech model, and the phrases that it is to listen for."""

    def __init__(self, session: Session, phrases: Sequence[str], settings: SearchSettings | None = None) -> None:
        """ModelError for a model of another task or one that reads whole recordings, UsageError for an odd phrase."""
        contract = session.contract
        if contract.task != SPEECH or "lengths" in contract.inputs:
            raise ModelError(f"{session.path}: this needs a model that writes down sound as it comes")
        self.session, self.path, self.provider = session, session.path, session.provider
        labels = tuple(dict.fromkeys(phrases))
        self.spelled = [spelled(phrase, contract.labels) for phrase in labels]
        self.settings = settings or SearchSettings()
        self.contract: Contract = replace(
            contract, task="keywords", labels=labels, settings=_decoder(labels, self.spelled)
        )

    def stream(self) -> "PhraseStream":
        """A new stream at its start."""
        return PhraseStream(self)


class PhraseStream:
    """One stream of sound, and the search in what the model hears."""

    def __init__(self, ears: PhraseEars) -> None:
        """Use `PhraseEars.stream`."""
        self._stream = ears.session.stream()
        space = ears.session.contract.labels.index(" ")
        self._search = PhraseSearch(ears.spelled, space, ears.settings)
        self.found: Found = self._search.step(np.zeros((0, len(ears.session.contract.labels)), np.float32))
        """In the frames of the latest step"""

    def step(self, audio: Floats) -> Floats:
        """Scores (1, T, P) of a chunk (1, S), S a multiple of the hop."""
        self.found = self._search.step(self._stream.step(audio)[0])
        return self.found.scores[None]

    def reset(self) -> None:
        """Begin anew."""
        self._stream.reset()
        self._search.reset()


def _decoder(labels: Sequence[str], spellings: Sequence[Sequence[int]]) -> DecoderSettings:
    lengths = zip(labels, map(len, spellings), strict=True)
    durations = {label: round(_SECONDS_A_LETTER * length, 3) for label, length in lengths}
    return DecoderSettings(
        thresholds=dict.fromkeys(labels, THRESHOLD),
        smoothing=0.0,
        hysteresis=0.6,
        refractory=_REFRACTORY,
        warmup=0.0,
        delay=_DELAY,
        durations=durations,
        wake=(),
        command_window=0.0,
        conflict=0.0,
    )
