"""The page that writes recordings down: a list of them, and what was said in the one that is chosen."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from legato.app import assets
from legato.app.desktop.buttons import button, side_by_side
from legato.app.desktop.page import Page, heading, sentence
from legato.app.desktop.transcribing.choosers import OutputChooser
from legato.app.desktop.transcribing.clerk import Clerk
from legato.app.desktop.transcribing.folder_watch import FolderWatch
from legato.app.desktop.transcribing.order_table import OrderTable, clock
from legato.app.desktop.transcribing.orders import Order, Orders, State
from legato.app.desktop.transcribing.reader import Reader
from legato.app.transcription.formats import FORMATS
from legato.app.transcription.jobs import Job, find, is_media
from legato.app.transcription.results import Settings

_OFTEN = 0.1
"""Seconds between two looks at how far everything is"""


class TranscribePage(Page):
    """Takes recordings by drop, dialog or from a watched folder, and has them written down one after the other."""

    def __init__(self, model: Path | None = None) -> None:
        """A page for the model in a file, by default the shipped one; nothing runs before something is added."""
        super().__init__("Transcribe")
        self._model = model or assets.SPEECH
        self.orders = Orders()
        self._clerk: Clerk | None = None
        self._stale, self._painted = True, 0.0
        self._line = ""
        """What was said of no recording in particular"""
        self.setAcceptDrops(True)
        self._build()

    def add(self, paths: Sequence[str]) -> None:
        """Have recordings written down, and those in folders; what has a newer transcript is shown as done."""
        formats = self.output.formats
        jobs, problems = find(paths, self.output.folder, formats)
        self._add(jobs)
        if problems:
            self.notice.tell(sentence("; ".join(problems)), problem=True)
        self._stale = True

    def ask_for_file(self) -> None:
        """Let the user choose recordings."""
        dialog = QFileDialog(self, "Recordings to write down")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add)
        dialog.open()

    def ask_for_folder(self) -> None:
        """Let the user choose a folder of recordings."""
        self._ask_for_folder("A folder of recordings", lambda path: self.add([path]))

    def play_demo(self) -> None:
        """Write down what is in the box; its transcript goes where the user's files are."""
        if self.output.folder is None:
            self.notice.tell("Choose a folder for transcripts first: there is none beside the recording in the box")
            return
        self.add([str(assets.DEMO)])

    def clear(self) -> None:
        """Forget what is over; its files stay."""
        self.orders.remove()
        self._stale = True

    def shut(self) -> None:
        """Stop; what was being read is lost, and no file is half there."""
        self.watched.watch(None)
        self.reader.stop()
        clerk, self._clerk = self._clerk, None
        if clerk is not None:
            clerk.stop()

    def paint_newest(self) -> None:
        """Show how far everything is, at most ten times a second."""
        if self._stale and monotonic() - self._painted >= _OFTEN:
            self._stale, self._painted = False, monotonic()
            self.table.show_orders(list(self.orders))
            self._show_state()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802 - Qt's name
        """Files may be dropped."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802 - Qt's name
        """Files were dropped: what is on this machine is taken, an address is told as one."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None:
            event.acceptProposedAction()
            self.add([url.toLocalFile() or url.toString() for url in data.urls()])

    def _build(self) -> None:
        self.output = OutputChooser()
        self.table = OrderTable()
        self.reader = Reader()
        self.watched = FolderWatch(self._undone, self)
        self.state = QLabel()
        self.state.setAccessibleName("How far it is")
        self.table.itemSelectionChanged.connect(self._choose)
        self.reader.told.connect(lambda line: self.notice.tell(line, problem=True))
        self.watched.arrived.connect(lambda job: self._add([job]))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._left())
        split.addWidget(self.reader)
        split.setSizes([420, 660])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 4)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addLayout(self._top())
        layout.addWidget(self.output)
        layout.addWidget(split, 1)
        layout.addWidget(self.state)

    def _top(self) -> QHBoxLayout:
        self._watch = button("Wa&tch a folder…", self._watch_or_not, "Write down whatever comes into a folder")
        row = QHBoxLayout()
        row.addWidget(button("&Add files…", self.ask_for_file, "Add recordings"))
        row.addWidget(button("Add a f&older…", self.ask_for_folder, "Add a folder of recordings"))
        row.addWidget(self._watch)
        row.addStretch(1)
        row.addWidget(QLabel("or drop files here"))
        return row

    def _left(self) -> QWidget:
        self._pause = button("&Pause", self._pause_or_not, "Pause")
        self._cancel = button("&Cancel", self._cancel_selected, "Cancel the selected recordings")
        self._retry = button("&Retry", self._retry_selected, "Write the selected recordings down again")
        clear = button("Clear &list", self.clear, "Remove what is done from the list")
        buttons = side_by_side((self._pause, self._cancel, self._retry, clear), stretch=False)
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading("Recordings"))
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        return left

    def _add(self, jobs: Sequence[Job]) -> None:
        if self.orders.add(jobs):
            self._employ()
        self._stale = True

    def _employ(self) -> None:
        if self._clerk is None:
            settings = Settings(self._model, "auto", tuple(FORMATS))
            self._clerk = Clerk(self.orders, settings, lambda: self.output.formats, self)
            self._clerk.changed.connect(self._note)
            self._clerk.wrote.connect(self._take)
            self._clerk.said.connect(self._take_line)
            self._clerk.start()

    def _note(self) -> None:
        self._stale = True

    def _take_line(self, line: str) -> None:
        self._line = line
        self._stale = True

    def _take(self, order: Order) -> None:
        """A transcript is there: show it where it is waited for."""
        if order is self.reader.order or self.reader.order is None:
            self.table.show_orders(list(self.orders))
            if not self.table.selected() and order in list(self.orders):
                self.table.choose(order)
            self.reader.show_order(order)

    def _choose(self) -> None:
        selected = self.table.selected()
        if len(selected) == 1 and selected[0] is not self.reader.order:
            self.reader.show_order(selected[0])
        self._cancel.setEnabled(any(order.state in {State.waiting, State.reading} for order in selected))
        self._retry.setEnabled(any(order.state not in {State.waiting, State.reading} for order in selected))

    def _pause_or_not(self) -> None:
        paused = not self.orders.paused
        if self._clerk is not None:
            self._clerk.pause(paused)
        else:
            self.orders.pause(paused)
        self._pause.setText("Go &on" if paused else "&Pause")
        self._pause.setAccessibleName("Go on" if paused else "Pause")
        self._stale = True

    def _cancel_selected(self) -> None:
        for order in self.table.selected():
            if self._clerk is not None:
                self._clerk.cancel(order)

    def _retry_selected(self) -> None:
        for order in self.table.selected():
            if order.state not in {State.waiting, State.reading}:
                self.orders.put_back(order)
                self._employ()
        self._stale = True

    def _watch_or_not(self) -> None:
        if self.watched.folder is None:
            self._ask_for_folder("A folder to watch", self.watch)
        else:
            self.watch(None)

    def watch(self, folder: str | None) -> None:
        """Write down whatever comes into a folder from now on and has no transcript; None: no longer."""
        self.watched.watch(Path(folder) if folder else None)
        self._watch.setText(f"Stop &watching {Path(folder).name}" if folder else "Wa&tch a folder…")
        self._watch.setAccessibleName(self._watch.text().replace("&", ""))

    def _undone(self, folder: Path) -> list[Job]:
        """What lies in a folder and has no transcript."""
        try:
            paths = [str(path) for path in sorted(folder.iterdir()) if is_media(path)]
        except OSError:  # it is gone
            return []
        jobs, _ = find(paths, self.output.folder, tuple(FORMATS))
        return [job for job in jobs if not job.done(("json",))]

    def _ask_for_folder(self, title: str, then: Callable[[str], None]) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(then)
        dialog.open()

    def _show_state(self) -> None:
        """One line on all of it."""
        orders = list(self.orders)
        done = sum(order.state is State.done for order in orders)
        heard = sum(order.length if order.state is State.done else order.heard for order in orders)
        failed = sum(order.state is State.failed for order in orders)
        parts = [f"{done} of {len(orders)} recordings done", f"{clock(heard)} of sound"]
        if failed:
            parts.append(f"{failed} failed")
        if self.orders.paused:
            parts.append("paused")
        if self._line:
            parts.append(self._line)
        self.state.setText("Nothing to write down yet" if not orders else ", ".join(parts))
        selected = self.reader.order
        if selected is not None and selected.problem and selected.state is State.failed:
            self.reader.hint.setText(sentence(selected.problem))
        self._choose()
