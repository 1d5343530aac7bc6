"""The likeliest gestures of each hand now, as bars: the left hand's at the left, the right one's at the right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QFont, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from legato.app.desktop.seen import Seen
from legato.app.desktop.theme import Theme
from legato.app.vision.gestures import Side

ROWS = 3
"""Labels a hand"""
_LEAST = 0.05
"""Scores below are not worth a bar"""
_FALL = 0.25
"""Seconds in which a bar falls by two thirds: a score's peak is too short for the eye"""
_GAP = 16


@dataclass
class _Column:
    """What is shown of one hand."""

    side: Side | None
    """Whose hand; None where none is seen"""
    levels: NDArray[np.float64]
    """(C,)"""


class ScoreBars(QWidget):
    """Two columns of bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """No model yet."""
        super().__init__(parent)
        self.setAccessibleName("Scores of each hand")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.reset(())

    def reset(self, labels: tuple[str, ...]) -> None:
        """Forget everything; what comes is from a model that knows these."""
        self._labels = labels
        self._columns: dict[Side, _Column] = {
            "left": _Column(None, np.zeros(len(labels))),
            "right": _Column(None, np.zeros(len(labels))),
        }
        self._position = 0.0
        self.update()

    def refresh(self, seen: Seen) -> None:
        """Show a frame's scores."""
        kept = np.exp(-max(0.0, seen.position - self._position) / _FALL)
        self._position = seen.position
        for place, side, scores in zip(seen.places, seen.sides, seen.scores, strict=True):
            column = self._columns[place]
            column.side = side
            now = scores if side else np.zeros_like(scores)
            column.levels = np.maximum(column.levels * kept, np.nan_to_num(now))
        self.setAccessibleDescription("; ".join(self._spoken(column) for column in self._columns.values()))
        self.update()

    def best(self, place: Side) -> list[tuple[str, float]]:
        """The likeliest labels at that place with their levels, 0..1, best first."""
        levels = self._columns[place].levels
        order = np.argsort(-levels, kind="stable")[:ROWS].tolist()
        return [(self._labels[index], float(levels[index])) for index in order if levels[index] >= _LEAST]

    def sizeHint(self) -> QSize:  # noqa: N802 — Qt's name
        """As high as a title and the rows."""
        return QSize(640, (ROWS + 1) * self._row() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 — Qt's name
        """The same, narrower."""
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 — Qt's name
        """Both columns."""
        painter = QPainter(self)
        theme = Theme.of(self.palette())
        width = (self.width() - _GAP) / 2
        for number, place in enumerate(self._columns):
            self._paint_column(painter, QRectF(number * (width + _GAP), 0, width, self.height()), place, theme)

    def _row(self) -> int:
        return self.fontMetrics().height() + 5

    def _paint_column(self, painter: QPainter, area: QRectF, place: Side, theme: Theme) -> None:
        column = self._columns[place]
        colour = theme.of_hand(place)
        title = QRectF(area.left(), area.top(), area.width(), self._row())
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(colour if column.side else theme.muted)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, _title(column.side, place))
        painter.setFont(self.font())
        metrics = self.fontMetrics()
        names = min(max((metrics.horizontalAdvance(label) for label in self._labels), default=0), area.width() * 0.45)
        figure = metrics.horizontalAdvance("0.00")
        for row, (label, level) in enumerate(self.best(place), 1):
            line = QRectF(area.left(), area.top() + row * self._row(), area.width(), self._row())
            painter.setPen(theme.text)
            name = metrics.elidedText(label, Qt.TextElideMode.ElideRight, round(names) + 1)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{level:.2f}")
            bar = line.adjusted(names + 8, 4, -figure - 8, -4)
            painter.fillRect(bar, theme.background)
            bar.setWidth(bar.width() * min(1.0, level))
            painter.fillRect(bar, colour)

    def _spoken(self, column: _Column) -> str:
        place: Side = "left" if column is self._columns["left"] else "right"
        scores = ", ".join(f"{label} {level:.2f}" for label, level in self.best(place))
        return f"{_title(column.side, place)}: {scores or 'nothing likely'}"


def _title(side: Side | None, place: Side) -> str:
    if side is None:
        return f"{place.capitalize()} hand: not seen"
    return f"{side.capitalize()} hand"
