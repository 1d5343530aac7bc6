"""The log, one click away: what happened lately, to read and to copy."""

import logging
from collections import deque

from PyQt6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

_MOST = 500
"""Lines kept"""


class LogKeeper(logging.Handler):
    """Keeps the latest lines of legato's own log, from any thread."""

    def __init__(self) -> None:
        """Nothing yet; `watch` begins."""
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.lines: deque[str] = deque(maxlen=_MOST)
        self._level = logging.NOTSET

    def watch(self) -> None:
        """Keep from now on, until `leave`."""
        log = logging.getLogger("legato")
        self._level = log.level
        log.setLevel(min(log.getEffectiveLevel(), logging.INFO))
        log.addHandler(self)

    def leave(self) -> None:
        """Leave the log as it was."""
        log = logging.getLogger("legato")
        log.removeHandler(self)
        log.setLevel(self._level)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))


class LogView(QDialog):
    """Shows lines."""

    def __init__(self, lines: list[str], parent: QWidget | None = None) -> None:
        """The newest are in sight."""
        super().__init__(parent)
        self.setWindowTitle("Log")
        self.resize(760, 420)
        self._text = QPlainTextEdit("\n".join(lines) or "Nothing has happened that is worth a line.")
        self._text.setReadOnly(True)
        self._text.setAccessibleName("Log")
        self._text.moveCursor(self._text.textCursor().MoveOperation.End)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.ActionRole)
        if copy is not None:
            copy.setAccessibleName("Copy the log")
            copy.clicked.connect(lambda _checked: copy_text(self._text.toPlainText()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._text)
        layout.addWidget(buttons)


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    clipboard = QApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
