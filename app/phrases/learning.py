"""A keyword from a few recordings of it: what a model of live speech writes when it hears them is what is listened for.

Whatever the word, and in whatever language, one voice lets the model write about the same letters each time.

Letters: S samples, T frames, C labels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from legato.app.engine.errors import UsageError
from legato.app.engine.session import Session
from legato.app.phrases.learned import Learned
from legato.app.phrases.search import Floats, PhraseSearch, SearchSettings
from legato.app.transcription.decoding.alphabet import BLANK

FEWEST, MOST = 2, 20
"""Recordings"""
SHORTEST, LONGEST = 0.25, 6.0
"""Seconds of one"""
_QUIET = 1e-3
"""Largest sample of a recording in which nothing is heard"""
_CLIPPED, _MOST_CLIPPED = 0.99, 0.01
"""Samples that large are at the end of the scale; and the share of them that a recording may have"""
_SILENCE = 0.6
"""Seconds before and after each recording"""
_ALIKE = 0.03
"""Score of a recording by the spellings of the others below which it is another word"""
_LOWEST, _HIGHEST = 0.25, 0.45
"""Of the threshold"""
_LONG, _STRICTER = 10, 0.02
"""Letters from which on the lowest is that low, and by how much it is higher for each that is missing"""
_SHARE = 0.5
"""Of the score that a recording gets by the spellings of the others: what the threshold is at"""
_MOST_STRICT = 0.95
"""Threshold that hardly any recording reaches"""
_APART = 1.1
"""How much higher than on what is not the keyword the threshold is"""


def learn(name: str, recordings: Mapping[str, Floats], others: Mapping[str, Floats], session: Session) -> Learned:
    """The keyword in `recordings` (S,) by their names, at the session's rate; `others` do not hold it.

    UsageError, naming it, for a recording that is no good, and where they cannot be told from the others.
    """
    if not FEWEST <= len(recordings) <= MOST:
        count = len(recordings)
        raise UsageError(f"{name} is learned from {FEWEST} to {MOST} recordings, best three to five, not {count}")
    for title, samples in recordings.items():
        if wrong := complaint(samples, session.contract.sample_rate):
            raise UsageError(f"{title} {wrong}: make it again")
    scores = {title: _scores(session, samples) for title, samples in recordings.items()}
    written = {title: _written(session, title, each) for title, each in scores.items()}
    usual = float(np.median([len(spelling) for spelling in written.values()]))
    usable = {title: spelling for title, spelling in written.items() if len(spelling) >= usual / 2}
    found = {title: _best(session, [*_but(usable, title).values()], each) for title, each in scores.items()}
    for title, score in found.items():
        if score < _ALIKE:
            raise UsageError(f"{title} sounds unlike the other recordings of {name}: leave it out, or make it again")
    fewest = min(map(len, usable.values()))
    threshold = min(max(_SHARE * min(found.values()), _LOWEST + _STRICTER * max(_LONG - fewest, 0)), _HIGHEST)
    spellings = tuple(dict.fromkeys(usable.values()))
    for title, samples in others.items():
        heard = _best(session, spellings, _scores(session, samples))
        threshold = max(threshold, _APART * heard)
        if threshold >= max(found.values()):
            raise UsageError(f"{title} sounds like {name} itself: the two cannot be told apart")
    letters = session.contract.labels
    texts = tuple("".join(letters[place] for place in spelling) for spelling in spellings)
    return Learned(name, texts, round(threshold, 3), len(recordings), session.path.name)


def quieter(keyword: Learned, others: Mapping[str, Floats], session: Session) -> Learned:
    """The same keyword with a threshold that `others` do not reach, at most; UsageError where that would be all."""
    letters = session.contract.labels
    spellings = [[letters.index(letter) for letter in spelling] for spelling in keyword.spellings]
    threshold = keyword.threshold
    for title, samples in others.items():
        threshold = max(threshold, _APART * _best(session, spellings, _scores(session, samples)))
        if threshold >= _MOST_STRICT:
            raise UsageError(f"{title} sounds like {keyword.name} itself: the two cannot be told apart")
    return replace(keyword, threshold=round(threshold, 3))


def complaint(samples: Floats, rate: int) -> str | None:
    """What is wrong with a recording of a keyword, for a message that begins with its name; None where it is good."""
    seconds, loudest = len(samples) / rate, float(np.abs(samples).max(initial=0.0))
    if loudest < _QUIET:
        return "is silent"
    if not SHORTEST <= seconds <= LONGEST:
        return f"lasts {seconds:.1f} s, where a keyword has {SHORTEST} to {LONGEST:g}"
    if np.mean(np.abs(samples) >= _CLIPPED) > _MOST_CLIPPED:
        return "is clipped, speak less loudly or further away"
    return None


def _scores(session: Session, samples: Floats) -> Floats:
    """Log-probabilities (T, C) of a recording with silence around it."""
    contract = session.contract
    silence = np.zeros(round(_SILENCE * contract.sample_rate), np.float32)
    padded = np.concatenate((silence, samples, silence))
    scores: Floats = session.stream().step(padded[None, : len(padded) // contract.hop * contract.hop])[0]
    return scores


def _written(session: Session, title: str, scores: Floats) -> tuple[int, ...]:
    """The labels that are written in a recording; UsageError where there are none to speak of."""
    damped = scores.copy()
    damped[:, BLANK] -= np.float32(SearchSettings().blank)
    space = session.contract.labels.index(" ")
    labels = [label for label, _ in groupby(damped.argmax(axis=1).tolist()) if label != BLANK]
    while labels and labels[-1] == space:
        labels.pop()
    while labels and labels[0] == space:
        labels.pop(0)
    if len(labels) < 2:
        raise UsageError(f"{title} holds no word that is heard clearly: make it again, nearer to the microphone")
    return tuple(labels)


def _best(session: Session, spellings: Sequence[Sequence[int]], scores: Floats) -> float:
    """The highest score of any of the spellings."""
    search = PhraseSearch(spellings, session.contract.labels.index(" "))
    return float(search.step(scores).scores.max(initial=0.0))


def _but(spellings: Mapping[str, tuple[int, ...]], title: str) -> dict[str, tuple[int, ...]]:
    """All but one recording's; all where there would be none."""
    return {name: spelling for name, spelling in spellings.items() if name != title} or dict(spellings)
