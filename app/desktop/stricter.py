"""The thread that makes a keyword stricter."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from legato.app.desktop.worker import Worker
from legato.app.engine.errors import LegatoError
from legato.app.engine.spotter import Floats
from legato.app.phrases.strictness import stricter


class Stricter(Worker):
    """Hears once more what a keyword was wrongly taken for. Start it once."""

    done = pyqtSignal(str, float)
    """The keyword, and its threshold from now on"""

    def __init__(self, keyword: str, sound: Floats, model: Path, parent: QObject | None = None) -> None:
        """`sound` (S,) is none of that keyword; `model` is the one that listens for words."""
        super().__init__(parent)
        self._keyword, self._sound, self._model = keyword, sound, model

    def _follow(self) -> None:
        try:
            threshold = stricter(self._keyword, self._sound, self._model)
        except OSError as error:
            raise LegatoError(f"it cannot be kept: {error.strerror}") from error
        self.done.emit(self._keyword, threshold)
