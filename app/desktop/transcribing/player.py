"""The thread that plays a recording."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from legato.app.desktop.worker import Worker
from legato.app.devices.playback import Playback


class Player(Worker):
    """Plays one recording from one of its seconds on. Start it once."""

    progressed = pyqtSignal(float)
    """The second that is played"""

    def __init__(self, path: Path, start: float, parent: QObject | None = None) -> None:
        """Play the recording at `path` from `start` on, in seconds."""
        super().__init__(parent)
        self._path, self._start = path, start

    def _follow(self) -> None:
        playback = Playback(self._path, self._start)
        if not self._hold(playback):
            playback.close()  # stopped before it began: nothing is played
        for position in playback.positions():
            self.progressed.emit(position)
