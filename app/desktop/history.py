"""The newest rows of something that goes on for ever."""

import numpy as np
from numpy.typing import NDArray


class History:
    """Keeps the last N rows of W values, zeros before the first, always as one view without copying.

    Each row is written twice, N rows apart, so that some window of N rows is whole at any time.
    """

    def __init__(self, rows: int, width: int, dtype: type[np.generic]) -> None:
        """N = `rows`, W = `width`."""
        self.added = 0
        """Rows since the beginning"""
        self._rows = rows
        self._twice = np.zeros((2 * rows, width), dtype)

    def add(self, rows: NDArray[np.generic]) -> None:
        """Append `rows` (n, W)."""
        self.added += len(rows)
        rows = rows[-self._rows :]
        places = np.arange(self.added - len(rows), self.added) % self._rows
        self._twice[places] = rows
        self._twice[places + self._rows] = rows

    def view(self) -> NDArray[np.generic]:
        """The last N rows (N, W), oldest first."""
        begin = self.added % self._rows
        return self._twice[begin : begin + self._rows]
