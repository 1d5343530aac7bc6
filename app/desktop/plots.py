"""What the drawings over time have in common: the same last seconds, and the colours of the system.

Their axis counts back from now. One that ran along with the sound would be drawn anew for every block, which costs more
than the picture itself.
"""

from typing import Any

import pyqtgraph as pg
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from legato.app.desktop.theme import Theme

SECONDS = 10.0
"""How much of the past is in sight"""
_AXIS_WIDTH = 96
"""Pixels left of every drawing, so that they stand in line"""


def time_plot(owner: QWidget) -> Any:
    """A plot (pyqtgraph's PlotWidget) that fills `owner` and only shows: it cannot be dragged or zoomed."""
    plot = pg.PlotWidget(owner)
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.setFrameStyle(0)
    plot.getAxis("left").setWidth(_AXIS_WIDTH)
    layout = QVBoxLayout(owner)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(plot)
    plot.setXRange(-SECONDS, 0, padding=0)
    return plot


def dress(plot: Any, palette: QPalette) -> Theme:
    """Give the plot the colours of the palette; returns them."""
    theme = Theme.of(palette)
    plot.setBackground(palette.color(QPalette.ColorRole.Window))
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(theme.line)
        axis.setTextPen(theme.text)
    return theme
