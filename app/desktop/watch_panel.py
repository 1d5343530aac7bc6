"""The picture with the hands, and below it their scores: what the page and the preview have in common."""

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from legato.app.desktop.hand_view import HandView
from legato.app.desktop.score_bars import ScoreBars
from legato.app.desktop.seen import Seen
from legato.app.engine.contract import Contract
from legato.app.engine.events import GestureEvent


class WatchPanel(QWidget):
    """Shows what a watcher sees."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing yet."""
        super().__init__(parent)
        self.view = HandView()
        self.bars = ScoreBars()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.bars)

    def reset(self, contract: Contract) -> None:
        """A new stream, of a model with this contract."""
        self.view.reset()
        self.bars.reset(contract.labels)

    def clear(self, words: str) -> None:
        """Show `words` in place of a picture."""
        self.view.reset(words)
        self.bars.reset(())

    def add(self, event: GestureEvent) -> None:
        """Take in an event."""
        self.view.add(event)

    def refresh(self, seen: Seen) -> None:
        """Show a frame."""
        self.view.refresh(seen)
        self.bars.refresh(seen)
