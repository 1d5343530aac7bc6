"""What the pages that teach have in common: a hint, what to do in large letters, a list, and buttons."""

from collections.abc import Mapping

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import QFileDialog, QLabel, QLayout, QVBoxLayout, QWidget

from legato.app.desktop.buttons import Work, button, side_by_side
from legato.app.desktop.page import Page, heading


class TeachingPage(Page):
    """Teaches one thing at a time."""

    taught = pyqtSignal(str)
    """What is kept, by its name"""

    def __init__(self, name: str) -> None:
        """`name` is the page's."""
        super().__init__(name)
        self.told = QLabel()
        self.told.setAccessibleName("What to do")
        self.told.setWordWrap(True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self.told.font()
        font.setPointSizeF(1.8 * font.pointSizeF())
        font.setWeight(QFont.Weight.Bold)
        self.told.setFont(font)
        self.told.setMinimumHeight(90)

    def add_files(self, paths: list[str]) -> None:
        """Take recordings."""
        raise NotImplementedError

    def ask_for_file(self) -> None:
        """Let the user choose recordings."""
        dialog = QFileDialog(self, "Recordings")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def _lay_out(self, hint: str, form: QLayout, about: str, below: QWidget, works: Mapping[str, Work]) -> None:
        """The page from top to bottom: `below` stands under the heading `about`, a button for each work under it."""
        self._by_name = {title.replace("&", "").rstrip("…"): button(title, work) for title, work in works.items()}
        words = QLabel(hint)
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(words)
        layout.addLayout(form)
        layout.addWidget(self.told)
        layout.addWidget(heading(about))
        layout.addWidget(below, 1)
        layout.addLayout(side_by_side(self._by_name.values(), stretch=False))

    def _enable(self, states: Mapping[str, bool]) -> None:
        """Let those buttons be pressed that are told so."""
        for name, enabled in states.items():
            self._by_name[name].setEnabled(enabled)

    def _tell(self, text: str) -> None:
        self.told.setText(text)
