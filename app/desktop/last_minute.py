"""The sound of the last minute, in memory and nowhere else."""

from collections import deque

import numpy as np

from legato.app.engine.spotter import Floats

SECONDS = 60.0


class LastMinute:
    """Keeps what was heard lately."""

    def __init__(self, rate: int) -> None:
        """Nothing yet, at `rate` hertz."""
        self.rate = rate
        self._blocks: deque[Floats] = deque()
        self._count = 0
        self._end = 0.0
        """The second of the stream at which what is kept ends"""

    def add(self, samples: Floats, position: float) -> None:
        """Take in the next samples (S,), which end at a second of the stream."""
        self._blocks.append(samples)
        self._count += len(samples)
        self._end = position
        while self._count - len(self._blocks[0]) >= SECONDS * self.rate:
            self._count -= len(self._blocks.popleft())

    def cut(self, start: float, end: float) -> Floats:
        """The samples (S,) between two seconds of the stream, as far as they are kept."""
        whole = np.concatenate([np.zeros(0, np.float32), *self._blocks])
        first = self._end - self._count / self.rate
        begin, stop = (min(max(0, round((second - first) * self.rate)), self._count) for second in (start, end))
        return whole[begin:stop]
