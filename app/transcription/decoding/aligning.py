"""Which frames write which character of a text that is known.

Letters: T frames, C labels, N characters, S = 2 N + 1 places on the way through them and the blanks between.
"""

from collections.abc import Sequence

import numpy as np

from legato.app.transcription.decoding.alphabet import BLANK, Path
from legato.app.transcription.words import Floats


def aligned(scores: Floats, labels: Sequence[int]) -> Path:
    """The likeliest path (T,) that writes `labels` (N,) in log-probabilities (T, C), by Viterbi's method.

    ValueError where there are too few frames to write them in.
    """
    if not len(scores):
        return np.zeros(0, np.intp)
    places = np.full(2 * len(labels) + 1, BLANK, np.intp)
    places[1::2] = labels
    # A blank may be left out between two characters that differ.
    skips = np.zeros(len(places), bool)
    skips[3::2] = places[3::2] != places[1:-2:2]
    emitted = scores[:, places].astype(np.float64)
    best = np.full(len(places), -np.inf)
    best[:2] = emitted[0, :2]
    steps = np.zeros((len(scores), len(places)), np.int8)
    for frame in range(1, len(scores)):
        one = np.concatenate(([-np.inf], best[:-1]))
        two = np.where(skips, np.concatenate(([-np.inf, -np.inf], best[:-2]))[: len(places)], -np.inf)
        ways = np.stack([best, one, two])
        steps[frame] = ways.argmax(axis=0)
        best = ways.max(axis=0) + emitted[frame]
    place = len(places) - 1
    if len(labels) and best[-2] > best[-1]:
        place -= 1
    if best[place] == -np.inf:
        raise ValueError(f"{len(scores)} frames are too few for {len(labels)} characters")
    path = np.zeros(len(scores), np.intp)
    for frame in range(len(scores) - 1, -1, -1):
        path[frame] = places[place]
        place -= int(steps[frame, place])
    return path
