"""What is listened for beside the words that the model knows, and whether it is heard again before it is reported."""

from collections.abc import Container

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from legato.app import assets
from legato.app.engine.errors import LegatoError
from legato.app.phrases import learned
from legato.app.phrases.spelling import ENGLISH, spelled


class PhraseField(QWidget):
    """Takes any phrases, separated by commas; Return lets them count. Beside it, a box for the second look."""

    changed = pyqtSignal()
    """Other phrases count from now on, or a second look does or does not"""
    refused = pyqtSignal(str)
    """One of the phrases cannot be listened for: one line; those from before still count"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(parent)
        self.phrases: tuple[str, ...] = ()
        """Those that count"""
        self.known: Container[str] = ()
        """Words that a model listens for by itself, however they are spelled"""
        self._field = QLineEdit()
        self._field.setAccessibleName("Phrases to listen for, separated by commas")
        self._field.setPlaceholderText("any words, as: open the garage, good night everybody")
        self._field.setToolTip("Reported whenever they are said. Commas separate them, Return lets them count.")
        self._field.setClearButtonEnabled(True)
        self._field.returnPressed.connect(self._take)
        self._again = QCheckBox("Hear &again before reporting")
        self._again.setAccessibleName("Hear again before reporting")
        self._again.setToolTip(
            "A second network reads the last two seconds both ways and may veto what was spotted: fewer false alarms."
        )
        self._again.toggled.connect(self.changed)
        self._again.setVisible(assets.SPEECH.is_file())
        label = QLabel("Listen for &phrases")
        label.setBuddy(self._field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self._field, 1)
        row.addSpacing(14)
        row.addWidget(self._again)

    @property
    def again(self) -> bool:
        """Whether a second look decides on what is spotted."""
        return self._again.isChecked()

    def add(self, phrase: str) -> None:
        """Listen for one more, or, for one that is listened for, by what is known of it now."""
        if phrase in self.phrases:
            self.changed.emit()
            return
        self._field.setText(", ".join(dict.fromkeys((*self.phrases, phrase))))
        self._take()

    def restore(self, phrases: str, *, again: bool) -> None:
        """As it was earlier: phrases that count, with commas between, and the box; nothing is told."""
        for widget in (self, self._again):
            widget.blockSignals(True)
        self._field.setText(phrases)
        self._again.setChecked(again and assets.SPEECH.is_file())
        self._take()
        for widget in (self, self._again):
            widget.blockSignals(False)

    def _take(self) -> None:
        named = [" ".join(part.split()) for part in self._field.text().split(",")]
        phrases = tuple(dict.fromkeys(phrase for phrase in named if phrase))
        try:
            for phrase in phrases:
                if phrase not in self.known and learned.find(phrase) is None:
                    spelled(phrase, ENGLISH)
        except LegatoError as error:
            self.refused.emit(str(error))
            return
        if phrases != self.phrases:
            self.phrases = phrases
            self.changed.emit()
