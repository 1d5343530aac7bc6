"""The page that listens, from a source to its list, with its thread."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import MicrophoneChoice
from legato.app.desktop.listen_page import ListenPage
from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WEBCAM = {"name": "Webcam", "max_input_channels": 1, "default_samplerate": 48000.0, "hostapi": 0}


@pytest.fixture
def page(window: Window) -> ListenPage:
    return window.listening


def heard(page: ListenPage) -> list[str]:
    """The list's keywords, the oldest first."""
    items = [page.events.item(row, 2) for row in reversed(range(page.events.rowCount()))]
    return [item.text() for item in items if item is not None]


def test_without_a_microphone_the_demo_is_played_and_it_says_so(page: ListenPage, talk: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.ended, timeout=10000):
        page.begin()
        assert page.notice.text() == "No microphone found: playing the recording in the box"
    assert heard(page) == ["hey", "go"]
    state, source, provider, load, losses = page.status.texts()
    assert state == "The recording has ended"
    assert source == "levels.wav, 16 kHz"
    assert provider == "Runs on the CPU"
    assert load.startswith("Real-time factor 0.")
    assert losses == "Overruns 0"


def test_the_microphone_is_listened_to(page: ListenPage, sound_devices: SimpleNamespace, qtbot: QtBot) -> None:
    sound_devices.devices.append(WEBCAM)
    page.begin()
    streams: list[Any] = sound_devices.InputStream.opened
    qtbot.waitUntil(lambda: bool(streams) and page.status.texts()[0] == "Listening")
    for level in (0.0, 0.9, 0.0):
        streams[0].callback(np.full((14400, 1), level, np.float32), 14400, None, False)
    qtbot.waitUntil(lambda: heard(page) == ["hey"])
    assert page.notice.text() == ""
    assert page.status.texts()[1] == "Webcam, 48 kHz"
    page.stop()
    assert not streams[0].active
    assert page.status.texts()[0] == "Stopped"


def test_a_busy_microphone_gives_way_to_the_demo_at_the_start(
    page: ListenPage, talk: Path, sound_devices: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound_devices.devices.append(WEBCAM)
    monkeypatch.setattr(sound_devices.InputStream, "busy", True)
    with qtbot.waitSignal(page.ended, timeout=10000):
        page.begin()
    assert page.notice.text().startswith("Webcam is busy: close the program that uses it")
    assert page.notice.text().endswith("playing the recording in the box")
    assert heard(page) == ["hey", "go"]


def test_a_busy_microphone_that_was_asked_for_is_told(
    page: ListenPage, sound_devices: SimpleNamespace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound_devices.devices.append(WEBCAM)
    monkeypatch.setattr(sound_devices.InputStream, "busy", True)
    with qtbot.waitSignal(page.failed):
        page.start(MicrophoneChoice("Webcam", "Webcam"))
    assert page.notice.text().startswith("Webcam is busy")
    assert page.status.texts()[0] == "Not listening"


def test_missing_portaudio_is_told(
    page: ListenPage, talk: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", None)
    with qtbot.waitSignal(page.ended, timeout=10000):
        page.begin()
    assert "pip install sounddevice: playing the recording in the box" in page.notice.text()


def test_a_recording_that_is_none(page: ListenPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with qtbot.waitSignal(page.failed):
        page.start(choices.recording(path))
    assert "is empty (0 bytes)" in page.notice.text()


def test_a_model_that_is_missing(qtbot: QtBot, talk: Path, tmp_path: Path) -> None:
    page = ListenPage(tmp_path / "none.onnx")
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.failed):
        page.start(choices.demo())
    assert "no such model file" in page.notice.text()


def test_start_and_stop_by_keyboard(page: ListenPage, talk: Path, qtbot: QtBot) -> None:
    page.control.offer([choices.demo()])
    button = page.control.findChild(QPushButton)
    assert button is not None
    assert button.accessibleName() == "Start listening"
    button.setFocus()
    press: Any = QTest.keyClick  # its stub counts an argument too many
    with qtbot.waitSignal(page.progressed):
        press(button, " ")
    assert button.accessibleName() == "Stop listening"
    with qtbot.waitSignal(page.ended):
        press(button, " ")
    assert button.accessibleName() == "Start listening"


def test_choosing_is_starting(page: ListenPage, talk: Path, qtbot: QtBot) -> None:
    page.control.offer([choices.demo(), choices.recording(talk)])
    box = page.control.findChild(QComboBox)
    assert box is not None
    box.setFocus()
    box.setCurrentIndex(1)
    with qtbot.waitSignal(page.progressed):
        box.activated.emit(1)
    assert page.status.texts()[1] == "levels.wav, 16 kHz"


def test_a_new_source_replaces_the_old(page: ListenPage, talk: Path, qtbot: QtBot) -> None:
    page.start(choices.demo())
    for _ in range(3):
        with qtbot.waitSignal(page.progressed):
            page.start(choices.recording(talk))
    with qtbot.waitSignal(page.ended, timeout=10000):
        pass
    assert heard(page)[-2:] == ["hey", "go"]


def test_closing_while_it_listens(window: Window, page: ListenPage, talk: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.progressed):
        page.start(choices.demo())
    listener = page._worker
    assert listener is not None
    window.close()
    assert listener.isFinished()
    assert page._worker is None


def test_stopping_before_it_is_open(page: ListenPage, talk: Path) -> None:
    for _ in range(5):
        page.start(choices.demo())
        page.stop()
    assert heard(page) == []


def test_looking_for_microphones_again(page: ListenPage, sound_devices: SimpleNamespace) -> None:
    page.look_again()
    assert page.notice.text() == "Microphones found: 0"
    sound_devices.devices.append(WEBCAM)
    page.look_again()
    assert page.notice.text() == "Microphones found: 1"
    assert page.control.titles() == [
        "Default microphone",
        "Webcam",
        "The recording in the box",
        "Open a recording…",
    ]


def test_the_drawings_have_names(page: ListenPage) -> None:
    for drawing in (page.meter, page.spectrogram, page.traces, page.prompt):
        assert drawing.accessibleName()


def test_nothing_is_painted_while_nothing_comes(page: ListenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed: list[float] = []
    monkeypatch.setattr(page.traces, "refresh", refreshed.append)
    page.paint_newest()
    assert refreshed == []


def test_the_log_stays_quiet(page: ListenPage, talk: Path, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    with qtbot.waitSignal(page.ended, timeout=10000):
        page.start(choices.demo())
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []
    assert isinstance(QApplication.instance(), QApplication)
    assert talk == assets.DEMO
