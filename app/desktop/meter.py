"""How loud it is: a bar for the mean, a mark for the peak, and both in words."""

import math

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from legato.app.desktop.theme import Theme

_FLOOR = -60.0
"""dBFS at the bar's left end"""
_MEMORY = 0.15
"""Seconds over which the mean is taken"""
_HOLD = 1.5
"""Seconds for which a peak and clipping stay in sight"""
_FULL = 0.999
"""A sample from here on is taken as clipped"""


class LevelMeter(QWidget):
    """RMS and peak of the sound in dBFS, where a full-scale square wave has 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Silence."""
        super().__init__(parent)
        self.setAccessibleName("Input level")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.reset()

    def reset(self) -> None:
        """Back to silence."""
        self._power = 0.0
        self._peak = 0.0
        self._since_peak = math.inf
        self._since_clip = math.inf
        self.refresh()

    def add(self, samples: NDArray[np.float32], rate: int) -> None:
        """Take in the next samples (S,) at `rate` hertz; nothing is painted yet."""
        if not len(samples):
            return
        seconds = len(samples) / rate
        share = -math.expm1(-seconds / _MEMORY)
        self._power += share * (float(np.mean(np.square(samples))) - self._power)
        peak = float(np.max(np.abs(samples)))
        self._since_peak += seconds
        if peak >= self._peak or self._since_peak > _HOLD:
            self._peak, self._since_peak = peak, 0.0
        self._since_clip = 0.0 if peak >= _FULL else self._since_clip + seconds

    @property
    def clipping(self) -> bool:
        """Whether a sample reached full scale lately."""
        return self._since_clip < _HOLD

    def words(self) -> str:
        """The level as text."""
        text = f"RMS {_text(math.sqrt(self._power))}   peak {_text(self._peak)}"
        return f"CLIPPING   {text}" if self.clipping else text

    def refresh(self) -> None:
        """Show what was taken in."""
        self.setAccessibleDescription(f"{self.words()} dBFS")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 — Qt's name
        """As high as its bar and scale."""
        return QSize(400, 2 * self.fontMetrics().height() + 12)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 — Qt's name
        """The same, narrower."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent | None) -> None:  # noqa: N802 — Qt's name
        """The words at the right, the bar with its scale in what is left."""
        painter = QPainter(self)
        theme = Theme.of(self.palette())
        metrics = self.fontMetrics()
        words_width = metrics.horizontalAdvance("CLIPPING   RMS −00.0   peak −00.0") + 12
        half = metrics.horizontalAdvance("−60")
        bar = QRectF(half / 2, 4, self.width() - words_width - half, metrics.height())
        painter.setPen(theme.alarm if self.clipping else theme.text)
        words = QRectF(bar.right() + half / 2, bar.top(), self.width() - bar.right() - half / 2, bar.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.words())
        self._paint_bar(painter, bar, theme)
        self._paint_scale(painter, bar, theme)

    def _paint_bar(self, painter: QPainter, bar: QRectF, theme: Theme) -> None:
        painter.setPen(theme.line)
        painter.setBrush(theme.background)
        painter.drawRect(bar)
        inside = bar.adjusted(1, 1, 0, 0)
        filled = QRectF(inside)
        filled.setWidth(inside.width() * _share(math.sqrt(self._power)))
        painter.fillRect(filled, theme.alarm if self.clipping else theme.accent)
        if self._peak > 0:
            x = inside.left() + inside.width() * _share(self._peak)
            painter.fillRect(QRectF(x - 1, inside.top(), 2, inside.height()), QColor(theme.text))

    @staticmethod
    def _paint_scale(painter: QPainter, bar: QRectF, theme: Theme) -> None:
        painter.setPen(theme.muted)
        height = painter.fontMetrics().height()
        for level in range(int(_FLOOR), 1, 10):
            x = bar.left() + bar.width() * (1 - level / _FLOOR)
            painter.drawLine(round(x), round(bar.bottom()), round(x), round(bar.bottom()) + 3)
            place = QRectF(x - 30, bar.bottom() + 3, 60, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(level).replace("-", "−"))


def _decibels(amplitude: float) -> float:
    """dBFS; minus infinity for 0."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def _share(amplitude: float) -> float:
    """How much of the bar, 0..1, an amplitude fills."""
    return min(1.0, max(0.0, 1 - _decibels(amplitude) / _FLOOR))


def _text(amplitude: float) -> str:
    level = _decibels(amplitude)
    return "−∞" if math.isinf(level) else f"{level:.1f}".replace("-", "−")
