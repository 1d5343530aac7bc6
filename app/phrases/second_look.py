"""A second look at what was spotted: a network that reads both ways hears the last two seconds again, and may veto.

A spotter must decide while the sound comes; a bidirectional network knows what follows each sound as well, and is asked
only when something was spotted, so that it costs nothing the rest of the time. The phrase is sought in what it hears in
the same way as in the stream (`legato.app.phrases.search`).

Letters: S samples, T frames, C labels.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from legato.app.engine.contract import SPEECH
from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.session import Session
from legato.app.phrases.search import Floats, PhraseSearch, SearchSettings
from legato.app.transcription.decoding.alphabet import Alphabet
from legato.app.transcription.texts import normalise

LEAST = 0.3
"""Score of the second look below which an event is vetoed"""
SECONDS = 2.0
"""Of sound that are heard again, more for phrases that last long"""
_SECONDS_A_LETTER = 0.1
"""Of speech, slowly spoken"""
_BEFORE = 0.8
"""Seconds before such a phrase"""
_AFTER = 0.4
"""Seconds of silence that are put behind the sound"""
_QUIET = 1e-4
"""Largest sample of a sound in which nothing is said"""


class SecondLook:
    """A model that reads whole recordings, and the phrases that it is asked about."""

    def __init__(self, session: Session, labels: Iterable[str], least: float = LEAST) -> None:
        """Look again at `labels`, words or phrases as they are written; an event needs a score of `least`.

        ModelError for a model that does not read whole recordings, UsageError for what cannot be spelled.
        """
        contract = session.contract
        if contract.task != SPEECH or "lengths" not in contract.inputs:
            raise ModelError(f"{session.path}: a second look needs a model that writes whole recordings down")
        self._session, self._least, self._settings = session, least, SearchSettings()
        self.sample_rate = contract.sample_rate
        """Of the sound that it wants, hertz"""
        self._space = contract.labels.index(" ")
        self._spellings = {label: _spelling(label, contract.labels) for label in labels}
        self.seconds = max(map(self._reach, self._spellings), default=0.0)
        """Of sound before an event that are wanted at most"""

    def confirms(self, label: str, sound: Floats) -> bool:
        """Whether `label` is in the sound (S,) before its event; what nothing is known of is not vetoed."""
        return label not in self._spellings or self.score(label, sound) >= self._least

    def score(self, label: str, sound: Floats) -> float:
        """How well `label` fits into the end of the sound (S,), 0..1. UsageError where it is not looked at."""
        if label not in self._spellings:
            raise UsageError(f"there is no second look at {label!r}")
        contract = self._session.contract
        sound = sound[-round(self._reach(label) * contract.sample_rate) :]
        if np.abs(sound).max(initial=0.0) < _QUIET:
            return 0.0
        behind = round(_AFTER * contract.sample_rate)
        size = -(-(len(sound) + behind) // contract.hop) * contract.hop
        padded = np.concatenate((sound, np.zeros(size - len(sound), np.float32)))
        scores = self._session.whole(padded[None], np.array([size]))[0]
        found = PhraseSearch([self._spellings[label]], self._space, self._settings).step(scores)
        return float(found.scores.max(initial=0.0))

    def _reach(self, label: str) -> float:
        return max(SECONDS, _BEFORE + _SECONDS_A_LETTER * len(self._spellings[label]))


def _spelling(label: str, letters: Sequence[str]) -> tuple[int, ...]:
    """However short: what it is asked about has been spotted."""
    places = Alphabet(letters).spell(normalise(label))
    if not places:
        raise UsageError(f"no second look at {label!r}: the model cannot write it")
    return tuple(places)
