"""What every source of sound offers, whatever it is read from."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]
"""Mono samples (S,) in [-1, 1], S at least 1."""


class AudioSource(Protocol):
    """A stream of mono sound at the rate it was opened with; a context manager that closes it."""

    @property
    def name(self) -> str:
        """What it is, for people."""

    @property
    def native_rate(self) -> int:
        """Hertz at which it was or is recorded."""

    @property
    def live(self) -> bool:
        """Whether it goes on by itself, at the pace of the clock."""

    @property
    def duration(self) -> float | None:
        """Seconds, where it is known beforehand."""

    @property
    def overruns(self) -> int:
        """Blocks of which something was lost, because they were not fetched in time."""

    def blocks(self) -> Iterator[Block]:
        """Everything there is, in order, in pieces of any length; SourceError or DeviceError where it breaks."""

    def close(self) -> None:
        """Let go of it and end `blocks`. From any thread, any number of times."""

    def __enter__(self) -> Self:
        """The source itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""


class Closing:
    """The context manager half of a source: leaving the block closes it."""

    def __enter__(self) -> Self:
        """The source itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of what is held."""
        raise NotImplementedError
