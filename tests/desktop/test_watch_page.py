"""The page that watches, from a source to its list, with its thread."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PyQt6.QtWidgets import QComboBox, QFileDialog, QLabel, QTableWidget
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.problems import Problems
from legato.app.desktop.watch_page import NO_MODEL, WatchPage
from legato.app.desktop.window import Window
from legato.app.devices import camera
from legato.app.devices.camera import CameraTiming

ShowCameras = Callable[[dict[int, str]], None]
ShowHeights = Callable[..., Path]
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(window: Window) -> WatchPage:
    return window.watching


@pytest.fixture
def webcam(monkeypatch: pytest.MonkeyPatch, show_cameras: ShowCameras) -> SimpleNamespace:
    """A camera of which the system knows; clear `plugged` to unplug it."""
    plugged = Event()
    plugged.set()

    class Capture:
        def __init__(self, _index: int) -> None:
            pass

        def isOpened(self) -> bool:
            return plugged.is_set()

        def read(self) -> tuple[bool, object]:
            time.sleep(0.02)
            return plugged.is_set(), np.zeros((48, 64, 3), np.uint8)

        def release(self) -> None:
            pass

    monkeypatch.setattr(cv2, "VideoCapture", Capture)
    monkeypatch.setattr(camera, "CameraTiming", lambda: CameraTiming(first=5.0, silence=0.2, retry=0.05))
    show_cameras({2: "Webcam"})
    return SimpleNamespace(plugged=plugged)


def rows(events: QTableWidget, column: int) -> list[str]:
    """A column of the list, the oldest first."""
    items = [events.item(row, column) for row in reversed(range(events.rowCount()))]
    return [item.text() for item in items if item is not None]


def show_page(window: Window, qtbot: QtBot) -> None:
    """Bring the page in sight, and wait until what it plays is over."""
    with qtbot.waitSignal(window.watching.ended, timeout=10000):
        window.turn_to(window.watching)


def test_without_a_camera_the_demo_is_played_and_it_says_so(
    window: Window, page: WatchPage, motion: Path, qtbot: QtBot
) -> None:
    show_page(window, qtbot)
    assert page.notice.text() == "No camera found: playing the video in the box"
    assert rows(page.events, 2) == ["swipe_up", "swipe_down"]
    assert rows(page.events, 3) == ["right", "right"]
    assert page.panel.view.event_words().startswith("swipe_down   right hand")
    assert page.status.texts() == [
        "The video has ended",
        "heights.npz",
        "Runs on the CPU",
        "30 frames a second",
        "Dropped 0",
    ]
    assert page.control.titles() == ["The video in the box", "Open a video or recording…"]


def test_gestures_taught_meanwhile_are_known_at_the_next_start(
    qtbot: QtBot, show_cameras: ShowCameras, motion: Path, height_model: Path
) -> None:
    page = WatchPage()
    qtbot.addWidget(page)
    assert page.model == height_model
    shutil.copy(height_model, assets.OWN_GESTURES)
    with qtbot.waitSignal(page.ended, timeout=10000):
        page.play_demo()
    assert page.model == assets.OWN_GESTURES
    assert "own.onnx" in [label.text() for label in page.findChildren(QLabel)]


@pytest.mark.usefixtures("empty_box")
def test_without_a_model_one_can_be_named(
    qtbot: QtBot, show_cameras: ShowCameras, height_model: Path, show_heights: ShowHeights
) -> None:
    page = WatchPage()
    qtbot.addWidget(page)
    page.begin()
    assert page.notice.text() == NO_MODEL
    assert not page.ready()
    page.start(choices.film(show_heights((0.3, 0.9))))
    assert page._worker is None
    assert page.notice.text() == NO_MODEL
    page.ask_for_model()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.ended, timeout=10000):
        dialog.fileSelected.emit(str(height_model))
        assert page.notice.text() == ""
        qtbot.waitUntil(lambda: page._opened)
        page.paint_newest()
    assert rows(page.events, 2) == ["swipe_up"]


def test_without_a_camera_and_a_video_a_line_says_what_to_open(
    window: Window, page: WatchPage, height_model: Path, empty_box: None, qtbot: QtBot
) -> None:
    show_page(window, qtbot)
    assert page.notice.text() == (
        "No camera found. This version comes without the video in the box: open a video or recording"
    )
    assert page.status.texts()[0] == "Not watching"


def test_a_camera_that_is_unplugged_is_awaited(
    window: Window, page: WatchPage, webcam: SimpleNamespace, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    problems = Problems()
    problems.warned.connect(window.warn)
    problems.watch()
    with qtbot.waitSignal(page.progressed):
        window.turn_to(page)
    assert page.status.texts()[:2] == ["Watching", "Webcam"]
    webcam.plugged.clear()
    qtbot.waitUntil(lambda: page.notice.text() == "Webcam gives no picture: it is awaited, plug it in again")
    webcam.plugged.set()
    qtbot.waitUntil(lambda: page.notice.text() == "Webcam is back")
    with qtbot.waitSignal(page.progressed):
        pass
    problems.release()
    page.stop()
    assert page.status.texts()[0] == "Stopped"
    assert page.panel.view.accessibleDescription() == "No picture"  # what the camera saw is not left on the screen


def test_a_camera_that_is_busy_gives_way_to_the_demo_at_the_start(
    window: Window, page: WatchPage, motion: Path, webcam: SimpleNamespace, qtbot: QtBot
) -> None:
    webcam.plugged.clear()
    show_page(window, qtbot)
    assert page.notice.text().startswith("Webcam cannot be opened: close the program that uses it")
    assert page.notice.text().endswith("playing the video in the box")
    assert rows(page.events, 2) == ["swipe_up", "swipe_down"]


def test_a_mirrored_source_shows_the_other_hand(window: Window, page: WatchPage, motion: Path, qtbot: QtBot) -> None:
    page.mirrored.setChecked(True)
    show_page(window, qtbot)
    assert rows(page.events, 3) == ["left", "left"]


def test_a_file_is_opened_from_the_list_of_sources(
    window: Window, page: WatchPage, motion: Path, show_heights: ShowHeights, qtbot: QtBot
) -> None:
    show_page(window, qtbot)
    box = page.control.findChild(QComboBox)
    assert box is not None
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.ended, timeout=10000):
        dialog.fileSelected.emit(str(show_heights((0.3, 0.1), name="down.npz")))
    dialog.close()
    assert rows(page.events, 2) == ["swipe_up", "swipe_down", "swipe_down"]
    assert page.status.texts()[1] == "down.npz"
    assert page.control.titles() == ["The video in the box", "down.npz", "Open a video or recording…"]


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty (0 bytes)"), (b"nothing", "is not a media file")])
def test_a_video_that_is_none(page: WatchPage, tmp_path: Path, qtbot: QtBot, content: bytes, words: str) -> None:
    path = tmp_path / "odd.mp4"
    path.write_bytes(content)
    with qtbot.waitSignal(page.failed):
        page.start(choices.film(path))
    assert words in page.notice.text()
    assert page.status.texts()[0] == "Not watching"


def test_a_model_for_something_else(page: WatchPage, motion: Path, level_model: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.failed):
        page.use_model(level_model)
        page.play_demo()
    assert "this needs a gesture model" in page.notice.text()


def test_looking_for_cameras_again(page: WatchPage, show_cameras: ShowCameras) -> None:
    page.look_again()
    assert page.notice.text() == "Cameras found: 0"
    show_cameras({0: "Webcam", 2: "Telescope"})
    page.look_again()
    assert page.notice.text() == "Cameras found: 2"
    assert page.control.titles()[:2] == ["Webcam", "Telescope"]


def test_closing_while_it_watches(window: Window, page: WatchPage, webcam: SimpleNamespace, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.progressed):
        window.turn_to(page)
    watcher = page._worker
    assert watcher is not None
    window.close()
    assert watcher.isFinished()


def test_stopping_before_it_is_open(page: WatchPage, motion: Path) -> None:
    for _ in range(3):
        page.play_demo()
        page.stop()
    assert rows(page.events, 2) == []
    assert motion == assets.GESTURE_DEMO
