"""The main window: a page for each of the things that legato does."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QAction, QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QMainWindow, QTabWidget

from legato.app.desktop.listen_page import ListenPage
from legato.app.desktop.page import Page
from legato.app.desktop.transcribing.page import TranscribePage
from legato.app.desktop.watch_page import WatchPage

_FRAME = 16
"""Milliseconds between two looks at whether anything is to be painted"""

Entry = tuple[str, str | QKeySequence.StandardKey, Callable[[], object]] | None
"""Text, key and work; None is a line between two"""


class Window(QMainWindow):
    """Pages, of which only the one in sight is at work."""

    def __init__(self, keywords: Path | None = None, gestures: Path | None = None) -> None:
        """A window for the models in two files, by default the shipped ones; it is stopped."""
        super().__init__()
        self.setWindowTitle("legato")
        self.resize(1100, 720)
        self.listening = ListenPage(keywords)
        self.watching = WatchPage(gestures)
        self.transcribing = TranscribePage()
        self._pages: tuple[Page, ...] = (self.listening, self.watching, self.transcribing)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setAccessibleName("Pages")
        for page in self._pages:
            self._tabs.addTab(page, page.tab)
        self._tabs.currentChanged.connect(self._turn)
        self.setCentralWidget(self._tabs)
        self._build_menus()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.timeout.connect(self._paint)
        self._timer.start()

    def begin(self) -> None:
        """Let the page in sight begin."""
        self.page().begin()

    def page(self) -> Page:
        """The one in sight."""
        return self._pages[self._tabs.currentIndex()]

    def turn_to(self, page: Page) -> None:
        """Bring a page in sight."""
        self._tabs.setCurrentWidget(page)

    def warn(self, text: str) -> None:
        """Tell something about a device or a recording where the user looks."""
        self.page().notice.tell(text)

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 — Qt's name
        """Stop the devices, then the threads, then close."""
        self._timer.stop()
        for page in self._pages:
            page.shut()
        super().closeEvent(event)

    def _build_menus(self) -> None:
        self._build_menu(
            "&File",
            [
                ("&Open a file…", QKeySequence.StandardKey.Open, lambda: self.page().ask_for_file()),
                ("Play what is in the &box", "Ctrl+B", lambda: self.page().play_demo()),
                ("Look for &devices again", "F5", lambda: self.page().look_again()),
                None,
                ("&Clear the list", "Ctrl+L", lambda: self.page().clear()),
                None,
                ("&Quit", "Ctrl+Q", self.close),
            ],
        )
        self._build_menu(
            "&View",
            [(page.tab, f"Ctrl+{number}", partial(self.turn_to, page)) for number, page in enumerate(self._pages, 1)],
        )

    def _build_menu(self, title: str, entries: list[Entry]) -> None:
        bar = self.menuBar()
        menu = bar.addMenu(title) if bar is not None else None
        if menu is None:
            return
        for entry in entries:
            if entry is None:
                menu.addSeparator()
                continue
            text, keys, work = entry
            action = QAction(text, self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _checked, work=work: work())
            menu.addAction(action)

    def _turn(self, _index: int) -> None:
        for page in self._pages:
            if page is not self.page():
                page.leave()
        self.page().come_back()

    def _paint(self) -> None:
        self.page().paint_newest()
