"""Short pieces of sound that are in memory, played."""

from pathlib import Path
from tempfile import TemporaryDirectory

from PyQt6.QtCore import QObject, pyqtSignal

from legato.app.desktop.page import sentence
from legato.app.desktop.transcribing.player import Player
from legato.app.devices.recorder import write_flac
from legato.app.engine.spotter import Floats


class SoundPlayer(QObject):
    """Plays one piece at a time; it is on the disk only while it may be played, and nothing is left in the end."""

    told = pyqtSignal(str)
    """One line on what went wrong"""

    def __init__(self, parent: QObject | None = None) -> None:
        """Nothing is played."""
        super().__init__(parent)
        self.folder: TemporaryDirectory[str] | None = None
        self._player: Player | None = None

    def play(self, samples: Floats, rate: int) -> None:
        """Play samples (S,) at `rate` hertz."""
        self.stop()
        self.folder = self.folder or TemporaryDirectory(prefix="legato-")
        path = Path(self.folder.name, "sound.flac")
        write_flac(path, samples, rate)
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
        if self.folder is not None:
            self.folder.cleanup()
