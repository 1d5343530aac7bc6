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
Area = tuple[Doubles, Doubles, NDArray[np.bool_]]
"""x, y, and whether a point is joined to the next"""
Lane = tuple[int, int]
"""Number of what listens, and of its label"""

_MOST = 8
"""Lanes at once"""
_FEWEST = 6
"""Lanes that there is always room for, so that the drawing does not jump"""
_ACTIVE = 0.25
"""A label whose score reached this in the seconds in sight gets a lane"""
_HEIGHT = 0.86
"""Of a lane, for a score of 1"""
_TICK = 14
"""Pixels of an axis that its ticks take"""
_STEPS = 64
"""Different heights of a score that the eye can tell in a lane"""


class _Track:
    """The latest scores of one of those that listen."""

    def __init__(self, contract: Contract, always: Sequence[str]) -> None:
        """Of all labels of a contract, some of which have lanes `always`."""
        self.contract = contract
        self.always = frozenset(always)
        self.scores = History(round(SECONDS / contract.hop_seconds), len(contract.labels), np.float32)
        self.events: list[KeywordEvent] = []
        self.vetoed: list[KeywordEvent] = []
        self._window = max(1, round(contract.decoder.smoothing / contract.hop_seconds))

    def area(self, column: int, position: float, base: float) -> Area:
        """The outline of the area below the smoothed scores of a label; now is at `position` seconds."""
        scores = np.asarray(self.scores.view()[:, [column]], np.float64)
        first = self.scores.added - len(scores) + 1
        frames = np.arange(first, first + len(scores), dtype=np.float64)
        times = frames * self.contract.hop_seconds - position
        return _area(times, _moving_average(scores, self._window)[:, 0], base)

    def forget(self, before: float) -> None:
        """Let go of what was told before a time, in seconds."""
        self.events = [event for event in self.events if event.emitted >= before]
        self.vetoed = [event for event in self.vetoed if event.emitted >= before]


class ScoreTraces(QWidget):
    """The smoothed scores of the wake phrases, of phrases beside them, and of whatever else was likely lately."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """No model yet: no lanes."""
        super().__init__(parent)
        self.setAccessibleName("Score of each keyword")
        self._plot = time_plot(self)
        self._plot.setLabel("bottom", "Time before now (s)")
        self._thresholds = pg.PlotCurveItem(connect="pairs")
        self._marks = pg.ScatterPlotItem(symbol="t", size=11)
        self._vetoes = pg.ScatterPlotItem(symbol="x", size=10)
        self._lines = QGraphicsPathItem()
        for item in (self._lines, self._thresholds, self._marks, self._vetoes):
            self._plot.addItem(item)
        self._tracks: tuple[_Track, ...] = ()
        self._lanes: tuple[Lane, ...] = ()
        self._dress()
        self._label_lanes()

    def reset(self, *contracts: Contract) -> None:
        """Forget everything; what comes is from a model with the first contract, and of phrases with the second."""
        self._tracks = tuple(
            _Track(contract, contract.labels if number else contract.decoder.wake)
            for number, contract in enumerate(contracts)
        )
        self._lanes = ()
        self.refresh(0.0)

    def add(
        self,
        scores: NDArray[np.float32],
        events: Sequence[KeywordEvent],
        vetoed: Sequence[KeywordEvent] = (),
        track: int = 0,
    ) -> None:
        """Take in the next scores (T, C) and events by the contract with the number `track`; nothing is painted yet."""
        to = self._tracks[track]
        to.scores.add(scores)
        to.events += events
        to.vetoed += vetoed

    @property
    def lanes(self) -> tuple[str, ...]:
        """The labels in sight, from the top."""
        return tuple(self._tracks[track].contract.labels[column] for track, column in self._lanes)

    def refresh(self, position: float) -> None:
        """Show what was taken in; now is at `position` seconds."""
        if not self._tracks:
            return
        for track in self._tracks:
            track.forget(position - SECONDS)
        lanes = _choose(self._tracks)
        if lanes != self._lanes:
            self._lanes = lanes
            self._label_lanes()
            self._place_thresholds()
        self._place_lines(position)
        self._place_marks(position)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 — Qt's name
        """Follow the system from light to dark and back."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _base(self, lane: int) -> float:
        """Where a lane's 0 is; the first lane is at the top."""
        return max(_FEWEST, len(self._lanes)) - 1.0 - lane

    def _place_lines(self, position: float) -> None:
        """All lanes as one path: a curve item each, with its filling, would cost four times as much."""
        if not self._lanes:
            self._lines.setPath(QPainterPath())
            return
        places = enumerate(self._lanes)
        areas = [self._tracks[track].area(column, position, self._base(lane)) for lane, (track, column) in places]
        x, y, connected = (np.concatenate(parts) for parts in zip(*areas, strict=True))
        self._lines.setPath(pg.arrayToQPath(x, y, connect=connected))

    def _label_lanes(self) -> None:
        axis, metrics = self._plot.getAxis("left"), self.fontMetrics()
        room = axis.width() - _TICK  # a name that is wider would not be drawn at all
        names = [
            (self._base(lane) + _HEIGHT / 2, metrics.elidedText(name, Qt.TextElideMode.ElideRight, round(room)))
            for lane, name in enumerate(self.lanes)
        ]
        axis.setTicks([names])
        self._plot.setYRange(0, max(_FEWEST, len(names)), padding=0)
        self.setAccessibleDescription("Shown: " + ", ".join(self.lanes))

    def _place_thresholds(self) -> None:
        x: list[float] = []
        y: list[float] = []
        for lane, (track, column) in enumerate(self._lanes):
            contract = self._tracks[track].contract
            level = self._base(lane) + _HEIGHT * contract.decoder.thresholds[contract.labels[column]]
            x += (-SECONDS, 0.0)
            y += (level, level)
        self._thresholds.setData(np.array(x), np.array(y))

    def _place_marks(self, position: float) -> None:
        lane_of = {place: lane for lane, place in enumerate(self._lanes)}
        for item, kind in ((self._marks, "events"), (self._vetoes, "vetoed")):
            seen = [
                (event.emitted - position, self._base(lane) + _HEIGHT)
                for number, track in enumerate(self._tracks)
                for event in getattr(track, kind)
                if (lane := lane_of.get((number, track.contract.labels.index(event.label)))) is not None
            ]
            item.setData(x=[x for x, _ in seen], y=[y for _, y in seen])

    def _dress(self) -> None:
        theme = dress(self._plot, self.palette())
        fill = QColor(theme.accent)
        fill.setAlphaF(0.35)
        self._lines.setPen(pg.mkPen(theme.accent, width=1))
        self._lines.setBrush(fill)
        self._thresholds.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine))
        self._marks.setPen(pg.mkPen(theme.background))
        self._marks.setBrush(theme.text)
        self._vetoes.setPen(pg.mkPen(theme.background))
        self._vetoes.setBrush(theme.text)
        self._plot.getViewBox().setBackgroundColor(theme.background)


def _choose(tracks: Sequence[_Track]) -> tuple[Lane, ...]:
    """The labels to show, in the models' order: those told lately, phrases, wake phrases, then the likeliest."""
    ranks: dict[Lane, float] = {}
    for number, track in enumerate(tracks):
        highest = np.max(track.scores.view().astype(np.float32), axis=0, initial=0.0).tolist()
        told = {event.label for event in (*track.events, *track.vetoed)}
        for column, (label, score) in enumerate(zip(track.contract.labels, highest, strict=True)):
            shown = label in told, label in track.always
            if any(shown) or score >= _ACTIVE:
                ranks[number, column] = 8.0 * shown[0] + (2.0 + 2.0 * number) * shown[1] + score
    return tuple(sorted(sorted(ranks, key=lambda lane: -ranks[lane])[:_MOST]))


def _moving_average(scores: Doubles, window: int) -> Doubles:
    """What the decoder compares with the threshold: the mean of the last `window` rows of (N, W)."""
    total = np.cumsum(np.concatenate((np.zeros((window, scores.shape[1])), scores)), axis=0)
    return np.asarray((total[window:] - total[:-window]) / window, np.float64)


def _area(times: Doubles, scores: Doubles, base: float) -> Area:
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
