"""Audio between the thread that records it and the thread that uses it."""

import numpy as np
from numpy.typing import NDArray


class Ring:
    """A ring of float32 samples with one writer and one reader, each on its own thread, neither ever blocking.

    Each side advances only its own counter, after the samples are in place, so that no lock is needed. A writer that
    finds no room drops the newest samples and counts them. The reader brings its own way of waiting.
    """

    def __init__(self, seconds: float, rate: int, channels: int = 1) -> None:
        """Room for `seconds` of audio at `rate` hertz; ValueError where that is no sample at all."""
        self.capacity = round(seconds * rate)
        """Samples a channel"""
        if self.capacity < 1 or channels < 1:
            raise ValueError(f"a ring needs room for a sample, not {seconds} s at {rate} Hz with {channels} channels")
        self.rate = rate
        self.channels = channels
        self.overruns = 0
        """Blocks of which something was lost"""
        self.lost = 0
        """Samples a channel that were lost"""
        self._samples = np.zeros((self.capacity, channels), dtype=np.float32)
        self._written = 0
        self._read = 0

    @property
    def available(self) -> int:
        """Samples a channel that wait to be read."""
        return self._written - self._read

    @property
    def level(self) -> float:
        """How full the ring is, 0..1."""
        return self.available / self.capacity

    def write(self, block: NDArray[np.float32]) -> int:
        """Store a block (S,) or (S, channels); returns how many samples were lost for want of room. Writer only."""
        if block.ndim == 1:
            block = block[:, None]
        fits = min(len(block), self.capacity - self.available)
        begin = self._written % self.capacity
        first = min(fits, self.capacity - begin)
        self._samples[begin : begin + first] = block[:first]
        self._samples[: fits - first] = block[first:fits]
        self._written += fits
        lost = len(block) - fits
        if lost:
            self.overruns += 1
            self.lost += lost
        return lost

    def read(self, most: int) -> NDArray[np.float32]:
        """Up to `most` of the oldest samples as a copy, (S,) with one channel, else (S, channels). Reader only."""
        count = max(0, min(most, self.available))
        begin = self._read % self.capacity
        first = min(count, self.capacity - begin)
        samples = np.concatenate((self._samples[begin : begin + first], self._samples[: count - first]))
        self._read += count
        return samples[:, 0] if self.channels == 1 else samples

    def clear(self) -> None:
        """Forget what waits to be read; the counts of losses stay. Reader only."""
        self._read = self._written
