"""The lists of what was heard and seen, the newest at the top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from legato.app.engine.events import GestureEvent, KeywordEvent

_MOST = 1000
"""Rows kept"""
_CLOCK = ("Clock", "When it was reported, by this machine's clock")
_SCORE = ("Score", "How sure the model is, from 0 to 1")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(eq=False)
class Listed:
    """One event as it is listed."""

    event: KeywordEvent | GestureEvent
    clock: str
    """When it was reported, by this machine's clock"""
    wrong: bool = False
    """Whether somebody said that it was not what was said"""


class EventList(QTableWidget):
    """A row for each event."""

    def __init__(self, name: str, columns: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """Empty. `columns` are headings and tips; the clock comes first, and the third is what it is all about."""
        super().__init__(0, len(columns), parent)
        self.listed: list[Listed] = []
        """The events, the newest first, as the rows"""
        self._only = ""
        self.setAccessibleName(name)
        for column, (title, tip) in enumerate(columns):
            heading = QTableWidgetItem(title)
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

    def forget(self) -> None:
        """Empty it."""
        self.listed = []
        self.setRowCount(0)

    def chosen(self) -> Listed | None:
        """The event of the selected row."""
        row = self.currentRow()
        return self.listed[row] if self.selectedIndexes() and 0 <= row < len(self.listed) else None

    def call_wrong(self, one: Listed) -> None:
        """Mark an event as wrong."""
        one.wrong = True
        item = self.item(self.listed.index(one), 2)
        if item is not None:
            font = item.font()
            font.setStrikeOut(True)
            item.setFont(font)
            item.setText(f"{one.event.label} (wrong)")

    def show_only(self, text: str) -> None:
        """Show those whose name has `text` in it, now and from now on."""
        self._only = text.strip().casefold()
        for row, one in enumerate(self.listed):
            self.setRowHidden(row, self._only not in one.event.label.casefold())

    def _insert(self, event: KeywordEvent | GestureEvent, *texts: str) -> None:
        """Put a row at the top, with the clock before `texts`."""
        clock = datetime.now().astimezone().strftime("%H:%M:%S")
        self.listed.insert(0, Listed(event, clock))
        self.insertRow(0)
        self.setRowHidden(0, self._only not in event.label.casefold())
        for column, text in enumerate((clock, *texts)):
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
            del self.listed[_MOST:]


class KeywordList(EventList):
    """What was heard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        columns = (
            _CLOCK,
            ("Heard at", "Where the word begins, counted from the start of the sound"),
            ("Keyword", "What was heard"),
            _SCORE,
            ("Latency", "From the end of the word to its report, in the sound"),
        )
        super().__init__("What was heard, the newest first", columns, parent)

    def add(self, event: KeywordEvent) -> None:
        """Put an event at the top."""
        self._insert(event, _media_time(event.start), event.label, f"{event.score:.2f}", _latency(event))


class GestureList(EventList):
    """What was seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        columns = (
            _CLOCK,
            ("Seen at", "Where the gesture begins, counted from the first picture"),
            ("Gesture", "What was seen"),
            ("Hand", "The person's own"),
            _SCORE,
            ("Latency", "From the end of the gesture to its report, in the pictures' time"),
        )
        super().__init__("What was seen, the newest first", columns, parent)

    def add(self, event: GestureEvent) -> None:
        """Put an event at the top."""
        self._insert(event, _media_time(event.start), event.label, event.hand, f"{event.score:.2f}", _latency(event))


def _latency(event: KeywordEvent | GestureEvent) -> str:
    return f"{1000 * (event.emitted - event.end):.0f} ms"


def _media_time(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
