"""One window a user: a second start brings up the first one's."""

import getpass
import hashlib

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE = 500
"""Milliseconds that a window which is there may take to answer"""


def name() -> str:
    """What this user's window answers to."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # somebody without a name
        user = "nobody"
    return f"legato-{hashlib.sha256(user.encode()).hexdigest()[:16]}"


class OnlyOne(QObject):
    """The right to be this user's window."""

    called = pyqtSignal()
    """Somebody has started legato once more"""

    def __init__(self, title: str | None = None, parent: QObject | None = None) -> None:
        """Ask for nothing yet; `title` stands for the user's own."""
        super().__init__(parent)
        self._title = title or name()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take)

    def claim(self) -> bool:
        """Whether there is no other one; the one that is there comes up."""
        socket = QLocalSocket()
        socket.connectToServer(self._title)
        if socket.waitForConnected(_PATIENCE):
            socket.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._title)  # of one that has crashed
        self._server.listen(self._title)
        return True

    def release(self) -> None:
        """Let somebody else be it."""
        self._server.close()

    def _take(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.disconnectFromServer()
        self.called.emit()
