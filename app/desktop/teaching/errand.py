"""A command of legato's run in a process of its own, line by line."""

import sys
from collections.abc import Sequence

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal

_CODE = "import sys; from legato.app.cli.main import main; sys.exit(main())"


def program() -> list[str]:
    """What runs legato: this very program where it is a bundle, else this Python."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-c", _CODE]


class Errand(QObject):
    """One run of a command. Start it once; `stop` ends it."""

    said = pyqtSignal(str)
    """A line of what it tells while it works"""
    ended = pyqtSignal(int, list)
    """The exit status, and the lines of its result"""

    def __init__(self, arguments: Sequence[str], parent: QObject | None = None) -> None:
        """`arguments` are those of `legato`."""
        super().__init__(parent)
        self._arguments = [*program(), *arguments]
        self._rest = ""
        self._process = QProcess(self)
        surroundings = QProcessEnvironment.systemEnvironment()
        surroundings.insert("TERM", "dumb")
        surroundings.insert("COLUMNS", "200")
        self._process.setProcessEnvironment(surroundings)
        self._process.readyReadStandardError.connect(self._hear)
        self._process.finished.connect(self._end)
        self._process.errorOccurred.connect(self._fail)

    def start(self) -> None:
        """Run it."""
        first, *rest = self._arguments
        self._process.start(first, rest)

    def stop(self) -> None:
        """End it now, and say nothing more."""
        self.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(5000)

    def _hear(self) -> None:
        text = self._rest + bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        *lines, self._rest = text.replace("\r", "\n").split("\n")
        for line in lines:
            if line.strip():
                self.said.emit(line.strip())

    def _end(self, status: int) -> None:
        self._hear()
        if self._rest.strip():
            self.said.emit(self._rest.strip())
        told = bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace")
        self.ended.emit(status, told.splitlines())

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.said.emit(f"{self._arguments[0]} cannot be run")
            self.ended.emit(1, [])
