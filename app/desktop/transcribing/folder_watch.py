"""A folder that is watched: recordings that come into it are told once they are complete."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QFileSystemWatcher, QObject, QTimer, pyqtSignal

from legato.app.transcription.jobs import Job

_SETTLED = 1000
"""Milliseconds in which a file must not change before it is taken for complete"""

Sizes = dict[Path, tuple[int, int]]
"""Bytes and time of the last change, nanoseconds, of each recording"""


class FolderWatch(QObject):
    """Watches one folder at a time, without those below it."""

    arrived = pyqtSignal(Job)
    """A recording is there and does not change any more"""

    def __init__(self, look: Callable[[Path], list[Job]], parent: QObject | None = None) -> None:
        """Watch nothing yet. `look` tells what of a folder is to be done."""
        super().__init__(parent)
        self._look = look
        self.folder: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._notice)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLED)
        self._timer.timeout.connect(self._settle)
        self._sizes: Sizes = {}
        self._told: set[Job] = set()

    def watch(self, folder: Path | None) -> None:
        """Watch that folder from now on, or none."""
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self._timer.stop()
        self.folder, self._sizes, self._told = folder, {}, set()
        if folder is not None:
            self._watcher.addPath(str(folder))
            self._notice()

    def _notice(self) -> None:
        """Something came, went or changed its name: look when that is over."""
        self._timer.start()

    def _settle(self) -> None:
        """Tell what did not change since the last look, and look again where something did."""
        if self.folder is None:
            return
        before, self._sizes, unsettled = self._sizes, {}, False
        for job in self._look(self.folder):
            if job in self._told:
                continue
            try:
                about = job.source.stat()
            except OSError:
                continue
            now = (about.st_size, about.st_mtime_ns)
            self._sizes[job.source] = now
            if before.get(job.source) == now and about.st_size:
                self._told.add(job)
                self.arrived.emit(job)
            else:
                unsettled = True
        if unsettled:
            self._timer.start()
