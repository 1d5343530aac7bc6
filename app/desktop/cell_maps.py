"""One layer of a network over the last seconds: a map for each of its gates and states, one below the other."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from legato.app.desktop.heat_map import HeatMap
from legato.app.inside.gates import MEANINGS


class CellMaps(QWidget):
    """Whatever gates and states the layer has."""

    pointed = pyqtSignal(str)
    """What the pointer is on, and what that means"""
    changed = pyqtSignal()
    """The layer has other gates than the last one"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing yet."""
        super().__init__(parent)
        self._maps: list[HeatMap] = []
        self._hop = 0.02
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    @property
    def maps(self) -> dict[str, HeatMap]:
        """What is shown, by name, from the top."""
        return {one.name: one for one in self._maps}

    def forget(self, hop: float) -> None:
        """Begin anew; a frame comes every `hop` seconds from now on."""
        self._hop = hop
        for one in self._maps:
            one.reset(one.name, one.units, hop)

    def add(self, values: Mapping[str, NDArray[np.float32]]) -> None:
        """Take in the next frames (T, H) of each gate and state; nothing is painted yet."""
        shape = {name: frames.shape[1] for name, frames in values.items()}
        if shape != {one.name: one.units for one in self._maps}:
            self._make(shape)
        for one in self._maps:
            one.add(values[one.name])

    def refresh(self) -> None:
        """Show what was taken in."""
        for one in self._maps:
            one.refresh()

    def show_cursor(self, before: float | None) -> None:
        """Mark the frame so many seconds before now, or none."""
        for one in self._maps:
            one.show_cursor(before)

    def means(self, before: float) -> str:
        """Of each gate and state over all units, in words; "" where there is none."""
        return ", ".join(f"{one.name} {one.mean(before):.2f}" for one in self._maps)

    def _make(self, shape: Mapping[str, int]) -> None:
        """A map for each of these, which have so many units."""
        for old in self._maps:
            self._column.removeWidget(old)
            old.deleteLater()
        self._maps = []
        for name, units in shape.items():
            one = HeatMap()
            one.reset(name, units, self._hop)
            one.setToolTip(MEANINGS[name])
            one.hovered.connect(partial(self._point, one))
            self._column.addWidget(one, 1)
            self._maps.append(one)
        self.changed.emit()

    def _point(self, one: HeatMap, unit: int, before: float) -> None:
        """Tell what the pointer is on."""
        value = one.value(unit, before)
        if value is not None:
            place = f"{one.name}, unit {unit + 1}, {before:.2f} s ago: {value:.2f}"
            self.pointed.emit(f"{place}.  {MEANINGS[one.name]}")
