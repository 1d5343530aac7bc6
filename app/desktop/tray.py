"""The sign in the system's tray: whether a microphone or camera is live, notifications, and one switch for actions."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PyQt6.QtWidgets import QMenu, QSystemTrayIcon

_SIZE = 64


class Tray(QObject):
    """Shown where the desktop has a tray; elsewhere nothing happens."""

    def __init__(self, show: Callable[[], None], end: Callable[[], object], silence: QAction, parent: QObject) -> None:
        """At rest. `show` brings the window up, `end` closes it, and `silence` is the switch of the actions."""
        super().__init__(parent)
        self.available = QSystemTrayIcon.isSystemTrayAvailable()
        self._icon = QSystemTrayIcon(icon(live=False), self)
        self._menu = QMenu()
        raising = self._menu.addAction("&Show the window")
        self._menu.addAction(silence)
        ending = self._menu.addAction("&Quit")
        if raising is not None and ending is not None:
            raising.triggered.connect(lambda _checked: show())
            ending.triggered.connect(lambda _checked: end())
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(lambda _reason: show())
        self.mark([])
        if self.available:
            self._icon.show()

    def mark(self, live: list[str]) -> None:
        """Tell what is live: names of pages, or nothing."""
        self._icon.setIcon(icon(live=bool(live)))
        self._icon.setToolTip(f"legato: {' and '.join(live)}" if live else "legato: nothing is listened to or watched")

    @property
    def told(self) -> str:
        """What the tray says."""
        return self._icon.toolTip()

    def notify(self, text: str) -> bool:
        """Show a line on the desktop; whether there is a place for it."""
        if self.available and QSystemTrayIcon.supportsMessages():
            self._icon.showMessage("legato", text)
            return True
        return False

    def hide(self) -> None:
        """Leave the tray."""
        self._icon.hide()


def icon(*, live: bool) -> QIcon:
    """Two notes under a slur; with a filled dot while something is live."""
    picture = QPixmap(_SIZE, _SIZE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#0a6ebd"))
    painter.drawRoundedRect(2, 2, 60, 60, 14, 14)
    painter.setBrush(QColor("#ffffff"))
    for left in (13, 36):
        painter.drawEllipse(left, 40, 13, 10)
        painter.drawRect(left + 10, 20, 3, 26)
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.SolidLine)
    pen.setColor(QColor("#ffffff"))
    pen.setWidth(3)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(20, 8, 28, 20, 20 * 16, 140 * 16)
    if live:
        painter.setPen(QColor("#ffffff"))
        painter.setBrush(QColor("#e03131"))
        painter.drawEllipse(44, 2, 18, 18)
    painter.end()
    return QIcon(picture)
