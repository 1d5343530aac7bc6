"""The takes of a word: listed, chosen, and played."""

from collections.abc import Mapping

import numpy as np
from PyQt6.QtWidgets import QListWidget, QWidget

from legato.app.desktop.sound_player import SoundPlayer
from legato.app.desktop.teaching.taking import RATE
from legato.app.phrases.search import Floats


class TakeList(QListWidget):
    """A row a take."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """No takes."""
        super().__init__(parent)
        self.setAccessibleName("Takes")
        self._takes: dict[str, Floats] = {}
        self.player = SoundPlayer(self)

    def show_takes(self, takes: Mapping[str, Floats]) -> None:
        """Show these, (S,) each, by their names."""
        row = self.currentRow()
        self._takes = dict(takes)
        self.clear()
        for title, take in takes.items():
            peak = 20 * np.log10(max(float(np.abs(take).max(initial=0.0)), 1e-6))
            self.addItem(f"{title}: {len(take) / RATE:.1f} s, peak {peak:.0f} dBFS, good")
        self.setCurrentRow(min(max(row, 0), len(takes) - 1))

    def chosen(self) -> str | None:
        """The name of the take in the chosen row."""
        row = self.currentRow()
        return list(self._takes)[row] if 0 <= row < len(self._takes) else None

    def play(self) -> None:
        """Play the chosen take."""
        title = self.chosen()
        if title is not None:
            self.player.play(self._takes[title], RATE)
