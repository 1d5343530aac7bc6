"""A picture that goes on for ever: the newest columns of it as colours, time to the right.

pyqtgraph's ImageItem scales and colours the whole array whenever a column comes; here a column is turned into eight
bits once, and Qt colours it.
"""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

Bytes = NDArray[np.uint8]


def colour_table(name: str) -> list[int]:
    """256 colours of one of pyqtgraph's maps."""
    return [QColor(*map(int, colour)).rgb() for colour in pg.colormap.get(name).getLookupTable(nPts=256)]


class TimeImage(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph has no types
    """The last N columns of R rows; the first row lies at the bottom of a plot, whose y goes upwards."""

    def __init__(self) -> None:
        """Nothing to draw: `reset` it."""
        super().__init__()
        self._place = QRectF()
        self.reset(1, 1, [0] * 256)

    def reset(self, columns: int, rows: int, colours: Sequence[int]) -> None:
        """Forget everything; N = `columns`, R = `rows`, all of the first colour."""
        self.added = 0
        """Columns since the beginning"""
        self._columns, self._rows, self._colours = columns, rows, list(colours)
        self._twice = np.zeros((rows, 2 * columns), np.uint8)  # each N columns apart, so that a window of N is whole
        self.update()

    def add(self, columns: Bytes) -> None:
        """Append columns (n, R), each value the number of a colour; nothing is painted yet."""
        self.added += len(columns)
        columns = columns[-self._columns :]
        places = np.arange(self.added - len(columns), self.added) % self._columns
        self._twice[:, places] = columns.T
        self._twice[:, places + self._columns] = columns.T

    def values(self) -> Bytes:
        """The last N columns (N, R), oldest first."""
        begin = self.added % self._columns
        return self._twice[:, begin : begin + self._columns].T

    def show(self, place: QRectF) -> None:
        """Draw what was added, at a place in the plot."""
        if place != self._place:
            self.prepareGeometryChange()
            self._place = place
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 — Qt's name
        """Where it lies in the plot."""
        return self._place

    def paint(self, painter: QPainter, *_: object) -> None:
        """All columns; Qt scales true colours in a quarter of the time that it takes for numbers of colours."""
        numbers = self.values().T.tobytes()
        image = QImage(numbers, self._columns, self._rows, self._columns, QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours)
        painter.drawImage(self._place, image.convertToFormat(QImage.Format.Format_RGB32))
