"""What can be done with a list of events: sought, heard once more, called wrong, exported."""

import csv
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from legato.app.desktop.buttons import button
from legato.app.desktop.event_list import EventList, Listed

_COLUMNS = ("clock", "type", "label", "start", "end", "emitted", "score", "hand", "wrong")


class EventTools(QWidget):
    """A row below a list."""

    replay = pyqtSignal(object)
    """Play the sound of an event"""
    wrong = pyqtSignal(object)
    """An event was not what was said"""
    told = pyqtSignal(str)
    """One line on what went wrong, or what was done"""

    def __init__(self, events: EventList, *, sound: bool, parent: QWidget | None = None) -> None:
        """For a list of events; of those with `sound`, each can be heard once more and called wrong."""
        super().__init__(parent)
        self._events = events
        self._search = QLineEdit()
        self._search.setPlaceholderText("Show only…")
        self._search.setAccessibleName("Show only events with this in their name")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(events.show_only)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._search, 1)
        self._needing: list[QPushButton] = []
        if sound:
            self._needing.append(self._button("Repla&y", "Play the sound of the event", self._replay))
            self._needing.append(self._button("&Not said", "This was not what was said: be stricter", self._call_wrong))
        self._button("E&xport…", "Export the list of events", self.ask_for_target)
        for one in self.findChildren(QPushButton):
            row.addWidget(one)
        events.itemSelectionChanged.connect(self._show)
        self._show()

    def ask_for_target(self) -> None:
        """Let the user choose a file."""
        dialog = QFileDialog(self, "Export the list of events", "events.csv")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilters(["Table (*.csv)"])
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.open()

    def export(self, path: Path) -> None:
        """Write the list, the oldest first; times in seconds of the stream."""
        try:
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(_COLUMNS)
                writer.writerows(_row(one) for one in reversed(self._events.listed))
        except OSError as error:
            self.told.emit(f"{path} cannot be written: {error.strerror}")
        else:
            self.told.emit(f"{len(self._events.listed)} events are in {path}")

    def _button(self, text: str, name: str, work: Callable[[], None]) -> QPushButton:
        made = button(text, work, name)
        made.setParent(self)
        made.setToolTip(name)
        return made

    def _show(self) -> None:
        for one in self._needing:
            one.setEnabled(self._events.chosen() is not None)

    def _replay(self) -> None:
        chosen = self._events.chosen()
        if chosen is not None:
            self.replay.emit(chosen.event)

    def _call_wrong(self) -> None:
        chosen = self._events.chosen()
        if chosen is not None and not chosen.wrong:
            self._events.call_wrong(chosen)
            self.wrong.emit(chosen.event)


def _row(one: Listed) -> tuple[object, ...]:
    event = one.event
    kind, hand = ("gesture", event.hand) if hasattr(event, "hand") else ("keyword", "")
    times = (round(value, 3) for value in (event.start, event.end, event.emitted, event.score))
    return (one.clock, kind, event.label, *times, hand, "yes" if one.wrong else "")
