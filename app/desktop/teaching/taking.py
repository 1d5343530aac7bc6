"""The threads of teaching: one records a take, the other learns a keyword from takes and says how well."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from legato.app import assets
from legato.app.desktop.worker import Worker
from legato.app.devices.source import AudioSource
from legato.app.engine.errors import DeviceError, LegatoError
from legato.app.engine.session import Session
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.learned import Learned
from legato.app.phrases.learning import FEWEST, learn
from legato.app.phrases.search import Floats
from legato.app.phrases.spotter import PhraseSpotter

RATE = 16_000
"""Hertz of all takes"""
SECONDS = 2.0
"""Of a take"""
COUNTDOWN = (3, 2, 1)
"""Seconds before it"""
_SILENCE = 0.6
"""Seconds around a take when it is tried"""


class Taker(Worker):
    """Records one take after a countdown, by the clock of the sound itself. Start it once."""

    counted = pyqtSignal(int)
    """Seconds that are left; 0: speak now"""
    heard = pyqtSignal(object)
    """Samples (S,), for the level"""
    taken = pyqtSignal(object)
    """Samples (S,) of the take"""

    def __init__(self, open_source: Callable[[int], AudioSource], parent: QObject | None = None) -> None:
        """Record from what `open_source` opens at a rate in hertz, on the thread itself."""
        super().__init__(parent)
        self._open_source = open_source

    def _follow(self) -> None:
        with self._open_source(RATE) as source:
            if not self._hold(source):
                return
            blocks = iter(source.blocks())
            for left in COUNTDOWN:
                self.counted.emit(left)
                self._lasting(blocks, 1.0)
            self.counted.emit(0)
            take = self._lasting(blocks, SECONDS)
            if not self._stopping.is_set():
                self.taken.emit(take)

    def _lasting(self, blocks: Iterator[Floats], seconds: float) -> Floats:
        """The sound (S,) of the next seconds; DeviceError where there is no more."""
        taken: list[Floats] = [np.zeros(0, np.float32)]
        missing = round(seconds * RATE)
        while missing > 0 and not self._stopping.is_set():
            block = next(blocks, None)
            if block is None:
                if self._stopping.is_set():
                    break
                raise DeviceError("the microphone gives no more sound: is it still plugged in?")
            self.heard.emit(block)
            taken.append(block)
            missing -= len(block)
        return np.concatenate(taken)[: round(seconds * RATE)]


@dataclass(frozen=True)
class Lesson:
    """What was learned, and how it fares."""

    keyword: Learned
    found: int
    """Takes that are found by what the others teach"""
    tried: int
    """Of so many; 0 where there are too few to try"""


class Learner(Worker):
    """Learns a keyword from takes. Start it once."""

    learned = pyqtSignal(Lesson)

    def __init__(self, name: str, takes: Mapping[str, Floats], parent: QObject | None = None) -> None:
        """From takes (S,) at `RATE`, by their names."""
        super().__init__(parent)
        self._name, self._takes = name, dict(takes)

    def _follow(self) -> None:
        session = Session.open(assets.LIVE_SPEECH)
        keyword = learn(self._name, self._takes, {}, session)
        tried = list(self._takes) if len(self._takes) > FEWEST else []
        found = sum(self._is_found(title, session) for title in tried)
        self.learned.emit(Lesson(keyword, found, len(tried)))

    def _is_found(self, title: str, session: Session) -> bool:
        """Whether a take is heard by what all others teach."""
        others = {other: take for other, take in self._takes.items() if other != title}
        try:
            keyword = learn(self._name, others, {}, session)
        except LegatoError:
            return False
        silence = np.zeros(round(_SILENCE * RATE), np.float32)
        spotter = PhraseSpotter(PhraseEars(session, [keyword]))
        events = [*spotter.feed(np.concatenate((silence, self._takes[title], silence))), *spotter.flush()]
        return bool(events)
