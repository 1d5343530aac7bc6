"""Sound of any length in, whole hops out, with everything that is no sound silenced."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LOUDEST = 1e6
"""Samples beyond this are damage, not sound: their power would leave the range of float32 and never leave the state"""


class Intake:
    """What a stream of mono audio goes through before the graph; it belongs to one stream."""

    def __init__(self, hop: int) -> None:
        self.repaired = 0
        """Samples that were not finite or beyond all sound, taken as 0"""
        self._hop = hop
        self.clear()

    def clear(self) -> None:
        """Forget the samples that wait; the count of repaired ones stays."""
        self._rest = np.zeros(0, dtype=np.float32)

    @property
    def waiting(self) -> int:
        """Samples that do not fill a hop yet."""
        return len(self._rest)

    def take(self, samples: Floats) -> Floats:
        """The hops (S,) that the next samples, of any number, complete."""
        samples = self._sound(samples)
        if len(self._rest):
            samples = np.concatenate((self._rest, samples))
        whole = len(samples) - len(samples) % self._hop
        self._rest = samples[whole:].copy()
        return samples[:whole]

    def finish(self, silence: float) -> Floats:
        """The samples that wait, with at least `silence` samples of it behind them, as whole hops (S,)."""
        hops = int(np.ceil((len(self._rest) + silence) / self._hop))
        rest, self._rest = self._rest, np.zeros(0, dtype=np.float32)
        return np.concatenate((rest, np.zeros(hops * self._hop - len(rest), dtype=np.float32)))

    def _sound(self, samples: Floats) -> Floats:
        """The samples with everything that is no sound silenced, and counted."""
        samples = np.asarray(samples, dtype=np.float32)
        if samples.ndim != 1:
            raise ValueError(f"samples must be (S,), not {samples.shape}")
        if np.abs(samples).max(initial=0) <= LOUDEST:  # false for NaN as well
            return samples
        sound = np.abs(samples) <= LOUDEST
        self.repaired += int(np.count_nonzero(~sound))
        return np.where(sound, samples, np.float32(0))
