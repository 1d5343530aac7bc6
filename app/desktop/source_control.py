"""The row at the top: what to listen to, and the button that starts and stops it."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from legato.app.desktop.choices import Choice


class SourceControl(QWidget):
    """Offers choices; says when one is to be started and when to stop."""

    start = pyqtSignal()
    stop = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing to choose yet, nothing running."""
        super().__init__(parent)
        self._running = False
        self._box = QComboBox()
        self._box.setAccessibleName("Source of the sound")
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._box.activated.connect(self.start)  # choosing is starting
        label = QLabel("&Listen to")
        label.setBuddy(self._box)
        self._button = QPushButton()
        self._button.clicked.connect(self._press)
        self._button.setMinimumWidth(self.fontMetrics().horizontalAdvance("Start") * 4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(label)
        layout.addWidget(self._box, 1)
        layout.addWidget(self._button)
        self.show_running(running=False)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer these; what was chosen stays so where it is still among them."""
        chosen = self.choice()
        self._box.clear()
        for choice in choices:
            self._box.addItem(choice.title, choice)
        self.choose(chosen)

    def choose(self, choice: Choice | None) -> None:
        """Take `choice`, and offer it where it wasn't yet; nothing is started."""
        if choice is None:
            return
        choices = [self._box.itemData(index) for index in range(self._box.count())]
        if choice not in choices:
            self._box.addItem(choice.title, choice)
            choices.append(choice)
        self._box.setCurrentIndex(choices.index(choice))

    def choice(self) -> Choice | None:
        """What is chosen; None where nothing is offered."""
        chosen: Choice | None = self._box.currentData()
        return chosen

    def show_running(self, *, running: bool) -> None:
        """Let the button offer the opposite."""
        self._running = running
        self._button.setText("S&top" if running else "S&tart")
        self._button.setAccessibleName("Stop listening" if running else "Start listening")

    def _press(self) -> None:
        (self.stop if self._running else self.start).emit()
