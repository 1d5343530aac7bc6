"""Qt's loop around the window: for a user, or for a rehearsal that ends by itself."""

import signal
import sys
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QApplication

from legato.app.desktop import choices
from legato.app.desktop.problems import Problems, log_qt_messages, show_problem
from legato.app.desktop.window import Window
from legato.app.engine.errors import LegatoError

_INTERRUPTED = 130
_SMOKE_SECONDS = 1.0
_SCREENSHOT_SECONDS = 6.0
_PATIENCE = 60_000
"""Milliseconds until a rehearsal is given up"""


def run(model: Path | None) -> int:
    """Show the window until it is closed; returns the exit status."""
    application, window = _start(model)
    QTimer.singleShot(0, window.begin)
    return _finish(application, window)


def rehearse(screenshot: Path | None, model: Path | None) -> int:
    """Play the demo for a while, save a picture where one is wanted, and end. LegatoError where it does not play."""
    application, window = _start(model)
    rehearsal = _Rehearsal(application, window, screenshot)
    QTimer.singleShot(0, rehearsal.begin)
    status = _finish(application, window)
    if rehearsal.problem:
        raise LegatoError(rehearsal.problem)
    return status


class _Rehearsal(QObject):
    """Ends the application when enough of the demo was shown."""

    def __init__(self, application: QApplication, window: Window, screenshot: Path | None) -> None:
        super().__init__(window)
        self.problem = "the window was closed before the demo was played"
        self._application = application
        self._patience = QTimer(self)
        self._patience.setInterval(_PATIENCE)
        self._patience.timeout.connect(lambda: self._fail("the window did not play the demo within a minute"))
        self._window = window
        self._screenshot = screenshot
        self._seconds = _SCREENSHOT_SECONDS if screenshot else _SMOKE_SECONDS
        window.progressed.connect(self._look)
        window.failed.connect(self._fail)
        window.ended.connect(self._end)

    def begin(self) -> None:
        """Play."""
        self._window.control.offer([choices.demo()])
        self._window.listen_to(choices.demo())
        self._patience.start()

    def _look(self, position: float) -> None:
        if position >= self._seconds:
            self._end()

    def _fail(self, line: str) -> None:
        self.problem = line
        self._quit()

    def _end(self) -> None:
        self.problem = ""
        if self._screenshot and not self._window.grab().save(str(self._screenshot)):
            self.problem = f"{self._screenshot} cannot be written: name a .png in a folder that is there"
        self._quit()

    def _quit(self) -> None:
        self._patience.stop()
        self._window.progressed.disconnect(self._look)
        self._window.failed.disconnect(self._fail)
        self._window.ended.disconnect(self._end)
        self._application.exit()  # `quit` would close the window as well, which ends the application a second time


def _start(model: Path | None) -> tuple[QApplication, Window]:
    log_qt_messages()
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("legato")
    application.setQuitOnLastWindowClosed(True)
    window = Window(model)
    window.show()
    return application, window


def _finish(application: QApplication, window: Window) -> int:
    """Qt's loop, with everything around it put back afterwards."""
    problems = Problems()
    problems.unhandled.connect(lambda line: show_problem(window, line))
    problems.warned.connect(window.notice.tell)
    problems.watch()
    # The window's timer gives Python a turn often enough to see the signal.
    before = signal.signal(signal.SIGINT, lambda *_: application.exit(_INTERRUPTED))
    try:
        return application.exec()
    finally:
        application.setQuitOnLastWindowClosed(False)  # it has ended already
        window.close()
        problems.release()
        signal.signal(signal.SIGINT, before)
