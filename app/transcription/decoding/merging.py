"""Frames that leave nothing open are read as one, so that a search has less to do.

Letters: T frames, N frames after merging, C labels.
"""

import math

import numpy as np
from numpy.typing import NDArray

from legato.app.transcription.words import Floats

_SURE = math.log(0.999)


def merge(scores: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The sums (N, C) of each run of frames (T, C) whose label is the same and sure, and the runs' lengths (N,).

    A path that stays on one label through each run is as likely as before; others are as good as impossible.
    """
    best = scores.argmax(axis=1)
    sure = scores.max(axis=1) > _SURE
    same = (best[1:] == best[:-1]) & sure[1:] & sure[:-1]
    starts = np.flatnonzero(np.concatenate(([True], ~same)))
    return np.add.reduceat(scores, starts, axis=0), np.diff(np.append(starts, len(scores)))
