"""The page that looks inside the cell: what gates and states do of the model that listens or watches, by frames."""

from functools import partial
from typing import Literal

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout

from legato.app.desktop.cell_maps import CellMaps
from legato.app.desktop.heat_map import HeatMap
from legato.app.desktop.listener import Heard, Opened
from legato.app.desktop.page import Page
from legato.app.desktop.spectrogram import Spectrogram
from legato.app.desktop.watcher import Glimpse, Started
from legato.app.inside.gates import Inside

Subject = Literal["sound", "hands"]
"""What a model that can be looked into is given"""
_TITLES: dict[str, Subject] = {"What is heard": "sound", "What is seen": "hands"}
_NOTHING = "Nothing is listened to or watched: start the Listen or the Watch page, and come back."
_POINT = "Point at a map: each row is a unit, each column a frame."
_FRAME = 1 / 30
"""Seconds that a camera's frame counts for, to the eye"""


class InsidePage(Page):
    """Heat maps of one layer below what it is given; frozen, it goes from frame to frame.

    It asks for nothing while hidden.
    """

    looked = pyqtSignal(str)
    """The subject whose layers are to be told; "" for none"""

    def __init__(self) -> None:
        """Nothing is heard or seen yet."""
        super().__init__("Inside")
        self._hops: dict[Subject, float] = {"sound": 0.02, "hands": _FRAME}
        self._waiting: list[Heard | Glimpse] = []
        self._frozen: float | None = None
        """Seconds before now of the frame that is looked at, while frozen"""
        self._rate, self._looking = 16000, False
        self._labels: tuple[str, ...] = ()
        """Of the model that watches"""
        self._running: set[Subject] = set()
        self._begun: float | None = None
        """The second of the sound from which on it is shown"""
        self._build()

    @property
    def frozen(self) -> bool:
        """Whether the picture stands still."""
        return self._frozen is not None

    @property
    def subject(self) -> Subject:
        """What the model that is looked into is given."""
        return _TITLES[self._subject.currentText()]

    @property
    def maps(self) -> dict[str, HeatMap]:
        """What is shown, by name, from the top."""
        return self._cell.maps

    def come_back(self) -> None:
        """Ask for what is inside."""
        self._looking = True
        self.looked.emit(self.subject)

    def leave(self) -> None:
        """Ask for no more."""
        self._looking = False
        self._forget()
        self.looked.emit("")

    def take_opened(self, opened: Opened) -> None:
        """Another source of sound, or another model that listens."""
        contract, *_ = opened.contracts
        self._hops["sound"], self._rate = contract.hop_seconds, contract.sample_rate
        self._take_begun("sound")

    def take_started(self, started: Started) -> None:
        """Another source of pictures, or another model that watches."""
        self._labels = started.contract.labels
        self._take_begun("hands")

    def take_end(self, subject: Subject) -> None:
        """Nothing more of that comes; what was shown stays."""
        self._running.discard(subject)

    def take(self, heard: Heard) -> None:
        """The next block, with what happened inside; nothing is painted yet."""
        begins = bool(heard.inside) and self._looking and self.subject == "sound"
        if not self.frozen and (begins or self._begun is not None):
            self._begun = heard.position - len(heard.samples) / self._rate if self._begun is None else self._begun
            self._waiting.append(heard)

    def take_glimpse(self, glimpse: Glimpse) -> None:
        """The next frame, with what happened inside; nothing is painted yet."""
        if not self.frozen and self._looking and self.subject == "hands":
            self._waiting.append(glimpse)

    def paint_newest(self) -> None:
        """Show what came since the last time."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            self._add(one.inside)
            if isinstance(one, Heard):
                self.spectrogram.add(one.samples)
            else:
                self.scores.add(one.scores[None])
        newest, of = waiting[-1], ""
        if isinstance(newest, Heard):
            self.spectrogram.refresh(newest.position - (self._begun or 0.0))
        else:
            self.scores.refresh()
            of = f"{newest.hand.capitalize()} hand. " if newest.hand else "No hand in sight. "
        self._cell.refresh()
        self.check.setText(f"{of}The model's own next state differs from this by at most {newest.difference:.1e}")

    def freeze(self, frozen: bool) -> None:
        """Let the picture stand still, or go on."""
        if self.frozen and not frozen:
            self._forget()  # what came meanwhile is not there
            self.told.setText(_POINT)
        self._frozen = self._hop / 2 if frozen else None
        self._freeze.setChecked(frozen)
        self._freeze.setText("&Go on" if frozen else "F&reeze")
        for button in self._steps:
            button.setEnabled(frozen)
        self._show_cursor()

    def step(self, frames: int) -> None:
        """Look at another frame, so many later; only while frozen."""
        if self._frozen is not None:
            self._frozen = min(max(self._hop / 2, self._frozen - frames * self._hop), 10.0 - self._hop / 2)
            self._show_cursor()

    @property
    def _hop(self) -> float:
        return self._hops[self.subject]

    def _build(self) -> None:
        self.spectrogram, self.scores = Spectrogram(), HeatMap()
        self.scores.hovered.connect(self._point_at_score)
        self._given = QStackedWidget()
        for one in (self.spectrogram, self.scores):
            self._given.addWidget(one)
        self._given.setMaximumHeight(130)
        self._cell = CellMaps()
        self.told = QLabel(_NOTHING)
        self.told.setWordWrap(True)
        self.told.setAccessibleName("What the pointer is on")
        self.told.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)
        self._cell.pointed.connect(self.told.setText)
        self._cell.changed.connect(lambda: self.told.setText(_POINT))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 4)
        layout.setSpacing(6)
        layout.addWidget(self.notice)
        layout.addLayout(self._controls())
        layout.addWidget(self._given, 2)
        layout.addWidget(self._cell, 9)
        layout.addWidget(self.told)
        self.freeze(False)

    def _controls(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._subject, self._layer = QComboBox(), QComboBox()
        self._subject.addItems(list(_TITLES))
        self._subject.currentIndexChanged.connect(lambda _index: self._turn())
        self._layer.currentIndexChanged.connect(lambda _index: self._forget())
        for box, text, name in ((self._subject, "&Of", "Model to look into"), (self._layer, "&Layer", "Layer")):
            box.setAccessibleName(name)
            label = QLabel(text)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
        self._freeze = QPushButton()
        self._freeze.setCheckable(True)
        self._freeze.setAccessibleName("Freeze the picture")
        self._freeze.clicked.connect(self.freeze)
        row.addWidget(self._freeze)
        self._steps = [QPushButton("◀ frame"), QPushButton("frame ▶")]
        names = ("One frame back", "One frame on")
        for button, name, frames in zip(self._steps, names, (-1, 1), strict=True):
            button.setAccessibleName(name)
            button.clicked.connect(partial(self._click, frames))
            row.addWidget(button)
            key = QShortcut(QKeySequence(Qt.Key.Key_Left if frames < 0 else Qt.Key.Key_Right), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(partial(self.step, frames))
        row.addStretch(1)
        self.check = QLabel()
        row.addWidget(self.check)
        return row

    def _click(self, frames: int, _checked: bool) -> None:
        self.step(frames)

    def _take_begun(self, subject: Subject) -> None:
        """A source begins: it is looked at, unless another one is that still goes on."""
        self._running.add(subject)
        if subject == self.subject:
            self._forget()
        elif self.subject not in self._running:
            self._subject.setCurrentText(next(title for title, one in _TITLES.items() if one == subject))

    def _turn(self) -> None:
        """Look at another subject."""
        self._given.setCurrentIndex(0 if self.subject == "sound" else 1)
        self.freeze(False)
        self._forget()
        if self._looking:
            self.looked.emit(self.subject)

    def _add(self, steps: tuple[tuple[Inside, ...], ...]) -> None:
        """Take in what each layer did in some steps."""
        for layers in steps:
            self._offer(len(layers))
            self._cell.add(layers[self._layer.currentIndex()].values)

    def _offer(self, layers: int) -> None:
        """Let the user choose among so many layers."""
        if self._layer.count() != layers:
            self._layer.blockSignals(True)
            self._layer.clear()
            self._layer.addItems([f"{number} of {layers}" for number in range(1, layers + 1)])
            self._layer.blockSignals(False)

    def _forget(self) -> None:
        self._waiting, self._begun = [], None
        self.spectrogram.reset(self._rate)
        self.scores.reset("score", len(self._labels), self._hops["hands"])
        self._cell.forget(self._hop)

    def _point_at_score(self, label: int, before: float) -> None:
        value = self.scores.value(label, before)
        if value is not None:
            self.told.setText(f"{self._labels[label]}, {before:.2f} s ago: {value:.2f}.  How likely each gesture is.")

    def _show_cursor(self) -> None:
        for one in (self._cell, self.scores):
            one.show_cursor(self._frozen)
        if self._frozen is not None and self.maps:
            self.told.setText(f"{self._frozen:.2f} s ago, over all units: {self._cell.means(self._frozen)}")
