"""The page that looks inside the cell: what the gates and states of the listening model do, frame by frame."""

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from legato.app.desktop.heat_map import HeatMap
from legato.app.desktop.listener import Heard, Opened
from legato.app.desktop.page import Page
from legato.app.desktop.spectrogram import Spectrogram
from legato.app.inside.gates import MEANINGS

_NOTHING = "Nothing is listened to: start the Listen page, and come back."


class InsidePage(Page):
    """Heat maps of one layer below the sound; frozen, it goes from frame to frame. It asks for nothing while hidden."""

    looked = pyqtSignal(bool)
    """Whether the layers are to be told"""

    def __init__(self) -> None:
        """Nothing is heard yet."""
        super().__init__("Inside")
        self._hop = 0.02
        self._maps: list[HeatMap] = []
        self._waiting: list[Heard] = []
        self._frozen: float | None = None
        """Seconds before now of the frame that is looked at, while frozen"""
        self._rate, self._looking = 16000, False
        self._begun: float | None = None
        """The second of the sound from which on it is shown"""
        self._build()

    @property
    def frozen(self) -> bool:
        """Whether the picture stands still."""
        return self._frozen is not None

    @property
    def maps(self) -> dict[str, HeatMap]:
        """What is shown, by name, from the top."""
        return {one.name: one for one in self._maps}

    def come_back(self) -> None:
        """Ask for what is inside."""
        self._looking = True
        self.looked.emit(True)

    def leave(self) -> None:
        """Ask for no more."""
        self._looking = False
        self._forget()
        self.looked.emit(False)

    def take_opened(self, opened: Opened) -> None:
        """Another source, or another model."""
        contract, *_ = opened.contracts
        self._hop, self._rate = contract.hop_seconds, contract.sample_rate
        self._forget()

    def take(self, heard: Heard) -> None:
        """The next block, with what happened inside; nothing is painted yet."""
        begins = bool(heard.inside) and self._looking
        if not self.frozen and (begins or self._begun is not None):
            self._begun = heard.position - len(heard.samples) / self._rate if self._begun is None else self._begun
            self._waiting.append(heard)

    def paint_newest(self) -> None:
        """Show what came since the last time."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        for heard in waiting:
            self.spectrogram.add(heard.samples)
            for layers in heard.inside:
                self._offer(len(layers))
                layer = layers[self._layer.currentIndex()]
                if list(layer.values) != [one.name for one in self._maps]:
                    self._make(list(layer.values), layer.hidden.shape[1])
                for one in self._maps:
                    one.add(layer.values[one.name])
        newest = waiting[-1]
        self.spectrogram.refresh(newest.position - (self._begun or 0.0))
        for one in self._maps:
            one.refresh()
        self.check.setText(f"The model's own next state differs from this by at most {newest.difference:.1e}")

    def freeze(self, frozen: bool) -> None:
        """Let the picture stand still, or go on."""
        if self.frozen and not frozen:
            self._forget()  # what came meanwhile is not there
        self._frozen = self._hop / 2 if frozen else None
        self._freeze.setChecked(frozen)
        self._freeze.setText("&Go on" if frozen else "&Freeze")
        for button in self._steps:
            button.setEnabled(frozen)
        self._show_cursor()

    def step(self, frames: int) -> None:
        """Look at another frame, so many later; only while frozen."""
        if self._frozen is not None:
            self._frozen = min(max(self._hop / 2, self._frozen - frames * self._hop), 10.0 - self._hop / 2)
            self._show_cursor()

    def _build(self) -> None:
        self.spectrogram = Spectrogram()
        self.spectrogram.setMaximumHeight(130)
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.told = QLabel(_NOTHING)
        self.told.setWordWrap(True)
        self.told.setAccessibleName("What the pointer is on")
        self.told.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 4)
        layout.setSpacing(6)
        layout.addWidget(self.notice)
        layout.addLayout(self._controls())
        layout.addWidget(self.spectrogram, 2)
        layout.addLayout(self._column, 9)
        layout.addWidget(self.told)
        self.freeze(False)

    def _controls(self) -> QHBoxLayout:
        self._layer = QComboBox()
        self._layer.setAccessibleName("Layer")
        self._layer.currentIndexChanged.connect(lambda _index: self._forget())
        label = QLabel("&Layer")
        label.setBuddy(self._layer)
        self._freeze = QPushButton()
        self._freeze.setCheckable(True)
        self._freeze.setAccessibleName("Freeze the picture")
        self._freeze.clicked.connect(self.freeze)
        self._steps = [QPushButton("◀ frame"), QPushButton("frame ▶")]
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self._layer)
        row.addWidget(self._freeze)
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

    def _offer(self, layers: int) -> None:
        """Let the user choose among so many layers."""
        if self._layer.count() != layers:
            self._layer.blockSignals(True)
            self._layer.clear()
            self._layer.addItems([f"{number} of {layers}" for number in range(1, layers + 1)])
            self._layer.blockSignals(False)

    def _make(self, names: list[str], units: int) -> None:
        """A map for each of these."""
        for old in self._maps:
            self._column.removeWidget(old)
            old.deleteLater()
        self._maps = []
        for name in names:
            one = HeatMap()
            one.reset(name, units, self._hop)
            one.setToolTip(MEANINGS[name])
            one.hovered.connect(partial(self._point, one))
            self._column.addWidget(one, 1)
            self._maps.append(one)
        self.told.setText("Point at a map: each row is a unit, each column a frame.")

    def _forget(self) -> None:
        self._waiting, self._begun = [], None
        self.spectrogram.reset(self._rate)
        for one in self._maps:
            one.reset(one.name, one.units, self._hop)

    def _point(self, one: HeatMap, unit: int, before: float) -> None:
        """Tell what the pointer is on."""
        value = one.value(unit, before)
        if value is not None:
            place = f"{one.name}, unit {unit + 1}, {before:.2f} s ago: {value:.2f}"
            self.told.setText(f"{place}.  {MEANINGS[one.name]}")

    def _show_cursor(self) -> None:
        for one in self._maps:
            one.show_cursor(self._frozen)
        if self._frozen is not None and self._maps:
            means = (f"{one.name} {one.mean(self._frozen):.2f}" for one in self._maps)
            self.told.setText(f"{self._frozen:.2f} s ago, over all units: {', '.join(means)}")
