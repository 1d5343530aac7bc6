"""Qt's loop around a window, with everything around it put back afterwards."""

import gc
import signal
import sys
from collections.abc import Callable

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QWidget

from legato.app.desktop.problems import Problems, log_qt_messages, show_problem

INTERRUPTED = 130
_SETTLED = 5000
"""Milliseconds after which a window has built what it is made of"""


def application() -> QApplication:
    """The one there is, made where there is none; it ends where nobody holds it any more."""
    log_qt_messages()
    existing = QApplication.instance()
    made = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    made.setApplicationName("legato")
    made.setQuitOnLastWindowClosed(True)
    return made


def settle() -> None:
    """Take what there is now for what stays: looking through all of it for garbage holds the window up."""
    gc.collect()
    gc.freeze()


def loop(running: QApplication, window: QWidget, warn: Callable[[str], None]) -> int:
    """Until the last window is closed, or the application's `exit`; returns the exit status.

    `warn` takes warnings about devices and recordings. A timer of the window's must give Python a turn often enough to
    see Ctrl-C.
    """
    problems = Problems()
    problems.unhandled.connect(lambda line, told: show_problem(window, line, told))
    problems.warned.connect(warn)
    problems.watch()
    once = QTimer(window)
    once.setSingleShot(True)
    once.timeout.connect(settle)
    once.start(_SETTLED)
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # as in a background job
        signal.signal(signal.SIGINT, lambda *_: running.exit(INTERRUPTED))
    try:
        return running.exec()
    finally:
        running.setQuitOnLastWindowClosed(False)  # it has ended already
        window.close()
        problems.release()
        signal.signal(signal.SIGINT, before)
