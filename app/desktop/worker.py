"""What every thread that follows a source has in common: how it fails, and how it is stopped."""

import logging
from threading import Event
from typing import Protocol

from PyQt6.QtCore import QObject, QThread, pyqtSignal

from legato.app.engine.errors import LegatoError

log = logging.getLogger(__name__)


class Closable(Protocol):
    """A source, as far as stopping it goes."""

    def close(self) -> None:
        """End what it gives. From any thread, any number of times."""


class Worker(QThread):
    """Follows one source until it ends or is told to stop. Start it once."""

    failed = pyqtSignal(str)
    """One line on what is wrong and what to do"""

    def __init__(self, parent: QObject | None = None) -> None:
        """A thread that hasn't started."""
        super().__init__(parent)
        self.error: Exception | None = None
        """What ended it before its time"""
        self._stopping = Event()
        self._source: Closable | None = None

    def run(self) -> None:
        """The thread."""
        try:
            self._follow()
        except LegatoError as error:
            log.info("%s", error)
            self.error = error.with_traceback(None)  # which would hold model and source for as long as this thread
            self.failed.emit(str(error))
        except Exception as error:
            self.error = error
            raise

    def stop(self) -> None:
        """Stop the device, wake the thread and wait for its end. From the thread that owns it."""
        self._stopping.set()
        if self._source is not None:
            self._source.close()
        self.wait()

    def _follow(self) -> None:
        """Open the source and follow it."""
        raise NotImplementedError

    def _hold(self, source: Closable) -> bool:
        """Let `stop` close `source` from now on; whether it is still wanted."""
        self._source = source  # before the look at the flag, so that `stop` finds one or the other
        return not self._stopping.is_set()
