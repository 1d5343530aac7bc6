"""The list of what was heard, the newest at the top."""

from datetime import datetime

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from legato.app.engine.events import KeywordEvent

_MOST = 1000
"""Rows kept"""
_COLUMNS = (
    ("Clock", "When it was reported, by this machine's clock"),
    ("Heard at", "Where the word begins, counted from the start of the sound"),
    ("Keyword", "What was heard"),
    ("Score", "How sure the model is, from 0 to 1"),
    ("Latency", "From the end of the word to its report, in the sound"),
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EventList(QTableWidget):
    """A row for each event."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(0, len(_COLUMNS), parent)
        self.setAccessibleName("What was heard, the newest first")
        for column, (name, tip) in enumerate(_COLUMNS):
            heading = QTableWidgetItem(name)
            heading.setToolTip(tip)
            self.setHorizontalHeaderItem(column, heading)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)  # Tab leaves the list, as everywhere else
        vertical, horizontal = self.verticalHeader(), self.horizontalHeader()
        if vertical is not None and horizontal is not None:
            vertical.hide()
            horizontal.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            horizontal.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
            horizontal.setHighlightSections(False)

    def add(self, event: KeywordEvent) -> None:
        """Put an event at the top."""
        latency = 1000 * (event.emitted - event.end)
        clock = datetime.now().astimezone().strftime("%H:%M:%S")
        texts = (clock, _media_time(event.start), event.label, f"{event.score:.2f}", f"{latency:.0f} ms")
        self.insertRow(0)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if column != 2:
                item.setTextAlignment(_RIGHT)
            else:
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            self.setItem(0, column, item)
        if self.rowCount() > _MOST:
            self.removeRow(_MOST)


def _media_time(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
