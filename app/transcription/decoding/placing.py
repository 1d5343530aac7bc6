"""From frames to seconds, and from log-probabilities to how sure a word is.

Letters: T frames, C labels.
"""

import math
from collections.abc import Iterator

import numpy as np

from legato.app.engine.contract import Contract
from legato.app.transcription.decoding.alphabet import BLANK, Reading
from legato.app.transcription.words import Floats, Word


def placed(reading: Reading, scores: Floats, contract: Contract) -> list[Word]:
    """The words of a reading of scores (T, C) with times and confidences, as the contract tells to find them."""
    settings, hop = contract.transcript, contract.hop_seconds
    last = len(scores) * hop
    slope, offset = settings.confidence
    words = []
    for written, certainty in zip(reading.words, certainties(reading, scores), strict=True):
        start = min(max(written.start * hop - settings.delay, 0.0), last)
        end = min(max(written.end * hop + settings.ending, start), last)
        words.append(Word(written.word, start, end, logistic(slope * certainty + offset)))
    return words


def certainties(reading: Reading, scores: Floats) -> Iterator[float]:
    """Of each word minus the root of its letters' mean surprise, in nats: 0 where all of them are sure."""
    letters = reading.path != BLANK
    surprises = np.concatenate(([0.0], np.cumsum(-reading.logs(scores) * letters, dtype=np.float64)))
    counts = np.concatenate(([0], np.cumsum(letters)))
    for word in reading.words:
        surprise = surprises[word.end] - surprises[word.start]
        yield -math.sqrt(max(float(surprise / (counts[word.end] - counts[word.start])), 0.0))


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow."""
    return 0.5 * (1.0 + math.tanh(value / 2))
