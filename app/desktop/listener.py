"""The thread that listens: opens the model and the source, and sends what it hears as frozen values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from legato.app import assets
from legato.app.desktop.looking_inside import LookingInside
from legato.app.desktop.sessions import shared
from legato.app.desktop.worker import Worker
from legato.app.devices.source import AudioSource
from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError
from legato.app.engine.events import KeywordEvent
from legato.app.engine.own_thresholds import own_thresholds
from legato.app.engine.session import Session
from legato.app.engine.spotter import Spotter
from legato.app.inside.gates import Inside
from legato.app.phrases import learned, trained
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.learned import Learned
from legato.app.phrases.second_look import SecondLook
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
    contracts: tuple[Contract, ...]
    """Of what listens: for the words that the model knows, and for phrases beside them where there are any"""


@dataclass(frozen=True)
class Told:
    """What one of those that listen makes of a block of sound."""

    scores: NDArray[np.float32]
    """(T, C) of the frames that this block completed"""
    events: tuple[KeywordEvent, ...]
    vetoed: tuple[KeywordEvent, ...]
    """What would be events, but for the second look"""


@dataclass(frozen=True)
class Heard:
    """One block of sound and what was made of it."""

    samples: NDArray[np.float32]
    """(S,) mono, at the model's rate"""
    position: float
    """Seconds of sound so far"""
    told: tuple[Told, ...]
    """By each of those that listen"""
    load: float
    """Seconds of work a second of sound, lately"""
    overruns: int
    """Blocks of which something was lost so far"""
    repaired: int
    """Samples that were no sound so far"""
    inside: tuple[tuple[Inside, ...], ...] = ()
    """What each layer of the model for words did in each step of this block, while that is looked at"""
    difference: float = 0.0
    """Largest, so far, between the states that were computed for the eye and those that the model went on with"""


@dataclass(frozen=True)
class Wanted:
    """What is listened for."""

    model: Path
    """Of words"""
    phrases: tuple[str, ...] = ()
    """Typed, learned or trained, beside them; words of the model among these are always listened for"""
    again: bool = False
    """Whether whatever is spotted is heard again, by a network that reads both ways, before it is reported"""


class Listener(Worker):
    """Listens to one source."""

    opened = pyqtSignal(Opened)
    heard = pyqtSignal(Heard)
    opaque = pyqtSignal(str)
    """The model cannot be looked into: one line; it goes on listening"""

    def __init__(self, wanted: Wanted, open_source: Open, parent: QObject | None = None) -> None:
        """Listen for what is `wanted` to what `open_source` opens; all is opened on the thread itself."""
        super().__init__(parent)
        self._wanted = wanted
        self._open_source = open_source
        self._load = 0.0
        self._inside = LookingInside(self.opaque.emit)

    def look_inside(self, looking: bool) -> None:
        """Tell what happens inside the model for words as well, or no more. From any thread."""
        self._inside.want(looking)

    def _follow(self) -> None:
        session = shared(self._wanted.model)
        found = [learned.find(phrase) or phrase for phrase in self._wanted.phrases]
        known = [phrase for phrase in found if phrase in session.contract.labels and isinstance(phrase, str)]
        others = [phrase for phrase in found if phrase not in known]
        networks = {phrase: path for phrase in others if isinstance(phrase, str) and (path := trained.find(phrase))}
        second = self._second(session, others) if self._wanted.again else None
        spotters = [Spotter(session, None, own_thresholds(session.contract), second, also=known)]
        own = map(shared, dict.fromkeys(networks.values()))
        spotters += [Spotter(each, None, own_thresholds(each.contract), second) for each in own]
        if sought := [phrase for phrase in others if phrase not in networks]:
            spotters.append(PhraseSpotter(PhraseEars(shared(assets.LIVE_SPEECH), sought), second=second))
        if len({spotter.model.contract.sample_rate for spotter in spotters}) > 1:
            rate = session.contract.sample_rate
            raise ModelError(f"{session.path}: wants sound at {rate} Hz, which phrases cannot be found in: name none")
        contracts = tuple(spotter.model.contract for spotter in spotters)
        with self._open_source(session.contract.sample_rate) as source:
            if self._hold(source):
                self.opened.emit(Opened(source.name, source.native_rate, session.provider, contracts))
                self._listen(spotters, source)

    def _second(self, session: Session, others: Sequence[str | Learned]) -> SecondLook:
        """A second look at all that can be spelled: what was learned from recordings has no letters of its own."""
        typed = [phrase for phrase in others if isinstance(phrase, str)]
        return SecondLook(shared(assets.SPEECH), (*session.contract.labels, *typed))

    def _listen(self, spotters: Sequence[Spotter], source: AudioSource) -> None:
        for block in source.blocks():
            self._inside.attend(spotters[0], self._wanted.model)
            begin = perf_counter()
            told = tuple(_told(spotter, spotter.feed(block), spotter.last_scores) for spotter in spotters)
            self._weigh(perf_counter() - begin, len(block) / spotters[0].model.contract.sample_rate)
            self._send(spotters[0], source, block, told)
        if not self._stopping.is_set():  # the scores of the end are of no sound
            told = tuple(_told(spotter, spotter.flush(), spotter.last_scores[:0]) for spotter in spotters)
            self._send(spotters[0], source, np.zeros(0, np.float32), told)

    def _send(self, spotter: Spotter, source: AudioSource, block: NDArray[np.float32], told: tuple[Told, ...]) -> None:
        counts = source.overruns, spotter.repaired
        self.heard.emit(Heard(block, spotter.position, told, self._load, *counts, *self._inside.taken()))

    def _weigh(self, work: float, sound: float) -> None:
        """Let `work` seconds for `sound` seconds count in a mean over about the last second."""
        share = min(1.0, sound)
        self._load += share * (work / sound - self._load)


def _told(spotter: Spotter, events: Sequence[KeywordEvent], scores: NDArray[np.float32]) -> Told:
    return Told(scores, tuple(events), tuple(spotter.vetoed))
