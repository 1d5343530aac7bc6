"""The window as a program: for a user, or for a rehearsal that ends by itself."""

from pathlib import Path

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QApplication

from legato.app.desktop import looping
from legato.app.desktop.settings import FOLDER
from legato.app.desktop.single import OnlyOne
from legato.app.desktop.source_page import SourcePage
from legato.app.desktop.window import Window
from legato.app.engine.errors import LegatoError

_SMOKE_SECONDS = 1.0
_SCREENSHOT_SECONDS = 6.0
_PATIENCE = 60_000
"""Milliseconds until a rehearsal is given up"""


def run(model: Path | None) -> int:
    """Show the window until it is closed; returns the exit status."""
    application = looping.application()
    alone = OnlyOne()
    if not alone.claim():
        return 0  # the window that is there comes up
    application, window = _start(model, FOLDER)
    alone.called.connect(window.come_up)
    QTimer.singleShot(0, window.begin)
    try:
        return looping.loop(application, window, window.warn)
    finally:
        alone.release()


def rehearse(screenshot: Path | None, model: Path | None) -> int:
    """Play the demos for a while, save a picture where one is wanted, and end. LegatoError where they do not play."""
    application, window = _start(model)
    rehearsal = _Rehearsal(application, window, screenshot)
    QTimer.singleShot(0, rehearsal.begin)
    status = looping.loop(application, window, window.warn)
    if rehearsal.problem:
        raise LegatoError(rehearsal.problem)
    return status


class _Rehearsal(QObject):
    """Turns the pages, and ends the application when enough of each demo was shown."""

    def __init__(self, application: QApplication, window: Window, screenshot: Path | None) -> None:
        super().__init__(window)
        self.problem = "the window was closed before the demo was played"
        self._patience = QTimer(self)
        self._patience.setInterval(_PATIENCE)
        self._patience.timeout.connect(lambda: self._fail("the window did not play the demo within a minute"))
        self._application = application
        self._window = window
        self._screenshot = screenshot
        self._seconds = _SCREENSHOT_SECONDS if screenshot else _SMOKE_SECONDS
        self._pages: list[SourcePage] = [window.listening]
        """Those still to be played"""
        if window.watching.ready() and not screenshot:
            self._pages.append(window.watching)

    def begin(self) -> None:
        """Play."""
        self._patience.start()
        self._play()

    def _play(self) -> None:
        page = self._pages[0]
        page.progressed.connect(self._look)
        page.failed.connect(self._fail)
        page.ended.connect(self._end)
        page.play_demo()
        self._window.turn_to(page)

    def _let_go(self) -> None:
        page = self._pages.pop(0)
        page.progressed.disconnect(self._look)
        page.failed.disconnect(self._fail)
        page.ended.disconnect(self._end)

    def _look(self, position: float) -> None:
        if position >= self._seconds:
            self._end()

    def _fail(self, line: str) -> None:
        self.problem = line
        self._let_go()
        self._quit()

    def _end(self) -> None:
        self._let_go()
        if self._pages:
            self._play()
            return
        self.problem = ""
        if self._screenshot and not self._window.grab().save(str(self._screenshot)):
            self.problem = f"{self._screenshot} cannot be written: name a .png in a folder that is there"
        self._quit()

    def _quit(self) -> None:
        self._patience.stop()
        self._application.exit()  # `quit` would close the window as well, which ends the application a second time


def _start(model: Path | None, folder: Path | None = None) -> tuple[QApplication, Window]:
    """An application with its window; settings are kept in `folder`, those of a rehearsal nowhere."""
    application = looping.application()
    window = Window(model, folder=folder)
    window.show()
    return application, window
