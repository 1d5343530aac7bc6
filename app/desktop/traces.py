"""The scores over time: one lane a keyword, with its threshold and a mark where it was reported."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QColor, QPainterPath
from PyQt6.QtWidgets import QGraphicsPathItem, QWidget

from legato.app.desktop.history import History
from legato.app.desktop.plots import SECONDS, dress, time_plot
from legato.app.engine.contract import Contract
from legato.app.engine.events import KeywordEvent

Doubles = NDArray[np.float64]

_MOST = 8
"""Lanes at once"""
_FEWEST = 6
"""Lanes that there is always room for, so that the drawing does not jump"""
_ACTIVE = 0.25
"""A label whose score reached this in the seconds in sight gets a lane"""
_HEIGHT = 0.86
"""Of a lane, for a score of 1"""

_STEPS = 64
"""Different heights of a score that the eye can tell in a lane"""


class ScoreTraces(QWidget):
    """The smoothed scores of the wake phrases and of whatever else was likely lately."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """No model yet: no lanes."""
        super().__init__(parent)
        self.setAccessibleName("Score of each keyword")
        self._plot = time_plot(self)
        self._plot.setLabel("bottom", "Time before now (s)")
        self._thresholds = pg.PlotCurveItem(connect="pairs")
        self._marks = pg.ScatterPlotItem(symbol="t", size=11)
        self._lines = QGraphicsPathItem()
        for item in (self._lines, self._thresholds, self._marks):
            self._plot.addItem(item)
        self._contract: Contract | None = None
        self._lanes: tuple[int, ...] = ()
        self._events: list[KeywordEvent] = []
        self._dress()
        self._label_lanes()

    def reset(self, contract: Contract) -> None:
        """Forget everything; what comes is from a model with this contract."""
        self._contract = contract
        self._scores = History(round(SECONDS / contract.hop_seconds), len(contract.labels), np.float32)
        self._window = max(1, round(contract.decoder.smoothing / contract.hop_seconds))
        self._events = []
        self._lanes = ()
        self.refresh(0.0)

    def add(self, scores: NDArray[np.float32], events: Sequence[KeywordEvent]) -> None:
        """Take in the next scores (T, C) and events; nothing is painted yet."""
        self._scores.add(scores)
        self._events += events

    @property
    def lanes(self) -> tuple[str, ...]:
        """The labels in sight, from the top."""
        return tuple(self._contract.labels[index] for index in self._lanes) if self._contract else ()

    def refresh(self, position: float) -> None:
        """Show what was taken in; now is at `position` seconds."""
        if self._contract is None:
            return
        scores = self._scores.view()
        self._events = [event for event in self._events if event.emitted >= position - SECONDS]
        lanes = _choose(self._contract, scores, self._events)
        if lanes != self._lanes:
            self._lanes = lanes
            self._label_lanes()
            self._place_thresholds()
        self._place_lines(scores, position)
        self._place_marks(position)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 — Qt's name
        """Follow the system from light to dark and back."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _base(self, lane: int) -> float:
        """Where a lane's 0 is; the first lane is at the top."""
        return max(_FEWEST, len(self._lanes)) - 1.0 - lane

    def _place_lines(self, scores: NDArray[np.generic], position: float) -> None:
        """All lanes as one path: a curve item each, with its filling, would cost four times as much."""
        if self._contract is None or not self._lanes:
            self._lines.setPath(QPainterPath())
            return
        first = self._scores.added - len(scores) + 1
        frames = np.arange(first, first + len(scores), dtype=np.float64)
        times = frames * self._contract.hop_seconds - position
        smooth = _moving_average(np.asarray(scores[:, list(self._lanes)], np.float64), self._window)
        areas = [_area(times, column, self._base(lane)) for lane, column in enumerate(smooth.T)]
        x, y, connected = (np.concatenate(parts) for parts in zip(*areas, strict=True))
        self._lines.setPath(pg.arrayToQPath(x, y, connect=connected))

    def _label_lanes(self) -> None:
        names = [(self._base(lane) + _HEIGHT / 2, name) for lane, name in enumerate(self.lanes)]
        self._plot.getAxis("left").setTicks([names])
        self._plot.setYRange(0, max(_FEWEST, len(names)), padding=0)
        self.setAccessibleDescription("Shown: " + ", ".join(self.lanes))

    def _place_thresholds(self) -> None:
        if self._contract is None:
            return
        x: list[float] = []
        y: list[float] = []
        for lane, name in enumerate(self.lanes):
            level = self._base(lane) + _HEIGHT * self._contract.decoder.thresholds[name]
            x += (-SECONDS, 0.0)
            y += (level, level)
        self._thresholds.setData(np.array(x), np.array(y))

    def _place_marks(self, position: float) -> None:
        lane_of = {name: lane for lane, name in enumerate(self.lanes)}
        seen = [event for event in self._events if event.label in lane_of]
        self._marks.setData(
            x=[event.emitted - position for event in seen],
            y=[self._base(lane_of[event.label]) + _HEIGHT for event in seen],
        )

    def _dress(self) -> None:
        theme = dress(self._plot, self.palette())
        fill = QColor(theme.accent)
        fill.setAlphaF(0.35)
        self._lines.setPen(pg.mkPen(theme.accent, width=1))
        self._lines.setBrush(fill)
        self._thresholds.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine))
        self._marks.setPen(pg.mkPen(theme.background))
        self._marks.setBrush(theme.text)
        self._plot.getViewBox().setBackgroundColor(theme.background)


def _choose(contract: Contract, scores: NDArray[np.generic], events: Sequence[KeywordEvent]) -> tuple[int, ...]:
    """Columns of the labels to show: the wake phrases, then the likeliest of the rest, in the model's order."""
    always = [contract.labels.index(label) for label in contract.decoder.wake][:_MOST]
    highest = np.max(scores.astype(np.float32), axis=0, initial=0.0)
    for event in events:
        highest[contract.labels.index(event.label)] = 2.0  # what was reported comes before what was only likely
    rest = [column for column in np.argsort(-highest, kind="stable").tolist() if column not in always]
    active = [column for column in rest if highest[column] >= _ACTIVE][: _MOST - len(always)]
    return (*always, *sorted(active))


def _moving_average(scores: Doubles, window: int) -> Doubles:
    """What the decoder compares with the threshold: the mean of the last `window` rows of (N, W)."""
    total = np.cumsum(np.concatenate((np.zeros((window, scores.shape[1])), scores)), axis=0)
    return np.asarray((total[window:] - total[:-window]) / window, np.float64)


def _area(times: Doubles, scores: Doubles, base: float) -> tuple[Doubles, Doubles, NDArray[np.bool_]]:
    """The outline of the area below a score, as x, y and whether a point is joined to the next.

    Where the score stays the same to the eye, only the ends of that stretch are kept: mostly it stays near 0.
    """
    level = np.round(scores * _STEPS) / _STEPS
    bends = np.ones(len(level), np.bool_)
    bends[1:-1] = (level[1:-1] != level[:-2]) | (level[1:-1] != level[2:])
    x = np.concatenate((times[:1], times[bends], times[-1:]))
    y = base + _HEIGHT * np.concatenate(([0.0], level[bends], [0.0]))
    connected = np.ones(len(x), np.bool_)
    connected[-1] = False
    return x, y, connected
