"""Drawing into memory, and a window that knows only the tiny model and a recording that it understands."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop.window import Window

SpeakLevels = Callable[..., Path]
ShowHeights = Callable[..., Path]
ShowCameras = Callable[[dict[int, str]], None]


@pytest.fixture
def talk(speak_levels: SpeakLevels, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of "hey", then "go" in its command window, in the place of the one in the box."""
    path = speak_levels((0.3, 0.0), (0.2, 0.9), (0.3, 0.0), (0.2, -0.9), (0.3, 0.0))
    monkeypatch.setattr(assets, "DEMO", path)
    return path


class PortAudioError(Exception):
    """As sounddevice has it."""


class FakeInputStream:
    """A stream that opens where `busy` is not set, and never brings anything by itself."""

    busy = False
    opened: list["FakeInputStream"]

    def __init__(self, **options: object) -> None:
        self.callback = options["callback"]
        self.active = False

    def start(self) -> None:
        if self.busy:
            raise PortAudioError("Device unavailable", -9985)
        self.active = True
        self.opened.append(self)

    def close(self, ignore_errors: bool = True) -> None:
        self.active = False


@pytest.fixture
def sound_devices(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A `sounddevice` module in place of the real one, without any device; append to its `devices`."""
    devices: list[dict[str, object]] = []

    def query_devices(kind: str | None = None) -> list[dict[str, object]]:
        if kind is not None:
            raise PortAudioError(f"Error querying device -1: no {kind} device")
        return devices

    monkeypatch.setattr(FakeInputStream, "opened", [], raising=False)
    monkeypatch.setattr(FakeInputStream, "busy", False)
    module = SimpleNamespace(
        PortAudioError=PortAudioError,
        InputStream=FakeInputStream,
        default=SimpleNamespace(device=(-1, -1)),
        devices=devices,
        query_devices=query_devices,
        _terminate=lambda: None,
        _initialize=lambda: None,
    )
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


@pytest.fixture
def show_cameras(monkeypatch: pytest.MonkeyPatch) -> ShowCameras:
    """Lets the system list these cameras, by number, as the only ones; at first there are none."""

    def show(listed: dict[int, str]) -> None:
        monkeypatch.setattr("legato.app.desktop.choices.listed_cameras", lambda: listed)
        monkeypatch.setattr("legato.app.devices.camera.cameras", lambda: listed)

    monkeypatch.setattr("sys.platform", "linux")
    show({})
    return show


@pytest.fixture
def empty_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No gesture model and no video in the package."""
    monkeypatch.setattr(assets, "GESTURES", tmp_path / "gestures.onnx")
    monkeypatch.setattr(assets, "OWN_GESTURES", tmp_path / "own.onnx")
    monkeypatch.setattr(assets, "GESTURE_DEMO", tmp_path / "gestures.mp4")


@pytest.fixture
def motion(height_model: Path, show_heights: ShowHeights, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of "swipe_up", then "swipe_down", in the place of the video in the box; the tiny model with it."""
    path = show_heights((0.3, 0.5), (0.3, 0.9), (0.3, 0.5), (0.3, 0.1))
    monkeypatch.setattr(assets, "GESTURES", height_model)
    monkeypatch.setattr(assets, "OWN_GESTURES", path.with_name("own.onnx"))
    monkeypatch.setattr(assets, "GESTURE_DEMO", path)
    return path


@pytest.fixture
def press() -> Callable[[QWidget, str], None]:
    """Presses the button of a name on a page, once it can be: a thread or a process may have to end first."""

    def press(page: QWidget, name: str) -> None:
        (button,) = [one for one in page.findChildren(QPushButton) if one.accessibleName() == name]
        wait: Any = QTest.qWait  # its stub counts an argument too many
        for _ in range(250):
            if not button.isEnabled():
                wait(20)
        assert button.isEnabled(), name
        button.click()

    return press


@pytest.fixture
def window(
    qtbot: QtBot, level_model: Path, height_model: Path, sound_devices: SimpleNamespace, show_cameras: ShowCameras
) -> Iterator[Window]:
    """A shown window, closed in the end."""
    made = Window(level_model, height_model)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()
