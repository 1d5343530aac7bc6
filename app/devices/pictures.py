"""What every source of pictures offers, whatever it is read from."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""(height, width, 3) RGB"""


@dataclass(frozen=True)
class Frame:
    """A picture and when it was taken."""

    picture: Picture
    """Upright, as the camera saw it, unless the source was told that the camera mirrors"""
    time: float
    """Seconds since the source's first frame"""


class MovingSource(Protocol):
    """A stream of frames of whatever kind; a context manager that closes it."""

    @property
    def name(self) -> str:
        """What it is, for people."""

    @property
    def live(self) -> bool:
        """Whether it goes on by itself, at the pace of the clock."""

    @property
    def duration(self) -> float | None:
        """Seconds, where it is known beforehand."""

    @property
    def dropped(self) -> int:
        """Frames that were passed over because newer ones came."""

    def close(self) -> None:
        """Let go of it and end the frames. From any thread, any number of times."""

    def __enter__(self) -> Self:
        """The source itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""


class PictureSource(MovingSource, Protocol):
    """A stream of pictures."""

    def frames(self) -> Iterator[Frame]:
        """All there is, in order of time; SourceError or DeviceError where it breaks."""
