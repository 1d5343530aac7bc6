"""The main window: what is heard now, what the model makes of it, and what was reported."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import Choice
from legato.app.desktop.event_list import EventList
from legato.app.desktop.meter import LevelMeter
from legato.app.desktop.notice import Notice
from legato.app.desktop.prompt import Prompt
from legato.app.desktop.source_control import SourceControl
from legato.app.desktop.spectrogram import Spectrogram
from legato.app.desktop.status import StatusLine
from legato.app.desktop.traces import ScoreTraces
from legato.app.desktop.worker import Heard, Listener, Opened
from legato.app.engine.errors import DeviceError

_FRAME = 16
"""Milliseconds between two looks at whether anything is to be painted"""


class Window(QMainWindow):
    """Listens to one source at a time, and shows it."""

    progressed = pyqtSignal(float)
    """Seconds of sound that are shown"""
    ended = pyqtSignal()
    """Nothing is listened to any more"""
    failed = pyqtSignal(str)
    """A source or model could not be used: one line"""

    def __init__(self, model: Path | None = None) -> None:
        """A window for the model in a file, by default the shipped one; it is stopped."""
        super().__init__()
        self._model = model or assets.KEYWORDS
        self._listener: Listener | None = None
        self._rate = 16000
        self._newest: Heard | None = None
        """What came last and isn't painted yet"""
        self._fall_back = False
        """Whether a source that cannot be opened gives way to the demo"""
        self.setWindowTitle("legato")
        self.resize(1100, 720)
        self._build()
        self._build_menu()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.timeout.connect(self._paint)
        self._timer.start()

    def begin(self) -> None:
        """Look for microphones and listen to the default one; without any, play the demo and say so."""
        try:
            found = choices.microphones()
            reason = "No microphone found"
        except DeviceError as error:
            found = []
            reason = _sentence(str(error))
        self.control.offer([*found, choices.demo()])
        if found:
            self._fall_back = True
            self.listen_to(found[0])
        else:
            self._play_demo(reason)

    def listen_to(self, choice: Choice) -> None:
        """Listen to `choice` from now on."""
        self.stop()
        self.control.choose(choice)
        self.control.show_running(running=True)
        self.status.show_state("Opening")
        self._listener = Listener(self._model, choice.open, self)
        self._listener.opened.connect(self._take_opened)
        self._listener.heard.connect(self._take_heard)
        self._listener.failed.connect(self._take_failure)
        self._listener.finished.connect(self._take_end)
        self._listener.finished.connect(self._listener.deleteLater)
        self._listener.start()

    def stop(self) -> None:
        """Stop listening, and wait until that is done."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
            self._show_end("Stopped")

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 — Qt's name
        """Stop the device, then the thread, then close."""
        self._timer.stop()
        self.stop()
        for listener in self.findChildren(Listener):  # one that failed may not be quite through
            listener.stop()
        super().closeEvent(event)

    def _build(self) -> None:
        self.control = SourceControl()
        self.control.start.connect(self._start_chosen)
        self.control.stop.connect(self.stop)
        self.notice = Notice()
        self.meter = LevelMeter()
        self.spectrogram = Spectrogram()
        self.traces = ScoreTraces()
        self.prompt = Prompt()
        self.events = EventList()
        self.status = StatusLine()
        self.setStatusBar(self.status)

        level = QHBoxLayout()
        level.addWidget(QLabel("Level (dBFS)"), 0, Qt.AlignmentFlag.AlignTop)
        level.addWidget(self.meter, 1)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(_title("Sound"))
        left.addWidget(self.spectrogram, 3)
        left.addWidget(_title("Scores, each from 0 to 1 (dashed: threshold, ▼: reported)"))
        left.addWidget(self.traces, 4)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(_title("Heard"))
        right.addWidget(self.prompt)
        right.addWidget(self.events, 1)
        columns = QHBoxLayout()
        columns.setSpacing(14)
        columns.addLayout(left, 5)
        columns.addLayout(right, 3)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(self.control)
        layout.addLayout(level)
        layout.addLayout(columns, 1)
        self.setCentralWidget(body)

    def _build_menu(self) -> None:
        bar = self.menuBar()
        menu = bar.addMenu("&File") if bar is not None else None
        if menu is None:
            return
        entries: list[tuple[str, str | QKeySequence.StandardKey, Callable[[], object]] | None] = [
            ("&Open a recording…", QKeySequence.StandardKey.Open, self._ask_for_recording),
            ("Play the recording in the &box", "Ctrl+B", lambda: self.listen_to(choices.demo())),
            ("Look for &microphones again", "F5", self._look_again),
            None,
            ("&Clear the list", "Ctrl+L", lambda: self.events.setRowCount(0)),
            None,
            ("&Quit", "Ctrl+Q", self.close),
        ]
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            text, keys, work = entry
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked, work=work: work())
            menu.addAction(action)

    def _start_chosen(self) -> None:
        choice = self.control.choice()
        if choice is not None:
            self._fall_back = False
            self.notice.hide()
            self.listen_to(choice)

    def _play_demo(self, reason: str) -> None:
        self._fall_back = False
        self.notice.tell(f"{reason}: playing the recording in the box")
        self.listen_to(choices.demo())

    def _ask_for_recording(self) -> None:
        dialog = QFileDialog(self, "Open a recording")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.listen_to(choices.recording(Path(path))))
        dialog.open()

    def _look_again(self) -> None:
        self.stop()
        try:
            found = choices.microphones(anew=True)
        except DeviceError as error:
            self.notice.tell(_sentence(str(error)), problem=True)
            return
        self.control.offer([*found, choices.demo()])
        self.notice.tell(f"Microphones found: {max(0, len(found) - 1)}")

    def _take_opened(self, opened: Opened) -> None:
        if self.sender() is not self._listener:
            return  # of a source that was stopped since
        self._rate = opened.contract.sample_rate
        self.meter.reset()
        self.spectrogram.reset(self._rate)
        self.traces.reset(opened.contract)
        self.prompt.reset(opened.contract)
        self.status.show_opened(opened)
        self.status.show_state("Listening")

    def _take_heard(self, heard: Heard) -> None:
        if self.sender() is not self._listener:
            return
        self.meter.add(heard.samples, self._rate)
        self.spectrogram.add(heard.samples)
        self.traces.add(heard.scores, heard.events)
        self.prompt.add(heard.events)
        for event in heard.events:
            self.events.add(event)
        self._newest = heard

    def _take_failure(self, line: str) -> None:
        if self.sender() is not self._listener:
            return
        self._listener = None
        self.failed.emit(line)
        if self._fall_back:
            self._play_demo(_sentence(line))
        else:
            self.notice.tell(_sentence(line), problem=True)
            self._show_end("Not listening")

    def _take_end(self) -> None:
        if self.sender() is self._listener:
            self._paint()
            self._listener = None
            self._show_end("The recording has ended")

    def _show_end(self, state: str) -> None:
        self.control.show_running(running=False)
        self.status.show_state(state)
        self.ended.emit()

    def _paint(self) -> None:
        heard, self._newest = self._newest, None
        if heard is None:
            return
        self.meter.refresh()
        self.spectrogram.refresh(heard.position)
        self.traces.refresh(heard.position)
        self.prompt.refresh(heard.position)
        self.status.show_heard(heard)
        self.progressed.emit(heard.position)


def _title(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _sentence(line: str) -> str:
    """An error's line with a capital in front."""
    return line[:1].upper() + line[1:]
