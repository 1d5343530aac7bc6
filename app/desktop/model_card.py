"""The card of a model in the box: data, licences, figures, and where it fails."""

from importlib.resources import files
from pathlib import Path

from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from legato.app import assets


class CardView(QDialog):
    """Shows a card."""

    def __init__(self, title: str, card: str, parent: QWidget | None = None) -> None:
        """`card` is Markdown."""
        super().__init__(parent)
        self.setWindowTitle(f"The card of {title}")
        self.resize(820, 620)
        text = QTextBrowser()
        text.setMarkdown(card)
        text.setAccessibleName("Card")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addWidget(buttons)


def card_of(path: Path) -> str | None:
    """The card of a model in the box; None for one's own, and where the cards are not installed."""
    if path.parent != assets.FOLDER:
        return None
    try:
        return (files("legato.models") / "cards" / f"{path.stem}.md").read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError):
        return None
