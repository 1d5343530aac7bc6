"""The row at the top of a page: what to follow, and the button that starts and stops it."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from legato.app.desktop.choices import Choice
from legato.app.desktop.words import Words


class SourceControl(QWidget):
    """Offers choices, the last of which is to open a file; says when one is to be started and when to stop."""

    start = pyqtSignal()
    stop = pyqtSignal()
    ask = pyqtSignal()
    """A file is to be chosen"""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        """Nothing to choose yet but a file, nothing running."""
        super().__init__(parent)
        self._running = False
        self._words = words
        self._box = QComboBox()
        self._box.setAccessibleName(words.source)
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._box.setMinimumContentsLength(12)
        self._box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.activated.connect(self._take)
        self._chosen: Choice | None = None
        label = QLabel(words.label)
        label.setBuddy(self._box)
        self._button = QPushButton()
        self._button.clicked.connect(self._press)
        self._button.setMinimumWidth(self.fontMetrics().horizontalAdvance("Start") * 3)
        self.row = QHBoxLayout(self)
        """Where a page may put more"""
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.addWidget(label)
        self.row.addWidget(self._box, 1)
        self.row.addWidget(self._button)
        self.offer([])
        self.show_running(running=False)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these; what was chosen stays so where it is still among them."""
        chosen = self._chosen
        self._box.clear()
        for choice in choices:
            self._box.addItem(choice.title, choice)
        self._box.addItem(f"{self._words.open}…", None)
        self._chosen = self._box.itemData(0)
        self.choose(chosen)

    def choose(self, choice: Choice | None) -> None:
        """Take `choice`, and offer it where it wasn't yet; nothing is started."""
        if choice is None:
            return
        choices = [self._box.itemData(index) for index in range(self._box.count() - 1)]
        if choice not in choices:
            self._box.insertItem(len(choices), choice.title, choice)
            choices.append(choice)
        self._chosen = choice
        self._box.setCurrentIndex(choices.index(choice))

    def choice(self) -> Choice | None:
        """What is chosen; None where nothing is offered."""
        return self._chosen

    def titles(self) -> list[str]:
        """All that is offered, from the top."""
        return [self._box.itemText(index) for index in range(self._box.count())]

    def show_running(self, *, running: bool) -> None:
        """Let the button offer the opposite."""
        self._running = running
        self._button.setText("S&top" if running else "S&tart")
        self._button.setAccessibleName(f"{'Stop' if running else 'Start'} {self._words.running.lower()}")

    def _take(self, index: int) -> None:
        """Choosing is starting."""
        chosen: Choice | None = self._box.itemData(index)
        if chosen is None:
            self.choose(self._chosen)  # until a file is there
            self.ask.emit()
            return
        self._chosen = chosen
        self.start.emit()

    def _press(self) -> None:
        (self.stop if self._running else self.start).emit()
