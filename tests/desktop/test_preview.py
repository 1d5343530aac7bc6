"""The window of a command: what it shows, and how it ends."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QSize, QTimer
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from legato.app.desktop import preview
from legato.app.desktop.preview import Preview, show
from legato.app.devices.source import Closing
from legato.app.engine.errors import SourceError
from legato.app.engine.events import GestureEvent
from legato.app.engine.session import Session
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.sight import Recorded, Sight
from legato.app.vision.tracker import Hands

ShowHeights = Callable[..., Path]
pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp")]
NOBODY = Hands(np.zeros((2, 21, 3), np.float32), np.zeros(2, np.float32), np.zeros(2, np.float32))


class Endless(Closing):
    """A camera that sees nobody, until it is closed or, after a while, breaks."""

    name, live, duration, dropped = "endless", True, None, 0

    def __init__(self, size: tuple[int, int] = (640, 480), breaks: Exception | None = None) -> None:
        self.closed = False
        self._size = size
        self._breaks = breaks

    def sights(self) -> Iterator[Sight]:
        number = 0
        while not self.closed:
            picture = np.zeros((self._size[1], self._size[0], 3), np.uint8)
            yield Sight(number / 30, NOBODY, self._size, picture)
            number += 1
            if number == 20 and self._breaks:
                raise self._breaks

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def spotter(height_model: Path) -> GestureSpotter:
    return GestureSpotter(Session.open(height_model, "cpu"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "_LINGER", 10)


def window() -> Preview:
    (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Preview) and one.isVisible()]
    return found


def test_a_file_is_shown_to_its_end_and_all_is_reported(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    path = show_heights((0.3, 0.5), (0.3, 0.9), (0.3, 0.5), (0.3, 0.1))
    reported: list[GestureEvent] = []
    described: list[str] = []

    def look() -> None:
        described.append(window().panel.view.accessibleDescription())
        described.append(window().panel.bars.accessibleDescription())

    QTimer.singleShot(900, look)
    show(spotter, Recorded(path), reported.append)
    expected = GestureSpotter(spotter.session)
    without = [event for sight in Recorded(path).sights() for event in expected.feed(sight)] + expected.flush()
    assert [event.label for event in reported] == ["swipe_up", "swipe_down"]
    assert reported == without
    assert described[0].startswith("swipe_up   right hand")
    assert described[1].startswith("Left hand: not seen: nothing likely; Right hand")


def test_closing_the_window_ends_it(spotter: GestureSpotter) -> None:
    source = Endless()
    QTimer.singleShot(200, lambda: window().close())
    show(spotter, source, lambda _: None)
    assert source.closed


def test_control_c_ends_it(spotter: GestureSpotter) -> None:
    before = signal.getsignal(signal.SIGINT)
    source = Endless()
    QTimer.singleShot(200, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        show(spotter, source, lambda _: None)
    assert source.closed
    assert signal.getsignal(signal.SIGINT) is before


def test_a_source_that_breaks_ends_it(spotter: GestureSpotter) -> None:
    with pytest.raises(SourceError, match="gone for good"):
        show(spotter, Endless(breaks=SourceError("gone for good")), lambda _: None)


def test_a_reader_that_is_gone_ends_it(spotter: GestureSpotter, show_heights: ShowHeights) -> None:
    reported: list[GestureEvent] = []

    def report(event: GestureEvent) -> None:
        reported.append(event)
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        show(spotter, Recorded(show_heights((0.3, 0.9), (0.3, 0.1), (5.0, 0.5))), report)
    assert len(reported) == 1


@pytest.mark.parametrize(
    ("size", "shown"), [((640, 480), (640, 480)), ((480, 640), (480, 640)), ((3840, 2160), (960, 540))]
)
def test_the_window_takes_the_shape_of_the_picture(
    spotter: GestureSpotter, qtbot: QtBot, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    made = Preview(spotter, Endless(size), lambda _: None)
    qtbot.addWidget(made)
    made.show()
    made.watcher.start()
    qtbot.waitUntil(lambda: made.panel.view.size() == made.panel.view.size_for(QSize(*shown)))
    made.close()
    assert made.watcher.isFinished()
