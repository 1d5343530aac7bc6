"""What each unit of a layer does over time, as colours: time to the right, units upwards."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QPointF, QRectF, pyqtSignal
from PyQt6.QtWidgets import QWidget

from legato.app.desktop.history import History
from legato.app.desktop.plots import SECONDS, dress, time_plot
from legato.app.desktop.time_image import TimeImage, colour_table

SIGNED = frozenset(["hidden", "cell", "candidate"])
"""Values that lie around 0; gates lie between 0 and 1"""


class HeatMap(QWidget):
    """The last seconds of one gate or state, all units of it."""

    hovered = pyqtSignal(int, float)
    """A unit, and seconds before now, that the pointer is on"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing yet."""
        super().__init__(parent)
        self._plot = time_plot(self)
        self._plot.getAxis("bottom").setStyle(showValues=False)
        self._plot.setMinimumHeight(44)
        self._image = TimeImage()
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setVisible(False)
        self._plot.addItem(self._image)
        self._plot.addItem(self._cursor)
        self._plot.scene().sigMouseMoved.connect(self._point)
        self._history: History | None = None
        self._dress()

    def reset(self, name: str, units: int, hop: float) -> None:
        """Forget everything; what comes is called `name`, and has so many units, a frame every `hop` seconds."""
        self.name, self._hop = name, hop
        self._history = History(round(SECONDS / hop), units, np.float32)
        self.setAccessibleName(f"{name}, each row over the last ten seconds")
        colours = colour_table("CET-D1" if name in SIGNED else "viridis")
        self._least, self._most = (-1.0, 1.0) if name in SIGNED else (0.0, 1.0)
        self._image.reset(round(SECONDS / hop), units, colours)
        self._image.add(self._levels(np.zeros((round(SECONDS / hop), units), np.float32)))
        self._plot.setLabel("left", name)
        self._plot.getAxis("left").setTicks([[(0.5, "1"), (units - 0.5, str(units))]])
        self._plot.setYRange(0, units, padding=0.08)  # else the figures are cut off
        self.refresh()

    def add(self, values: NDArray[np.float32]) -> None:
        """Take in the next frames (T, H); nothing is painted yet."""
        if self._history is not None:
            self._history.add(values)
            self._image.add(self._levels(values))

    def refresh(self) -> None:
        """Show what was taken in."""
        self._image.show(QRectF(-SECONDS, 0.0, SECONDS, self.units))

    def value(self, unit: int, before: float) -> float | None:
        """What a unit was, so many seconds before now; None where nothing is known."""
        if self._history is None or not 0 <= unit < self.units:
            return None
        values = self._history.view()
        row = len(values) - 1 - int(before / self._hop)
        return float(values[row, unit]) if 0 <= row < len(values) else None

    @property
    def units(self) -> int:
        """How many there are."""
        return 0 if self._history is None else self._history.view().shape[1]

    def mean(self, before: float) -> float:
        """Over all units, so many seconds before now."""
        found = [self.value(unit, before) for unit in range(self.units)]
        return float(np.mean([value for value in found if value is not None] or [0.0]))

    def show_cursor(self, before: float | None) -> None:
        """Mark the frame so many seconds before now, or none."""
        self._cursor.setVisible(before is not None)
        if before is not None:
            self._cursor.setPos(-before)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 — Qt's name
        """Follow the system from light to dark and back."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        theme = dress(self._plot, self.palette())
        self._cursor.setPen(pg.mkPen(theme.text, width=2))

    def _levels(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Numbers of the colours of values (T, H)."""
        share = (values - self._least) / (self._most - self._least)
        return np.asarray(np.clip(share * 255, 0, 255), np.uint8)

    def _point(self, place: QPointF) -> None:
        inside = self._plot.getViewBox().mapSceneToView(place)
        if -SECONDS <= inside.x() <= 0 and 0 <= inside.y() < self.units:
            self.hovered.emit(int(inside.y()), -inside.x())
