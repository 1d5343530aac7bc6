"""The thread that watches: reports every event, and keeps the newest frame for whoever paints it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from legato.app.desktop.looking_inside import LookingInside
from legato.app.desktop.pace import PacedSights
from legato.app.desktop.seen import Seen
from legato.app.desktop.worker import Worker
from legato.app.engine.contract import Contract
from legato.app.engine.events import GestureEvent
from legato.app.inside.gates import Inside
from legato.app.vision.gestures import GestureSpotter, Side
from legato.app.vision.sight import Sight, SightSource

Open = Callable[[], tuple[GestureSpotter, SightSource]]
"""Opens the model and what is to be watched with it"""
_RATE_MEMORY = 0.5
"""Seconds over which the rate of frames is averaged"""


@dataclass(frozen=True)
class Started:
    """What is watched, and with what."""

    source: str
    provider: str
    """What the model really runs on"""
    contract: Contract


@dataclass(frozen=True)
class Glimpse:
    """What happened inside the model at one frame."""

    inside: tuple[tuple[Inside, ...], ...]
    """What each layer did with one of the hands"""
    difference: float
    """Largest, so far, between the states that were computed for the eye and those that the model went on with"""
    hand: Side | None
    """Whose hand that was; None where there was none"""
    scores: NDArray[np.float32]
    """(C,) of that hand"""


class Watcher(Worker):
    """Watches one source, a file at its own pace."""

    opened = pyqtSignal(Started)
    reported = pyqtSignal(GestureEvent)
    glimpsed = pyqtSignal(Glimpse)
    """A frame was looked into"""
    opaque = pyqtSignal(str)
    """The model cannot be looked into: one line; it goes on watching"""

    def __init__(self, open_both: Open, parent: QObject | None = None) -> None:
        """`open_both` is called on the thread itself."""
        super().__init__(parent)
        self._open_both = open_both
        self._newest: Seen | None = None
        self._lock = Lock()  # around the newest
        self._interval = 0.0
        """Seconds between two frames, lately"""
        self._inside = LookingInside(self.opaque.emit)

    def look_inside(self, looking: bool) -> None:
        """Tell what happens inside the model as well, or no more. From any thread."""
        self._inside.want(looking)

    def take(self) -> Seen | None:
        """The newest frame, once; None where there is none since the last call. From any thread."""
        with self._lock:
            newest, self._newest = self._newest, None
        return newest

    def _follow(self) -> None:
        spotter, source = self._open_both()
        with PacedSights(source) as paced:
            if self._hold(paced):
                self._watch(spotter, paced)

    def _watch(self, spotter: GestureSpotter, source: SightSource) -> None:
        session = spotter.session
        self.opened.emit(Started(source.name, session.provider, session.contract))
        for sight in source.sights():
            before, row = spotter.position, _row(sight)
            self._inside.attend(spotter, session.path, row)
            events = spotter.feed(sight)
            self._glimpse(spotter, row)
            self._keep(spotter, sight, before, source.dropped)
            self._report(events)
        if not self._stopping.is_set():
            self._report(spotter.flush())

    def _glimpse(self, spotter: GestureSpotter, row: int) -> None:
        inside, difference = self._inside.taken()
        if inside:
            self.glimpsed.emit(Glimpse(inside, difference, spotter.sides[row], spotter.last_scores[row]))

    def _keep(self, spotter: GestureSpotter, sight: Sight, before: float, dropped: int) -> None:
        seconds = spotter.position - before
        if seconds > 0:
            share = min(1.0, seconds / _RATE_MEMORY) if self._interval else 1.0
            self._interval += share * (seconds - self._interval)
        rate = 1 / self._interval if self._interval else 0.0
        seen = Seen(sight, spotter.last_scores, spotter.sides, spotter.position, rate, dropped)
        with self._lock:
            self._newest = seen

    def _report(self, events: list[GestureEvent]) -> None:
        for event in events:
            self.reported.emit(event)


def _row(sight: Sight) -> int:
    """The slot of the hand that is looked into: the second one's only where the first holds none."""
    first, second = sight.hands.presence.tolist()
    return int(first <= 0 < second)
