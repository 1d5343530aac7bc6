"""Nothing goes wrong unseen: unhandled exceptions reach the log and a dialog, warnings of the devices the window."""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PyQt6.QtCore import QMessageLogContext, QObject, QtMsgType, pyqtSignal, qInstallMessageHandler
from PyQt6.QtWidgets import QMessageBox, QWidget

from legato.app.desktop.log_view import copy_text

log = logging.getLogger(__name__)
DEVICES = logging.getLogger("legato.app.devices")


class Problems(QObject):
    """Collects from any thread, and hands over on the thread that made it."""

    unhandled = pyqtSignal(str, str)
    """An exception that nobody caught, as one line, and where it comes from"""
    warned = pyqtSignal(str)
    """A warning about a device or recording"""

    def __init__(self, parent: QObject | None = None) -> None:
        """Collects nothing yet."""
        super().__init__(parent)
        self._handler = _Forward(self.warned.emit)
        self._before = (sys.excepthook, threading.excepthook)

    def watch(self) -> None:
        """Collect from now on, until `release`."""
        DEVICES.addHandler(self._handler)
        sys.excepthook = self._take
        threading.excepthook = lambda args: self._take(args.exc_type, args.exc_value, args.exc_traceback)

    def release(self) -> None:
        """Leave everything as it was before."""
        DEVICES.removeHandler(self._handler)
        sys.excepthook, threading.excepthook = self._before

    def _take(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        log.critical("unhandled exception", exc_info=(kind, error or kind(), trace))
        told = "".join(traceback.format_exception(kind, error, trace))
        self.unhandled.emit(f"{kind.__name__}: {error}", told)


class _Forward(logging.Handler):
    """Passes the text of warnings on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one on."""
        self._tell(record.getMessage())


def log_qt_messages() -> None:
    """Let what Qt has to say go to the log."""
    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
    }

    def take(kind: QtMsgType, _where: QMessageLogContext, text: str | None) -> None:
        # Drawing into memory has no window manager to tell sizes to, and says so each time.
        harmless = text is not None and "propagateSizeHints" in text
        log.log(logging.DEBUG if harmless else levels.get(kind, logging.CRITICAL), "Qt: %s", text)

    qInstallMessageHandler(take)


def show_problem(parent: QWidget, line: str, told: str) -> None:
    """A dialog about an unhandled exception, which can be copied; does not wait for it."""
    box = QMessageBox(QMessageBox.Icon.Critical, "legato", "Something unexpected went wrong.", parent=parent)
    box.setInformativeText(f"{line}\n\nlegato goes on where it can. What was recorded and written down is not lost.")
    box.setDetailedText(told)
    copy = box.addButton("&Copy", QMessageBox.ButtonRole.ActionRole)
    box.addButton(QMessageBox.StandardButton.Close)
    if copy is not None:
        copy.setAccessibleName("Copy what went wrong")
        copy.clicked.disconnect()  # it must not close the dialog
        copy.clicked.connect(lambda _checked: copy_text(f"{line}\n{told}"))
    box.open()
