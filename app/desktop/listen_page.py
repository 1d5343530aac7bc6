"""The page that listens: what is heard now, what the model makes of it, and what was reported."""

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import Audible, Choice
from legato.app.desktop.event_list import KeywordList
from legato.app.desktop.event_tools import EventTools
from legato.app.desktop.last_minute import LastMinute
from legato.app.desktop.listener import Heard, Listener, Opened, Wanted
from legato.app.desktop.meter import LevelMeter
from legato.app.desktop.page import heading, sentence
from legato.app.desktop.phrase_field import PhraseField
from legato.app.desktop.prompt import Prompt
from legato.app.desktop.sound_player import SoundPlayer
from legato.app.desktop.source_page import SourcePage
from legato.app.desktop.spectrogram import Spectrogram
from legato.app.desktop.status import ListenStatus
from legato.app.desktop.stricter import Stricter
from legato.app.desktop.traces import ScoreTraces
from legato.app.desktop.words import LISTEN
from legato.app.engine.events import KeywordEvent
from legato.app.engine.spotter import Floats
from legato.app.phrases import trained

_AROUND = 0.3
"""Seconds before and after an event that are played with it"""


class ListenPage(SourcePage):
    """Listens to one source at a time, and shows it."""

    opened = pyqtSignal(Opened)
    """A source and a model are open"""
    told = pyqtSignal(Heard)
    """The next block"""
    opaque = pyqtSignal(str)
    """The model cannot be looked into: one line"""

    def __init__(self, model: Path | None = None) -> None:
        """A page for the model in a file, by default the shipped one; it is stopped."""
        self.figures = ListenStatus()
        super().__init__(LISTEN, self.figures)
        self._model = model or assets.KEYWORDS
        self._rate = 16000
        self._minute = LastMinute(self._rate)
        self._looking = False
        self._recent: deque[KeywordEvent] = deque(maxlen=500)
        """Events of this stream, whose times are those of its sound"""
        self._newest: Heard | None = None
        """What came last and isn't painted yet"""
        self._build()

    def shut(self) -> None:
        """As any page; nothing of what was heard is left."""
        super().shut()
        self.player.shut()

    def use_model(self, path: Path) -> None:
        """Listen with another model from now on."""
        self._model = path
        self._restart()

    def look_inside(self, looking: bool) -> None:
        """Have what happens inside the model told as well, or no more."""
        self._looking = looking
        if isinstance(self._worker, Listener):
            self._worker.look_inside(looking)

    def paint_newest(self) -> None:
        """Show what was heard since the last time."""
        heard, self._newest = self._newest, None
        if heard is None:
            return
        self.meter.refresh()
        self.spectrogram.refresh(heard.position)
        self.traces.refresh(heard.position)
        self.prompt.refresh(heard.position)
        self.figures.show_heard(heard)
        self.progressed.emit(heard.position)

    def _build(self) -> None:
        self.meter = LevelMeter()
        self.spectrogram = Spectrogram()
        self.traces = ScoreTraces()
        self.prompt = Prompt()
        self.phrases = PhraseField()
        self.phrases.changed.connect(self._restart)
        self.phrases.refused.connect(lambda line: self.notice.tell(sentence(line), problem=True))
        self.phrases.setVisible(assets.LIVE_SPEECH.is_file())
        self.keywords = KeywordList()
        self.events = self.keywords
        level = QHBoxLayout()
        level.addWidget(QLabel("Level (dBFS)"), 0, Qt.AlignmentFlag.AlignTop)
        level.addWidget(self.meter, 1)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(heading("Sound"))
        left.addWidget(self.spectrogram, 3)
        left.addWidget(heading("Scores, each from 0 to 1 (dashed: threshold, ▼: reported, ✖: vetoed)"))
        left.addWidget(self.traces, 4)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(heading("Heard"))
        right.addWidget(self.prompt)
        right.addWidget(self.events, 1)
        right.addWidget(self._tools())
        columns = QHBoxLayout()
        columns.setSpacing(14)
        columns.addLayout(left, 5)
        columns.addLayout(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 0)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(self.control)
        layout.addWidget(self.phrases)
        layout.addLayout(level)
        layout.addLayout(columns, 1)
        layout.addWidget(self.status)

    def _tools(self) -> EventTools:
        tools = EventTools(self.events, sound=True)
        tools.told.connect(self.notice.tell)
        tools.replay.connect(self._replay)
        tools.wrong.connect(self._be_stricter)
        self.player = SoundPlayer(self)
        self.player.told.connect(lambda line: self.notice.tell(line, problem=True))
        return tools

    def _sound_of(self, event: KeywordEvent) -> Floats | None:
        """The sound around an event of the last minute; where it is older, that is told."""
        sound = self._minute.cut(event.start - _AROUND, event.emitted + _AROUND)
        if len(sound) and any(event is one for one in self._recent):
            return sound
        self.notice.tell("That sound is gone: only the last minute is kept, in memory.")
        return None

    def _replay(self, event: KeywordEvent) -> None:
        sound = self._sound_of(event)
        if sound is not None:
            self.player.play(sound, self._minute.rate)

    def _be_stricter(self, event: KeywordEvent) -> None:
        """An event was wrong: its keyword is not to be heard in that sound any more."""
        sound = self._sound_of(event)
        if sound is not None:
            network = None if event.label in self.phrases.known else trained.find(event.label)
            worker = Stricter(event.label, sound, network or self._model, self)
            worker.done.connect(self._apply)
            worker.failed.connect(lambda line: self.notice.tell(sentence(line), problem=True))
            worker.finished.connect(worker.deleteLater)
            worker.start()

    def _apply(self, keyword: str, threshold: float) -> None:
        self._restart()
        self.notice.tell(f"“{keyword}” is reported from a score of {threshold:.2f} from now on.")

    def _make_worker(self, choice: Choice) -> Listener:
        wanted = Wanted(self._model, self.phrases.phrases, self.phrases.again)
        listener = Listener(wanted, cast("Audible", choice).open, self)
        listener.opened.connect(self._take_opened)
        listener.heard.connect(self._take_heard)
        listener.opaque.connect(self.opaque)
        listener.look_inside(self._looking)
        return listener

    def _restart(self) -> None:
        """Listen for other phrases, or otherwise."""
        self.notice.hide()
        choice = self.control.choice()
        if self._worker is not None and choice is not None:
            self.start(choice)

    def _devices(self, *, anew: bool) -> Sequence[Choice]:
        return choices.microphones(anew=anew)

    def _demo(self) -> Choice | None:
        return choices.demo()

    def _choice_of(self, path: Path) -> Choice:
        return choices.recording(path)

    def _take_opened(self, opened: Opened) -> None:
        if self.sender() is not self._worker:
            return  # of a source that was stopped since
        model, *_ = opened.contracts
        self._rate = model.sample_rate
        self._minute = LastMinute(self._rate)
        self._recent.clear()
        self.meter.reset()
        self.spectrogram.reset(self._rate)
        self.phrases.known = model.labels
        self.opened.emit(opened)
        self.labels = tuple(label for contract in opened.contracts for label in contract.labels)
        self.traces.reset(*opened.contracts)
        self.prompt.reset(model)
        self.figures.show_opened(opened)
        self.status.show_state("Listening")

    def _take_heard(self, heard: Heard) -> None:
        if self.sender() is not self._worker:
            return
        self.meter.add(heard.samples, self._rate)
        self._minute.add(heard.samples, heard.position)
        self.spectrogram.add(heard.samples)
        for track, told in enumerate(heard.told):
            self.traces.add(told.scores, told.events, told.vetoed, track)
        self.prompt.add(heard.told[0].events)
        events = [event for told in heard.told for event in told.events]
        for event in sorted(events, key=lambda event: event.emitted):
            self.keywords.add(event)
            self._recent.append(event)
            self.reported.emit(event)
        self._newest = heard
        self.told.emit(heard)
