"""A window that shows what a command watches, while the command reports it."""

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from legato.app.desktop import looping
from legato.app.desktop.notice import Notice
from legato.app.desktop.seen import Seen
from legato.app.desktop.watch_panel import WatchPanel
from legato.app.desktop.watcher import Started, Watcher
from legato.app.engine.events import GestureEvent
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.sight import SightSource

Report = Callable[[GestureEvent], None]
_FRAME = 16
"""Milliseconds between two looks at whether anything is to be painted"""
_LINGER = 1500
"""Milliseconds for which the end of a file stays in sight"""
_LARGEST = QSize(960, 640)
"""Of a picture at first, in pixels"""


class Preview(QWidget):
    """Watches one source until it ends or the window is closed."""

    def __init__(self, spotter: GestureSpotter, source: SightSource, report: Report) -> None:
        """`report` is told every event, as soon as it is."""
        super().__init__()
        self.error: Exception | None = None
        """What `report` raised"""
        self._report = report
        self._opened = self._sized = False
        self.setWindowTitle(f"{source.name} – legato")
        self.notice = Notice()
        self.panel = WatchPanel()
        self.panel.clear("Waiting for the first picture")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.notice)
        layout.addWidget(self.panel, 1)
        for keys in ("Esc", "Ctrl+W", "Ctrl+Q"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.close)
        self.watcher = Watcher(lambda: (spotter, source), self)
        self.watcher.opened.connect(self._take_opened)
        self.watcher.reported.connect(self._take_event)
        self.watcher.finished.connect(self._take_end)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.timeout.connect(self._paint)
        self._timer.start()

    def closeEvent(self, event: QCloseEvent | None) -> None:  # noqa: N802 — Qt's name
        """Stop the device, then the thread, then close."""
        self._timer.stop()
        self.watcher.stop()
        super().closeEvent(event)

    def _take_opened(self, started: Started) -> None:
        self.panel.reset(started.contract)
        self._opened = True

    def _take_event(self, event: GestureEvent) -> None:
        if self.error is not None:
            return
        try:
            self._report(event)
        except OSError as error:  # nobody reads what is printed any more
            self.error = error
            self.close()
            return
        self.panel.add(event)

    def _take_end(self) -> None:
        if self.watcher.error is not None:
            self.close()
        else:
            QTimer.singleShot(_LINGER, self.close)

    def _paint(self) -> None:
        seen = self.watcher.take() if self._opened else None
        if seen is None:
            return
        if not self._sized:
            self._sized = True
            self._fit(seen)
        self.panel.refresh(seen)

    def _fit(self, seen: Seen) -> None:
        """Let the window have the shape of the picture, unless the user has given it one."""
        size = QSize(*seen.sight.size)
        if size.width() > _LARGEST.width() or size.height() > _LARGEST.height():
            size = size.scaled(_LARGEST, Qt.AspectRatioMode.KeepAspectRatio)
        self.resize(self.size() - self.panel.view.size() + self.panel.view.size_for(size))


def show(spotter: GestureSpotter, source: SightSource, report: Report) -> None:
    """Watch `source` in a window, to its end or until the window is closed; `report` is told every event.

    KeyboardInterrupt after Ctrl-C; what broke the source, or what `report` raised, is raised here.
    """
    application = looping.application()
    window = Preview(spotter, source, report)
    window.show()
    window.watcher.start()
    status = looping.loop(application, window, window.notice.tell)
    error = window.error or window.watcher.error
    window.deleteLater()
    if status == looping.INTERRUPTED:
        raise KeyboardInterrupt
    if error is not None:
        raise error
