"""What the window asks of each of its pages, and what all of them are made of."""

from PyQt6.QtWidgets import QLabel, QWidget

from legato.app.desktop.notice import Notice


class Page(QWidget):
    """One of the things that legato does. Whatever a page cannot do it leaves alone."""

    def __init__(self, tab: str) -> None:
        """A page whose tab has that title; it is at rest."""
        super().__init__()
        self.tab = tab
        self.notice = Notice()

    def begin(self) -> None:
        """The window is there: do what can be done without being asked."""

    def come_back(self) -> None:
        """In sight, for the first time or again."""

    def leave(self) -> None:
        """Another page is in sight."""

    def shut(self) -> None:
        """Stop for good."""

    def paint_newest(self) -> None:
        """Show what came since the last time."""

    def ask_for_file(self) -> None:
        """Let the user choose something to work on."""

    def play_demo(self) -> None:
        """Work on what is in the box."""

    def look_again(self) -> None:
        """Ask anew which devices there are."""

    def clear(self) -> None:
        """Empty the list of what came."""


def heading(text: str) -> QLabel:
    """What stands above a part of a page."""
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def sentence(line: str) -> str:
    """An error's line with a capital in front."""
    return line[:1].upper() + line[1:]
