"""The takes of a word: listed, chosen, and played."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QListWidget, QWidget

from legato.app.desktop.page import sentence
from legato.app.desktop.teaching.taking import RATE
from legato.app.desktop.transcribing.player import Player
from legato.app.devices.recorder import write_flac
from legato.app.phrases.search import Floats


class TakeList(QListWidget):
    """A row a take. Its sound is on the disk only while the list lives, and only once it was played."""

    told = pyqtSignal(str)
    """One line on what went wrong"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """No takes."""
        super().__init__(parent)
        self.setAccessibleName("Takes")
        self._takes: dict[str, Floats] = {}
        self._player: Player | None = None
        self._sounds: TemporaryDirectory[str] | None = None

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
        self.stop()
        if title is None:
            return
        self._sounds = self._sounds or TemporaryDirectory(prefix="legato-")
        path = Path(self._sounds.name, f"{title}.flac")
        write_flac(path, self._takes[title], RATE)
        self._player = Player(path, 0.0, self)
        self._player.failed.connect(lambda line: self.told.emit(sentence(line)))
        self._player.start()

    def stop(self) -> None:
        """Play no more."""
        player, self._player = self._player, None
        if player is not None:
            player.stop()

    def shut(self) -> None:
        """Stop for good, and leave nothing on the disk."""
        self.stop()
        if self._sounds is not None:
            self._sounds.cleanup()
