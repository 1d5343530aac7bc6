"""The window as a program: rehearsals, displays, and what nobody caught."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop import running
from legato.app.desktop.application import load_preview, open_window
from legato.app.desktop.problems import Problems, show_problem
from legato.app.engine.errors import DeviceError, LegatoError

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.usefixtures("qapp", "sound_devices")]


def test_smoke_plays_a_second_and_ends(talk: Path, level_model: Path) -> None:
    assert open_window(smoke=True, model=level_model) == 0


def test_smoke_watches_as_well(talk: Path, motion: Path, level_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_window(smoke=True, model=level_model) == 0
    broken = motion.with_name("broken.mp4")
    broken.write_bytes(b"no video")
    monkeypatch.setattr(assets, "GESTURE_DEMO", broken)
    with pytest.raises(LegatoError, match=r"broken\.mp4 is not a media file"):
        open_window(smoke=True, model=level_model)


@pytest.mark.usefixtures("empty_box")
def test_smoke_does_without_a_model_for_gestures(talk: Path, level_model: Path) -> None:
    assert open_window(smoke=True, model=level_model) == 0


def test_a_screenshot(talk: Path, level_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "window.png"
    assert open_window(screenshot=path, model=level_model) == 0
    picture = QImage(str(path))
    assert (picture.width(), picture.height()) == (1100, 720)


def test_a_screenshot_that_cannot_be_saved(talk: Path, level_model: Path, tmp_path: Path) -> None:
    with pytest.raises(LegatoError, match="cannot be written"):
        open_window(screenshot=tmp_path / "nowhere" / "window.png", model=level_model)


def test_a_rehearsal_without_a_model_fails(talk: Path, tmp_path: Path) -> None:
    with pytest.raises(LegatoError, match="no such model file"):
        open_window(smoke=True, model=tmp_path / "none.onnx")


def test_control_c_closes_the_window(talk: Path, level_model: Path) -> None:
    QTimer.singleShot(300, lambda: os.kill(os.getpid(), signal.SIGINT))
    assert open_window(model=level_model) == 130


def test_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(DeviceError, match="no display to open a window on: use legato listen"):
        open_window()
    with pytest.raises(DeviceError, match="no display to open a window on: leave --preview out"):
        load_preview()


def test_qt_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("legato.app.desktop.running", "legato.app.desktop.looping"):
        monkeypatch.delitem(sys.modules, name)
        monkeypatch.delattr(name)
    monkeypatch.delitem(sys.modules, "legato.app.desktop.preview", raising=False)
    monkeypatch.delattr("legato.app.desktop.preview", raising=False)
    monkeypatch.setitem(sys.modules, "PyQt6.QtWidgets", None)
    with pytest.raises(DeviceError, match=r"apt install libegl1.*, or use legato listen"):
        open_window()
    with pytest.raises(DeviceError, match=r"apt install libegl1.*, or leave --preview out"):
        load_preview()


def test_smoke_as_a_process_without_a_display(talk: Path, level_model: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from legato.app import assets\n"
        f"assets.DEMO, assets.KEYWORDS = Path({str(talk)!r}), Path({str(level_model)!r})\n"
        "from legato.app.cli.main import main\n"
        "status = main(['--smoke'])\n"
        "assert not {'torch', 'onnx', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(status)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, env=environment
    )
    assert result.returncode == 0, result.stderr
    assert [line for line in result.stderr.splitlines() if "running on the CPU" not in line] == []
    assert result.stdout == ""


class TestProblems:
    @pytest.fixture
    def problems(self, qapp: object) -> Iterator[Problems]:
        made = Problems()
        made.watch()
        yield made
        made.release()

    def test_an_unhandled_exception_is_logged_and_told(
        self, problems: Problems, qtbot: QtBot, caplog: pytest.LogCaptureFixture
    ) -> None:
        with qtbot.waitSignal(problems.unhandled) as told:
            sys.excepthook(ValueError, ValueError("odd"), None)
        assert told.args == ["ValueError: odd", "ValueError: odd\n"]
        assert "unhandled exception" in caplog.text

    def test_one_on_another_thread_too(
        self, problems: Problems, qtbot: QtBot, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise ValueError("elsewhere")

        with qtbot.waitSignal(problems.unhandled) as told:
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
        assert told.args is not None
        assert told.args[0] == "ValueError: elsewhere"
        assert 'raise ValueError("elsewhere")' in told.args[1]
        assert "unhandled exception" in caplog.text

    def test_warnings_of_devices_reach_the_window(
        self, problems: Problems, qtbot: QtBot, caplog: pytest.LogCaptureFixture
    ) -> None:
        with qtbot.waitSignal(problems.warned) as told:
            logging.getLogger("legato.app.devices.microphone").warning("%s is back", "Webcam")
        assert told.args == ["Webcam is back"]

    def test_released_it_leaves_no_trace(self, qapp: object) -> None:
        before = sys.excepthook, threading.excepthook
        problems = Problems()
        problems.watch()
        assert sys.excepthook != before[0]
        problems.release()
        assert (sys.excepthook, threading.excepthook) == before

    def test_the_dialog(self, qtbot: QtBot) -> None:
        parent = QWidget()
        qtbot.addWidget(parent)
        parent.show()
        show_problem(parent, "ValueError: odd", "")
        box = parent.findChild(QMessageBox)
        assert box is not None
        assert "ValueError: odd" in box.informativeText()
        box.close()


def test_a_rehearsal_that_hangs_is_given_up(talk: Path, level_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_PATIENCE", 1)
    with pytest.raises(LegatoError, match="did not play the demo within a minute"):
        open_window(smoke=True, model=level_model)
