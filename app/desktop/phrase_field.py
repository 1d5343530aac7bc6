"""The field for phrases to listen for beside the words that the model knows."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from legato.app.engine.errors import LegatoError
from legato.app.phrases import learned
from legato.app.phrases.spelling import ENGLISH, spelled


class PhraseField(QWidget):
    """Takes any phrases, separated by commas; Return lets them count."""

    changed = pyqtSignal()
    """Other phrases count from now on"""
    refused = pyqtSignal(str)
    """One of the phrases cannot be listened for: one line; those from before still count"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(parent)
        self.phrases: tuple[str, ...] = ()
        """Those that count"""
        self._field = QLineEdit()
        self._field.setAccessibleName("Phrases to listen for, separated by commas")
        self._field.setPlaceholderText("any words, as: open the garage, good night everybody")
        self._field.setToolTip("Reported whenever they are said. Commas separate them, Return lets them count.")
        self._field.setClearButtonEnabled(True)
        self._field.returnPressed.connect(self._take)
        label = QLabel("Listen for &phrases")
        label.setBuddy(self._field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self._field, 1)

    def _take(self) -> None:
        named = [" ".join(part.split()) for part in self._field.text().split(",")]
        phrases = tuple(dict.fromkeys(phrase for phrase in named if phrase))
        try:
            for phrase in phrases:
                if learned.find(phrase) is None:
                    spelled(phrase, ENGLISH)
        except LegatoError as error:
            self.refused.emit(str(error))
            return
        if phrases != self.phrases:
            self.phrases = phrases
            self.changed.emit()
