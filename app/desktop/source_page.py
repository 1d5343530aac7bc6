"""A page of the window: follows one source at a time, and lets go of its device while another page is in sight."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog

from legato.app.desktop.choices import Choice
from legato.app.desktop.event_list import EventList
from legato.app.desktop.page import Page, sentence
from legato.app.desktop.source_control import SourceControl
from legato.app.desktop.status import StatusLine
from legato.app.desktop.words import Words
from legato.app.desktop.worker import Worker
from legato.app.engine.errors import DeviceError


class SourcePage(Page):
    """What listening and watching have in common."""

    progressed = pyqtSignal(float)
    """Seconds of the source that are shown"""
    begun = pyqtSignal()
    """A source is followed from now on"""
    ended = pyqtSignal()
    """Nothing is followed any more"""
    failed = pyqtSignal(str)
    """A source or model could not be used: one line"""
    reported = pyqtSignal(object)
    """A `KeywordEvent` or `GestureEvent`"""
    labels: tuple[str, ...] = ()
    """What can be reported, as far as that is known"""

    events: EventList

    def __init__(self, words: Words, status: StatusLine) -> None:
        """A page that is stopped."""
        super().__init__(words.tab)
        self.words = words
        self.status = status
        self._worker: Worker | None = None
        self._begun = False
        self.preferred = ""
        """The title of the device to begin with, where it is there"""
        self._left: Choice | None = None
        """What goes on when the page is in sight again"""
        self._fall_back = False
        """Whether a source that cannot be opened gives way to the demo"""
        self.control = SourceControl(words)
        self.control.start.connect(self._start_chosen)
        self.control.stop.connect(self.stop)
        self.control.ask.connect(self.ask_for_file)
        self.status.show_state(f"Not {words.running.lower()}")

    def begin(self) -> None:
        """Look for devices and follow the first; without any, play the demo and say so."""
        self._begun = True
        try:
            found = self._devices(anew=False)
            reason = f"No {self.words.device} found"
        except DeviceError as error:
            found = []
            reason = sentence(str(error))
        self._offer(found)
        if found:
            self._fall_back = True
            self.start(next((one for one in found if one.title == self.preferred), found[0]))
        else:
            self._play_instead(reason)

    def start(self, choice: Choice) -> None:
        """Follow `choice` from now on."""
        self.stop()
        self._begun = True
        self.control.choose(choice)
        self.control.show_running(running=True)
        self.status.show_state("Opening")
        self._worker = self._make_worker(choice)
        self._worker.failed.connect(self._take_failure)
        self._worker.finished.connect(self._take_end)
        self._worker.finished.connect(self._worker.deleteLater)
        self._worker.start()
        self.begun.emit()

    def stop(self) -> None:
        """Stop, and wait until that is done."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
            self._show_end("Stopped")

    @property
    def running(self) -> bool:
        """Whether a source is followed."""
        return self._worker is not None

    def leave(self) -> None:
        """Another page is in sight: stop, and remember with what to go on."""
        self._left = self.control.choice() if self._worker is not None else None
        self.stop()

    def come_back(self) -> None:
        """In sight, for the first time or again."""
        choice, self._left = self._left, None
        if not self._begun:
            self.begin()
        elif choice is not None:
            self.start(choice)

    def shut(self) -> None:
        """Stop for good."""
        self.stop()
        for worker in self.findChildren(Worker):  # one that failed may not be quite through
            worker.stop()

    def play_demo(self) -> None:
        """Play what is in the box; says so where there is nothing."""
        self._fall_back = False
        demo = self._demo()
        if demo is not None:
            self.start(demo)
        else:
            self.notice.tell(self._nothing_in_the_box(), problem=True)

    def look_again(self) -> None:
        """Ask anew which devices there are."""
        self.stop()
        try:
            found = self._devices(anew=True)
        except DeviceError as error:
            self.notice.tell(sentence(str(error)), problem=True)
            return
        self._offer(found)
        named = [choice for choice in found if not choice.title.startswith("Default")]
        self.notice.tell(f"{self.words.device.capitalize()}s found: {len(named)}")

    def ask_for_file(self) -> None:
        """Let the user choose what to follow."""
        dialog = QFileDialog(self, self.words.open)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._start_asked(self._choice_of(Path(path))))
        dialog.open()

    def clear(self) -> None:
        """Empty the list of what came."""
        self.events.forget()

    def _make_worker(self, choice: Choice) -> Worker:
        raise NotImplementedError

    def _devices(self, *, anew: bool) -> Sequence[Choice]:
        """What there is; DeviceError where that cannot be told."""
        raise NotImplementedError

    def _demo(self) -> Choice | None:
        raise NotImplementedError

    def _choice_of(self, path: Path) -> Choice:
        raise NotImplementedError

    def _offer(self, devices: Sequence[Choice]) -> None:
        demo = self._demo()
        self.control.offer([*devices, *([demo] if demo else [])])

    def _start_chosen(self) -> None:
        self._fall_back = False
        self.notice.hide()
        choice = self.control.choice()
        if choice is not None:
            self.start(choice)
        else:
            self.ask_for_file()

    def _start_asked(self, choice: Choice) -> None:
        self._fall_back = False
        self.notice.hide()
        self.start(choice)

    def _play_instead(self, reason: str) -> None:
        """Play the demo, for a reason; where there is none either, say so."""
        self._fall_back = False
        demo = self._demo()
        if demo is not None:
            self.notice.tell(f"{reason}: playing {self.words.box}")
            self.start(demo)
        else:
            self.notice.tell(f"{reason}. {self._nothing_in_the_box()}", problem=True)
            self._show_end(f"Not {self.words.running.lower()}")

    def _nothing_in_the_box(self) -> str:
        return f"This version comes without {self.words.box}: {self.words.open.lower()}"

    def _take_failure(self, line: str) -> None:
        if self.sender() is not self._worker:
            return  # of a source that was stopped since
        self._worker = None
        self.failed.emit(line)
        if self._fall_back:
            self._play_instead(sentence(line))
        else:
            self.notice.tell(sentence(line), problem=True)
            self._show_end(f"Not {self.words.running.lower()}")

    def _take_end(self) -> None:
        if self.sender() is self._worker:
            self.paint_newest()
            self._worker = None
            self._show_end(self.words.ended)

    def _show_end(self, state: str) -> None:
        self.control.show_running(running=False)
        self.status.show_state(state)
        self.ended.emit()
