"""The thread that listens: opens the model and the source, and sends what it hears as frozen values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from legato.app import assets
from legato.app.desktop.worker import Worker
from legato.app.devices.source import AudioSource
from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError
from legato.app.engine.events import KeywordEvent
from legato.app.engine.own_thresholds import own_thresholds
from legato.app.engine.session import Session
from legato.app.engine.spotter import Spotter
from legato.app.phrases import learned
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.spotter import PhraseSpotter

Open = Callable[[int], AudioSource]
"""Opens a source at a rate in hertz"""


@dataclass(frozen=True)
class Opened:
    """What is listened to, and with what."""

    source: str
    native_rate: int
    """Hertz of the source itself"""
    provider: str
    """What the model really runs on"""
    contract: Contract


@dataclass(frozen=True)
class Heard:
    """One block of sound and what the model made of it."""

    samples: NDArray[np.float32]
    """(S,) mono, at the model's rate"""
    scores: NDArray[np.float32]
    """(T, C) of the frames that this block completed"""
    position: float
    """Seconds of sound so far"""
    events: tuple[KeywordEvent, ...]
    """Of the words that the model knows"""
    phrases: tuple[KeywordEvent, ...]
    """Of phrases beside them"""
    load: float
    """Seconds of work a second of sound, lately"""
    overruns: int
    """Blocks of which something was lost so far"""
    repaired: int
    """Samples that were no sound so far"""


class Listener(Worker):
    """Listens to one source."""

    opened = pyqtSignal(Opened)
    heard = pyqtSignal(Heard)

    def __init__(
        self, model: Path, open_source: Open, phrases: Sequence[str] = (), parent: QObject | None = None
    ) -> None:
        """Listen with `model`, and for `phrases`, to what `open_source` opens; all are opened on the thread itself."""
        super().__init__(parent)
        self._model = model
        self._open_source = open_source
        self._phrases = tuple(phrases)
        self._load = 0.0

    def _follow(self) -> None:
        session = Session.open(self._model)
        spotter = Spotter(session, threshold=own_thresholds(session.contract))
        beside = self._beside(session.contract.sample_rate) if self._phrases else None
        with self._open_source(session.contract.sample_rate) as source:
            if self._hold(source):
                self.opened.emit(Opened(source.name, source.native_rate, session.provider, session.contract))
                self._listen(spotter, beside, source)

    def _beside(self, rate: int) -> PhraseSpotter:
        """What listens for phrases; ModelError where the model for words wants sound at another rate."""
        sought = [learned.find(phrase) or phrase for phrase in self._phrases]
        spotter = PhraseSpotter(PhraseEars(Session.open(assets.LIVE_SPEECH), sought))
        if spotter.model.contract.sample_rate != rate:
            raise ModelError(f"{self._model}: wants sound at {rate} Hz, which phrases cannot be found in: name none")
        return spotter

    def _listen(self, spotter: Spotter, beside: PhraseSpotter | None, source: AudioSource) -> None:
        for block in source.blocks():
            begin = perf_counter()
            events, phrases = spotter.feed(block), beside.feed(block) if beside else []
            self._weigh(perf_counter() - begin, len(block) / spotter.model.contract.sample_rate)
            self._send(spotter, source, block, events, phrases)
        if not self._stopping.is_set():
            rest = np.zeros(0, np.float32)
            self._send(spotter, source, rest, spotter.flush(), beside.flush() if beside else [])

    def _send(
        self,
        spotter: Spotter,
        source: AudioSource,
        block: NDArray[np.float32],
        events: Sequence[KeywordEvent],
        phrases: Sequence[KeywordEvent],
    ) -> None:
        scores = spotter.last_scores if len(block) else spotter.last_scores[:0]  # those of the end are of no sound
        position, repaired = spotter.position, spotter.repaired
        told = tuple(events), tuple(phrases)
        self.heard.emit(Heard(block, scores, position, *told, self._load, source.overruns, repaired))

    def _weigh(self, work: float, sound: float) -> None:
        """Let `work` seconds for `sound` seconds count in a mean over about the last second."""
        share = min(1.0, sound)
        self._load += share * (work / sound - self._load)
