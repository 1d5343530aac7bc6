"""The window from a source to its list, with its thread."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import MicrophoneChoice
from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WEBCAM = {"name": "Webcam", "max_input_channels": 1, "default_samplerate": 48000.0, "hostapi": 0}


def heard(window: Window) -> list[str]:
    """The list's keywords, the oldest first."""
    items = [window.events.item(row, 2) for row in reversed(range(window.events.rowCount()))]
    return [item.text() for item in items if item is not None]


def test_without_a_microphone_the_demo_is_played_and_it_says_so(window: Window, talk: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.ended, timeout=10000):
        window.begin()
        assert window.notice.text() == "No microphone found: playing the recording in the box"
    assert heard(window) == ["hey", "go"]
    state, source, provider, load, losses = window.status.texts()
    assert state == "The recording has ended"
    assert source == "levels.wav, 16 kHz"
    assert provider == "Runs on the CPU"
    assert load.startswith("Real-time factor 0.")
    assert losses == "Overruns 0"


def test_the_microphone_is_listened_to(window: Window, sound_devices: SimpleNamespace, qtbot: QtBot) -> None:
    sound_devices.devices.append(WEBCAM)
    window.begin()
    streams: list[Any] = sound_devices.InputStream.opened
    qtbot.waitUntil(lambda: bool(streams) and window.status.texts()[0] == "Listening")
    for level in (0.0, 0.9, 0.0):
        streams[0].callback(np.full((14400, 1), level, np.float32), 14400, None, False)
    qtbot.waitUntil(lambda: heard(window) == ["hey"])
    assert window.notice.text() == ""
    assert window.status.texts()[1] == "Webcam, 48 kHz"
    window.stop()
    assert not streams[0].active
    assert window.status.texts()[0] == "Stopped"


def test_a_busy_microphone_gives_way_to_the_demo_at_the_start(
    window: Window, talk: Path, sound_devices: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound_devices.devices.append(WEBCAM)
    monkeypatch.setattr(sound_devices.InputStream, "busy", True)
    with qtbot.waitSignal(window.ended, timeout=10000):
        window.begin()
    assert window.notice.text().startswith("Webcam is busy: close the program that uses it")
    assert window.notice.text().endswith("playing the recording in the box")
    assert heard(window) == ["hey", "go"]


def test_a_busy_microphone_that_was_asked_for_is_told(
    window: Window, sound_devices: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound_devices.devices.append(WEBCAM)
    monkeypatch.setattr(sound_devices.InputStream, "busy", True)
    with qtbot.waitSignal(window.failed):
        window.listen_to(MicrophoneChoice("Webcam", "Webcam"))
    assert window.notice.text().startswith("Webcam is busy")
    assert window.status.texts()[0] == "Not listening"


def test_missing_portaudio_is_told(
    window: Window, talk: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", None)
    with qtbot.waitSignal(window.ended, timeout=10000):
        window.begin()
    assert "pip install sounddevice: playing the recording in the box" in window.notice.text()


def test_a_recording_that_is_none(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with qtbot.waitSignal(window.failed):
        window.listen_to(choices.recording(path))
    assert "is empty (0 bytes)" in window.notice.text()


def test_a_model_that_is_missing(qtbot: QtBot, talk: Path, tmp_path: Path) -> None:
    window = Window(tmp_path / "none.onnx")
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.failed):
        window.listen_to(choices.demo())
    assert "no such model file" in window.notice.text()


def test_start_and_stop_by_keyboard(window: Window, talk: Path, qtbot: QtBot) -> None:
    window.control.offer([choices.demo()])
    button = window.control.findChild(QPushButton)
    assert button is not None
    assert button.accessibleName() == "Start listening"
    button.setFocus()
    press: Any = QTest.keyClick  # its stub counts an argument too many
    with qtbot.waitSignal(window.progressed):
        press(button, " ")
    assert button.accessibleName() == "Stop listening"
    with qtbot.waitSignal(window.ended):
        press(button, " ")
    assert button.accessibleName() == "Start listening"


def test_choosing_is_starting(window: Window, talk: Path, qtbot: QtBot) -> None:
    window.control.offer([choices.demo(), choices.recording(talk)])
    box = window.control.findChild(QComboBox)
    assert box is not None
    box.setFocus()
    box.setCurrentIndex(1)
    with qtbot.waitSignal(window.progressed):
        box.activated.emit(1)
    assert window.status.texts()[1] == "levels.wav, 16 kHz"


def test_a_new_source_replaces_the_old(window: Window, talk: Path, qtbot: QtBot) -> None:
    window.listen_to(choices.demo())
    for _ in range(3):
        with qtbot.waitSignal(window.progressed):
            window.listen_to(choices.recording(talk))
    with qtbot.waitSignal(window.ended, timeout=10000):
        pass
    assert heard(window)[-2:] == ["hey", "go"]


def test_closing_while_it_listens(window: Window, talk: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.progressed):
        window.listen_to(choices.demo())
    listener = window._listener
    assert listener is not None
    window.close()
    assert listener.isFinished()
    assert window._listener is None


def test_stopping_before_it_is_open(window: Window, talk: Path) -> None:
    for _ in range(5):
        window.listen_to(choices.demo())
        window.stop()
    assert heard(window) == []


def test_looking_for_microphones_again(window: Window, sound_devices: SimpleNamespace) -> None:
    window._look_again()
    assert window.notice.text() == "Microphones found: 0"
    sound_devices.devices.append(WEBCAM)
    window._look_again()
    assert window.notice.text() == "Microphones found: 1"
    box = window.control.findChild(QComboBox)
    assert box is not None
    titles = [box.itemText(index) for index in range(box.count())]
    assert titles == ["Default microphone", "Webcam", "The recording in the box"]


def test_every_control_has_a_name_and_takes_the_focus(window: Window) -> None:
    controls: list[QWidget] = [
        control
        for kind in (QAbstractButton, QComboBox, QTableWidget)
        for control in window.findChildren(kind)
        if control.isVisible() and control.parent() is not window.events
    ]
    assert len(controls) >= 3
    for control in controls:
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
    for drawing in (window.meter, window.spectrogram, window.traces, window.prompt):
        assert drawing.accessibleName()
    entries = [action for action in window.findChildren(QAction) if action.parent() is window]
    assert len(entries) == 5
    assert not [action.text() for action in entries if action.shortcut().isEmpty()]


def test_nothing_is_painted_while_nothing_comes(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed: list[float] = []
    monkeypatch.setattr(window.traces, "refresh", refreshed.append)
    window._paint()
    assert refreshed == []


def test_the_log_stays_quiet(window: Window, talk: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    with qtbot.waitSignal(window.ended, timeout=10000):
        window.listen_to(choices.demo())
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []
    assert isinstance(QApplication.instance(), QApplication)
    assert talk == assets.DEMO
