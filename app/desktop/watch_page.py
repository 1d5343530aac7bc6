"""The page that watches: the picture with the hands, their scores, and the gestures that were reported."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import Choice, SightChoice
from legato.app.desktop.event_list import GestureList
from legato.app.desktop.event_tools import EventTools
from legato.app.desktop.page import heading
from legato.app.desktop.source_page import SourcePage
from legato.app.desktop.status import WatchStatus
from legato.app.desktop.watch_panel import WatchPanel
from legato.app.desktop.watcher import Glimpse, Started, Watcher
from legato.app.desktop.words import WATCH
from legato.app.engine.events import GestureEvent
from legato.app.engine.session import Session
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.sight import SightSource
from legato.app.vision.tracker import HandModels

NO_MODEL = "No gesture model comes with this version: choose a model file"


class WatchPage(SourcePage):
    """Watches one source at a time, and shows it."""

    opened = pyqtSignal(Started)
    """A source and a model are open"""
    glimpsed = pyqtSignal(Glimpse)
    """What happened inside the model at the next frame"""
    opaque = pyqtSignal(str)
    """The model cannot be looked into: one line"""

    def __init__(self, model: Path | None = None) -> None:
        """A page for the model in a file, by default one's own or the shipped one; it is stopped."""
        self.figures = WatchStatus()
        super().__init__(WATCH, self.figures)
        self._chosen_model = model
        self._opened = False
        """Whether what is followed has told what it is"""
        self._looking = False
        self._build()
        self._show_model()
        self._clear()

    @property
    def model(self) -> Path:
        """The file of the model, whether it is there or not."""
        return self._chosen_model or assets.gesture_model()  # asked anew: gestures may have been taught meanwhile

    def ready(self) -> bool:
        """Whether there are a model and a demo."""
        return self.model.is_file() and self._demo() is not None

    def begin(self) -> None:
        """As any page; without a model, say that one is to be chosen."""
        if self._lacks_model():
            self._begun = True
            self._offer(self._devices(anew=False))
            self.notice.tell(NO_MODEL, problem=True)
        else:
            super().begin()

    def start(self, choice: Choice) -> None:
        """As any page; without a model, say that one is to be chosen."""
        if self._lacks_model():
            self.control.choose(choice)
            self.notice.tell(NO_MODEL, problem=True)
            self.failed.emit(NO_MODEL)
        else:
            super().start(choice)

    def stop(self) -> None:
        """Stop; what a camera saw last is not left on the screen."""
        watching = self._worker is not None
        super().stop()
        if watching:
            self._clear()

    def use_model(self, path: Path) -> None:
        """Watch with another model: what was watched so far, or what there is."""
        self._chosen_model = path
        self._show_model()
        self.notice.hide()
        choice = self.control.choice()
        if choice is None or not self._begun:
            self.begin()
        else:
            self.start(choice)

    def prefer_model(self, path: Path) -> None:
        """Watch with another model, now if something is watched and else when it will be."""
        self._chosen_model = path
        self._show_model()
        self._restart()

    def ask_for_model(self) -> None:
        """Let the user choose a model file."""
        dialog = QFileDialog(self, "Choose a gesture model", filter="Models (*.onnx)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.use_model(Path(path)))
        dialog.open()

    def look_inside(self, looking: bool) -> None:
        """Have what happens inside the model told as well, or no more."""
        self._looking = looking
        if isinstance(self._worker, Watcher):
            self._worker.look_inside(looking)

    def paint_newest(self) -> None:
        """Show the newest frame, if there is one since the last time."""
        watcher = self._worker
        seen = watcher.take() if isinstance(watcher, Watcher) and self._opened else None
        if seen is None:
            return
        self.panel.refresh(seen)
        self.figures.show_seen(seen)
        self.progressed.emit(seen.position)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 — Qt's name
        """The list beside the picture, or below it where the page is narrow."""
        narrow = self.width() < 1.1 * self.height()
        self._columns.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        super().resizeEvent(event)

    def _build(self) -> None:
        self.panel = WatchPanel()
        self.gestures = GestureList()
        self.events = self.gestures
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(heading("Seen"))
        right.addWidget(self.events, 1)
        tools = EventTools(self.events, sound=False)
        tools.told.connect(self.notice.tell)
        right.addWidget(tools)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(14)
        self._columns.addWidget(self.panel, 5)
        self._columns.addLayout(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 0)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(self.control)
        layout.addLayout(self._build_options())
        layout.addLayout(self._columns, 1)
        layout.addWidget(self.status)

    def _build_options(self) -> QHBoxLayout:
        self._model_name = QLabel()
        self._model_name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        choose = QPushButton("Choose a &model…")
        choose.setAccessibleName("Choose a model file")
        choose.clicked.connect(self.ask_for_model)
        self.mirrored = QCheckBox("M&irrored already")
        self.mirrored.setToolTip("The source itself is a mirror image, as some cameras make them")
        self.mirrored.setAccessibleName("The source is a mirror image already")
        self.mirrored.toggled.connect(self._restart)
        row = QHBoxLayout()
        row.addWidget(QLabel("Model"))
        row.addWidget(self._model_name, 1)
        row.addWidget(self.mirrored)
        row.addWidget(choose)
        return row

    def _restart(self) -> None:
        choice = self.control.choice()
        if self._worker is not None and choice is not None:
            self.start(choice)

    def _make_worker(self, choice: Choice) -> Watcher:
        model, source, mirrored = self.model, cast("SightChoice", choice), self.mirrored.isChecked()

        def open_both() -> tuple[GestureSpotter, SightSource]:
            spotter = GestureSpotter(Session.open(model))
            return spotter, source.open(HandModels.shipped(), mirrored=mirrored)

        self._opened = False
        self._show_model()
        watcher = Watcher(open_both, self)
        watcher.opened.connect(self._take_opened)
        watcher.reported.connect(self._take_event)
        watcher.glimpsed.connect(self._take_glimpse)
        watcher.opaque.connect(self.opaque)
        watcher.look_inside(self._looking)
        return watcher

    def _devices(self, *, anew: bool) -> Sequence[Choice]:
        del anew  # the list of cameras is always asked anew
        return choices.cameras()

    def _demo(self) -> Choice | None:
        return choices.gesture_demo()

    def _choice_of(self, path: Path) -> Choice:
        return choices.film(path)

    def _lacks_model(self) -> bool:
        return self._chosen_model is None and not self.model.is_file()

    def _show_model(self) -> None:
        self._model_name.setText("none" if self._lacks_model() else self.model.name)
        self._model_name.setToolTip(str(self.model))

    def _clear(self) -> None:
        self.panel.clear("No picture")

    def _take_opened(self, started: Started) -> None:
        if self.sender() is not self._worker:
            return  # of a source that was stopped since
        self._opened = True
        self.labels = started.contract.labels
        self.panel.reset(started.contract)
        self.figures.show_started(started)
        self.status.show_state("Watching")
        self.opened.emit(started)

    def _take_glimpse(self, glimpse: Glimpse) -> None:
        if self.sender() is self._worker:
            self.glimpsed.emit(glimpse)

    def _take_event(self, event: GestureEvent) -> None:
        if self.sender() is self._worker:
            self.gestures.add(event)
            self.reported.emit(event)
            self.panel.add(event)
