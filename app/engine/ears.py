"""What can be listened with: a session, or whatever else turns a stream of sound into scores of labels.

Letters: S samples, T frames, C labels.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import Contract

Floats = NDArray[np.float32]


class Scores(Protocol):
    """The state and step of one stream, as `legato.app.engine.session.Stream` has them."""

    def step(self, audio: Floats) -> Floats:
        """Scores (1, T, C) of a chunk (1, S), S a multiple of the hop."""

    def reset(self) -> None:
        """Begin anew."""


class Ears(Protocol):
    """What can be listened with: a session, or somebody else's detector that looks like one."""

    @property
    def contract(self) -> Contract:
        """Labels, rate and hop."""

    def stream(self) -> Scores:
        """A new stream."""


class Model(Ears, Protocol):
    """The same from a file."""

    @property
    def path(self) -> Path:
        """The file, for messages."""


class Looks(Protocol):
    """What hears again whatever was spotted, and may veto it."""

    @property
    def sample_rate(self) -> int:
        """Of the sound that it wants, hertz."""

    @property
    def seconds(self) -> float:
        """Of sound before an event that are wanted at most."""

    def confirms(self, label: str, sound: Floats) -> bool:
        """Whether `label` is in the sound (S,) before its event."""
