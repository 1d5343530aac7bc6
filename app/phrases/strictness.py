"""A keyword made stricter because of something that it was wrongly taken for.

Letters: S samples, T frames, W frames of the moving average.
"""

from pathlib import Path

import numpy as np

from legato.app import assets
from legato.app.engine.errors import UsageError
from legato.app.engine.own_thresholds import keep_threshold, own_thresholds
from legato.app.engine.session import Session
from legato.app.phrases import learned
from legato.app.phrases.ears import THRESHOLD
from legato.app.phrases.learned import Learned
from legato.app.phrases.learning import quieter
from legato.app.phrases.search import Floats
from legato.app.transcription.texts import normalise

_FURTHER = 0.2
"""Of the way from the highest score of what was wrong to 1"""
_MOST_STRICT = 0.9995
"""Threshold that hardly anything reaches"""


def stricter(keyword: str, sound: Floats, model: Path) -> float:
    """The threshold that a keyword has from now on: one that the sound (S,), at the model's rate, does not reach.

    That of a word that `model` was trained for is kept among one's own; what was typed or learned becomes, or stays, a
    learned keyword. UsageError where the sound cannot be told from the keyword, OSError where nothing can be kept.
    """
    session, own = Session.open(model), learned.find(keyword)
    if own is not None or keyword not in session.contract.labels:
        known = own or Learned(keyword, (normalise(keyword),), THRESHOLD, 0, assets.LIVE_SPEECH.name)
        found = quieter(known, {"what was heard": sound}, Session.open(assets.LIVE_SPEECH))
        found.save(learned.path_of(keyword))
        return found.threshold
    peak = highest(session, keyword, sound)
    threshold = round(peak + _FURTHER * (1 - peak), 4)
    if threshold > _MOST_STRICT:
        raise UsageError(f"what was heard sounds like {keyword} itself: the two cannot be told apart")
    now = {**session.contract.decoder.thresholds, **own_thresholds(session.contract)}[keyword]
    keep_threshold(keyword, max(now, threshold))
    return max(now, threshold)


def highest(session: Session, keyword: str, sound: Floats) -> float:
    """The highest smoothed score, 0..1, of a trained word in a sound (S,)."""
    contract = session.contract
    whole = len(sound) // contract.hop * contract.hop
    scores = session.stream().step(sound[None, :whole])[0, :, contract.labels.index(keyword)]  # (T,)
    window = max(1, round(contract.decoder.smoothing / contract.hop_seconds))
    return float(np.convolve(scores, np.full(window, 1 / window))[: len(scores)].max(initial=0.0))
