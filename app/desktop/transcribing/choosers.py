"""Where transcripts go, and as what."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLabel, QWidget

_KINDS = {"txt": "Text (.txt)", "srt": "Subtitles (.srt)", "vtt": "Web subtitles (.vtt)"}
_BESIDE, _OTHER = "Beside each recording", "In another folder…"


class OutputChooser(QWidget):
    """A folder, and the formats besides JSON, which is always written: it holds the times and what was corrected."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Text, beside the recordings."""
        super().__init__(parent)
        self.folder: Path | None = None
        """Where everything goes; None: beside each recording"""
        self.formats: tuple[str, ...] = ("txt", "json")
        """Those that are wanted, JSON among them"""
        self._places = QComboBox()
        self._places.setAccessibleName("Where transcripts are written")
        self._places.addItems([_BESIDE, _OTHER])
        self._places.activated.connect(self._choose)
        label = QLabel("&Write")
        label.setBuddy(self._places)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label)
        row.addWidget(self._places, 1)
        self._boxes: dict[str, QCheckBox] = {}
        for form, title in _KINDS.items():
            box = QCheckBox(title)
            box.setAccessibleName(title)
            box.setChecked(form == "txt")
            box.toggled.connect(self._take_formats)
            row.addWidget(box)
            self._boxes[form] = box

    def put_in(self, folder: Path | None) -> None:
        """Write everything into that folder, or beside the recordings."""
        self.folder = folder
        self._places.clear()
        self._places.addItems([_BESIDE, *([str(folder)] if folder else []), _OTHER])
        self._places.setCurrentIndex(1 if folder else 0)
        self.changed.emit()

    def restore(self, folder: Path | None, formats: Sequence[str]) -> None:
        """As it was earlier."""
        self.put_in(folder)
        for form, box in self._boxes.items():
            box.setChecked(form in formats)

    def _take_formats(self) -> None:
        self.formats = (*(form for form, box in self._boxes.items() if box.isChecked()), "json")
        self.changed.emit()

    def _choose(self, index: int) -> None:
        if self._places.itemText(index) == _BESIDE:
            self.put_in(None)
        elif self._places.itemText(index) == _OTHER:
            dialog = QFileDialog(self, "A folder for transcripts")
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.fileSelected.connect(lambda path: self.put_in(Path(path)))
            dialog.rejected.connect(lambda: self.put_in(self.folder))
            dialog.open()
