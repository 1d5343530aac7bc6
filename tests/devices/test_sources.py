"""What a SOURCE stands for, and what is said where there is none."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app.devices.media import MediaFile
from legato.app.devices.microphone import Microphone
from legato.app.devices.pace import Paced
from legato.app.devices.sources import open_audio
from legato.app.engine.errors import DeviceError, LegatoError, SourceError

Recording = Callable[..., Path]


def test_a_path_is_a_recording(recording: Recording) -> None:
    with open_audio(str(recording("talk.wav")), 16000) as source:
        assert isinstance(source, MediaFile)
        assert (source.name, source.live, source.duration, source.overruns) == ("talk.wav", False, 1.0, 0)


def test_a_file_without_a_suffix_is_found(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recording("talk.wav")
    path.rename(path.with_name("talk"))
    monkeypatch.chdir(path.parent)
    with open_audio("talk", 16000) as source:
        assert isinstance(source, MediaFile)


@pytest.mark.parametrize("name", ["talk.flac", "folder/talk", "C:\\talk"])
def test_what_looks_like_a_file_must_be_there(name: str) -> None:
    with pytest.raises(SourceError, match="no such file"):
        open_audio(name, 16000)


@pytest.mark.parametrize("name", ["webcam", "USB 2.0", "hw:1.0", "Mic. in"])
def test_anything_else_is_a_microphone(fake: Any, name: str) -> None:
    fake.plug(f"The {name} of this machine")
    with open_audio(name, 16000) as source:
        assert isinstance(source, Microphone)
        assert source.live
        assert source.duration is None


def test_nothing_is_the_default_microphone(fake: Any) -> None:
    fake.plug("Webcam")
    with open_audio(None, 16000) as source:
        assert source.name == "Webcam"


def test_an_empty_name() -> None:
    with pytest.raises(SourceError, match="SOURCE is empty"):
        open_audio("", 16000)


def test_missing_portaudio_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    with pytest.raises(DeviceError, match="apt install libportaudio2"):
        open_audio(None, 16000)


def test_a_missing_binding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(DeviceError, match="pip install sounddevice"):
        open_audio(None, 16000)


def test_every_error_is_one_line(tmp_path: Path, fake: Any) -> None:
    (tmp_path / "empty.wav").touch()
    for name in (str(tmp_path), str(tmp_path / "empty.wav"), "none.wav", "piano", "", None):
        with pytest.raises(LegatoError) as caught:
            open_audio(name, 16000)
        assert "\n" not in str(caught.value)


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.closed = False

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return self.closed

    def set(self) -> None:
        self.closed = True


def test_paced_at_the_speed_of_sound(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("legato.app.devices.pace.monotonic", clock.monotonic)
    monkeypatch.setattr("legato.app.devices.pace.Event", lambda: clock)
    with Paced(open_audio(str(recording("talk.wav")), 16000), 16000) as source:
        assert source.live
        assert source.name == "talk.wav"
        heard = 0
        for block in source.blocks():
            heard += len(block)
            assert len(block) <= 320
            assert clock.now - 100 == pytest.approx(heard / 16000)
    assert heard == 16000


def test_paced_ends_at_once(recording: Recording) -> None:
    source = Paced(open_audio(str(recording("talk.wav", seconds=60)), 16000), 16000)
    blocks = source.blocks()
    assert isinstance(next(blocks), np.ndarray)
    source.close()
    assert list(blocks) == []
