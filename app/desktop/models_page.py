"""The page of models: what is installed, what each promises, whether it holds, and which is used."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import (
    QFileDialog,
    QSplitter,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from legato.app import assets
from legato.app.desktop.buttons import button, side_by_side
from legato.app.desktop.model_card import CardView, card_of
from legato.app.desktop.page import Page, heading, sentence
from legato.app.desktop.plain_table import plain_table
from legato.app.desktop.worker import Worker
from legato.app.engine.contract import Contract
from legato.app.engine.description import described
from legato.app.engine.errors import LegatoError
from legato.app.engine.session import Session
from legato.app.engine.trial import HOLDS, largest_difference

_COLUMNS = ("Model", "Task", "Cells", "Size", "Used")
_USES = {"keywords": "for listening", "gestures": "for watching"}
"""Tasks whose model may be chosen"""
_NAMES = {
    "&Import…": "Import a model",
    "Verif&y": "Verify the model",
    "&Card": "Show the card of the model",
    "&Use it": "Use the model",
    "&Remove": "Remove the model",
}
"""Of buttons, for screen readers"""


class Trier(Worker):
    """Opens a model and tries it. Start it once."""

    tried = pyqtSignal(str, float)
    """What it really runs on, and the largest difference of a score"""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        """Try the model in that file."""
        super().__init__(parent)
        self._path = path

    def _follow(self) -> None:
        session = Session.open(self._path)
        self.tried.emit(session.provider, largest_difference(session))


class ModelsPage(Page):
    """Lists the models in the box and one's own; a file that is dropped here is copied to these."""

    chosen = pyqtSignal(str, object)
    """A task, and the path of the model that is used for it from now on; None for the one in the box"""

    def __init__(self, folder: Path | None = None) -> None:
        """One's own models are kept in `folder`, by default the user's; none is opened before the page is in sight."""
        super().__init__("Models")
        self._folder = folder or assets.OWN_GESTURES.parent
        self._contracts: dict[Path, Contract] = {}
        self._changed: dict[Path, int] = {}
        """When each file had changed that a contract was read from"""
        self._used: dict[str, Path] = {"keywords": assets.KEYWORDS, "gestures": assets.gesture_model()}
        self._trier: Trier | None = None
        self.setAcceptDrops(True)
        self._build()

    def come_back(self) -> None:
        """Look at what there is."""
        self._show()

    def shut(self) -> None:
        """Stop for good."""
        trier, self._trier = self._trier, None
        if trier is not None:
            trier.stop()

    def use(self, task: str, path: Path | None) -> None:
        """Remember which model a task uses."""
        self._used[task] = path or {"keywords": assets.KEYWORDS, "gestures": assets.gesture_model()}[task]

    def used(self, task: str) -> Path | None:
        """The model that was chosen for a task; None for the one in the box."""
        path = self._used[task]
        return None if path in {assets.KEYWORDS, assets.gesture_model()} else path

    def ask_for_file(self) -> None:
        """Let the user choose model files to import."""
        dialog = QFileDialog(self, "Models to import", filter="Models (*.onnx)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add)
        dialog.open()

    def add(self, paths: Sequence[str]) -> None:
        """Copy model files to one's own, where they keep their contracts."""
        for text in paths:
            source = Path(text)
            target = self._folder / source.name
            try:
                Session.open(source, "cpu")
                self._copy(source, target)
            except LegatoError as error:
                self.notice.tell(sentence(str(error)), problem=True)
            except OSError as error:
                self.notice.tell(f"{target} cannot be written: {error.strerror}", problem=True)
        self._show()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:  # noqa: N802 - Qt's name
        """Files may be dropped."""
        data = event.mimeData() if event is not None else None
        if event is not None and data is not None and data.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:  # noqa: N802 - Qt's name
        """Files were dropped."""
        data = event.mimeData() if event is not None else None
        if data is not None:
            self.add([url.toLocalFile() for url in data.urls() if url.isLocalFile()])

    def _copy(self, source: Path, target: Path) -> None:
        """The whole file, or none; LegatoError where another one has its name."""
        if target.exists():
            raise LegatoError(f"{target.name} is there already: rename the file first")
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        shutil.copyfile(source, partial)
        partial.replace(target)

    def _build(self) -> None:
        self.table = plain_table("Models", _COLUMNS, 0)
        self.table.itemSelectionChanged.connect(self._choose)
        self.promises = plain_table("What the model promises", ("", ""), 1)
        self.promises.setWordWrap(True)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        for title, table in (("Installed", self.table), ("What it promises, and where it comes from", self.promises)):
            part = QWidget()
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(heading(title))
            column.addWidget(table)
            split.addWidget(part)
        works = {
            "&Import…": self.ask_for_file,
            "Verif&y": self.verify,
            "&Card": self._show_card,
            "&Use it": self._use,
            "&Remove": self._remove,
        }
        self._buttons = {title: button(title, work, _NAMES[title]) for title, work in works.items()}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(split, 1)
        layout.addLayout(side_by_side(self._buttons.values()))
        self._choose()

    def _paths(self) -> list[Path]:
        own = sorted(self._folder.glob("*.onnx")) if self._folder.is_dir() else []
        return [*assets.models(), *own]

    def _show(self) -> None:
        """All that is installed."""
        row = max(0, self.table.currentRow())
        self.table.setRowCount(0)
        self._rows: list[Path] = []
        for path in self._paths():
            try:
                changed = path.stat().st_mtime_ns
                if self._changed.get(path) != changed:
                    self._contracts[path] = Session.open(path, "cpu").contract
                    self._changed[path] = changed
            except LegatoError as error:
                self.notice.tell(sentence(str(error)), problem=True)
                continue
            contract = self._contracts[path]
            use = _USES.get(contract.task, "") if self._used.get(contract.task) == path else ""
            name = path.stem if path.parent == assets.FOLDER else f"{path.stem} (own)"
            size = f"{path.stat().st_size / 1e6:.1f} MB"
            self._rows.append(path)
            self.table.insertRow(self.table.rowCount())
            for column, text in enumerate((name, contract.task, contract.cell, size, use)):
                self.table.setItem(self.table.rowCount() - 1, column, QTableWidgetItem(text))
        self.table.selectRow(min(row, self.table.rowCount() - 1))
        self._choose()

    def _path(self) -> Path | None:
        row = self.table.currentRow()
        return self._rows[row] if 0 <= row < self.table.rowCount() else None

    def _choose(self) -> None:
        """Show what the chosen model promises, and what can be done with it."""
        path = self._path()
        rows = described(self._contracts[path]) if path is not None else []
        self.promises.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.promises.setItem(row, column, QTableWidgetItem(text))
        self.promises.resizeRowsToContents()
        task = self._contracts[path].task if path is not None else ""
        self._buttons["Verif&y"].setEnabled(path is not None and self._trier is None)
        self._buttons["&Card"].setEnabled(path is not None and card_of(path) is not None)
        self._buttons["&Use it"].setEnabled(task in _USES and self._used[task] != path)
        self._buttons["&Remove"].setEnabled(path is not None and path.parent != assets.FOLDER)

    def verify(self) -> None:
        """Try the chosen model, on a thread of its own."""
        path = self._path()
        if path is None or self._trier is not None:
            return
        trier = Trier(path, self)
        trier.tried.connect(lambda provider, found: self._tell(path.name, provider, found))
        trier.failed.connect(lambda line: self.notice.tell(sentence(line), problem=True))
        trier.finished.connect(self._end)
        trier.finished.connect(trier.deleteLater)
        self._trier = trier
        self.notice.tell(f"Trying {path.name} …")
        trier.start()
        self._choose()

    def _show_card(self) -> None:
        path = self._path()
        card = card_of(path) if path is not None else None
        if path is not None and card is not None:
            CardView(path.stem, card, self).open()

    def _tell(self, name: str, provider: str, found: float) -> None:
        outcome = "holds" if found <= HOLDS else "DOES NOT HOLD"
        exactly = f"chunks give what the whole gives, but for {found:.1e} ({HOLDS:g} allowed)"
        self.notice.tell(f"{name} {outcome}: {exactly}. It runs on the {provider}.", problem=found > HOLDS)

    def _end(self) -> None:
        if self.sender() is self._trier:
            self._trier = None
            self._choose()

    def _use(self) -> None:
        path = self._path()
        if path is None:
            return
        task = self._contracts[path].task
        self._used[task] = path
        self.chosen.emit(task, self.used(task))
        self.notice.tell(f"{path.stem} is used {_USES[task]} from now on.")
        self._show()

    def _remove(self) -> None:
        """Take one of one's own away; what uses it goes back to the one in the box."""
        path = self._path()
        if path is None:
            return
        task = self._contracts.pop(path).task
        try:
            path.unlink()
        except OSError as error:
            self.notice.tell(f"{path} cannot be removed: {error.strerror}", problem=True)
        if self._used.get(task) == path:
            self.use(task, None)
            self.chosen.emit(task, None)
        self._show()
