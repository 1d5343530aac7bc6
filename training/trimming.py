"""Sound without the silence around it."""

import numpy as np
import numpy.typing as npt

RATE = 16_000
"""Hertz."""
LEAD, TAIL = 0.05, 0.10
"""Seconds of silence left before and after the speech."""
QUIET = 0.02
"""Share of the peak below which a sample is silence."""
PEAK = 0.7


def trim(sound: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A sound without the silence around it, but for `LEAD` and `TAIL`, with a peak of 0.7; empty if it is silent."""
    peak = float(np.abs(sound).max(initial=0.0))
    loud = np.flatnonzero(np.abs(sound) > QUIET * peak)
    if not len(loud):
        return sound[:0]
    first = max(0, int(loud[0]) - int(LEAD * RATE))
    return sound[first : int(loud[-1]) + int(TAIL * RATE)] * np.float32(PEAK / peak)
