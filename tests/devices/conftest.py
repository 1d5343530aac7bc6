"""Recordings made on the spot, and a stand-in for PortAudio's binding: tests import no other test file."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class PortAudioError(Exception):
    """As sounddevice has it: a text and PortAudio's number."""


class FakeStream:
    """What `sounddevice.InputStream` is to us."""

    def __init__(self, module: "FakeSoundDevice", device: int, samplerate: int, channels: int, callback: Any) -> None:
        self.module = module
        self.device = device
        self.samplerate = samplerate
        self.channels = channels
        self.callback: Callable[..., None] = callback
        self.active = False
        self.closed = False

    def start(self) -> None:
        if self.module.busy:
            raise PortAudioError("Device unavailable", -9985)
        self.active = True
        self.module.started.append(self)

    def close(self, ignore_errors: bool = True) -> None:
        assert not self.closed, "PortAudio crashes on closing a stream twice"
        self.active = False
        self.closed = True

    def speak(self, block: NDArray[np.float32], flags: bool = False) -> None:
        """What PortAudio's thread does with a block (S,), the same on every channel."""
        self.callback(np.repeat(block[:, None], self.channels, axis=1), len(block), None, flags)


class FakeSoundDevice:
    """What the module `sounddevice` is to us."""

    PortAudioError = PortAudioError

    class default:  # noqa: N801 — the module's own name
        device = (-1, -1)

    def __init__(self) -> None:
        self.devices: list[dict[str, Any]] = []
        self.plugged = self.devices
        """What `_initialize` will find"""
        self.busy = False
        self.only_all_channels = False
        self.opened: list[FakeStream] = []
        self.started: list[FakeStream] = []
        self.refreshed = 0

    def plug(self, name: str, channels: int = 1, rate: int = 48000, host: int = 0) -> None:
        """A device that is there from now on."""
        about = {"name": name, "max_input_channels": channels, "default_samplerate": float(rate), "hostapi": host}
        self.plugged = [*self.plugged, about]
        if not self.opened:
            self.devices = self.plugged

    def unplug_all(self) -> None:
        """The streams fall silent; the list stays as it was until it is read anew, as PortAudio's does."""
        self.plugged = []
        for stream in self.opened:
            stream.active = False

    def query_devices(self) -> list[dict[str, Any]]:
        return self.devices

    def InputStream(self, **options: Any) -> FakeStream:
        about = self.devices[options["device"]]
        if self.only_all_channels and options["channels"] != about["max_input_channels"]:
            raise PortAudioError("Invalid number of channels", -9998)
        stream = FakeStream(self, options["device"], options["samplerate"], options["channels"], options["callback"])
        self.opened.append(stream)
        return stream

    def _terminate(self) -> None:
        assert all(stream.closed for stream in self.opened), "PortAudio is stopped under an open stream"
        self.devices = []

    def _initialize(self) -> None:
        self.refreshed += 1
        self.devices = self.plugged


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSoundDevice:
    """A `sounddevice` module without hardware, in place of the real one."""
    module = FakeSoundDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


def _tone(seconds: float, rate: int, hertz: float = 440.0, peak: float = 0.5) -> Floats:
    time = np.arange(round(seconds * rate)) / rate
    return (peak * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


@pytest.fixture(scope="session")
def tone() -> Callable[..., Floats]:
    """Makes a sine (S,): `tone(seconds, rate, hertz, peak)`."""
    return _tone


def _write_sound(
    path: Path, channels: list[Floats], *, rate: int, layout: str, codec: str = "pcm_f32le", frame: int = 1024
) -> Path:
    """A file of `channels`, each (S,), in frames of `frame` samples."""
    packed = np.stack(channels, axis=1)  # (S, channels)
    with av.open(str(path), "w") as container:
        stream = cast("AudioStream", container.add_stream(codec, rate=rate, layout=layout))
        for begin in range(0, len(packed), frame):
            piece = np.ascontiguousarray(packed[begin : begin + frame].reshape(1, -1))
            block = av.AudioFrame.from_ndarray(piece, format="flt", layout=layout)
            block.sample_rate = rate
            block.pts = begin
            container.mux(stream.encode(block))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="session")
def write_sound() -> Callable[..., Path]:
    """Writes channels, each (S,): `write_sound(path, channels, rate, layout, codec, frame)`."""
    return _write_sound


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    """Writes a tone: `recording("a.wav", rate=44100, layout="stereo")`."""

    def write(
        name: str, *, seconds: float = 1.0, rate: int = 16000, layout: str = "mono", codec: str = "pcm_f32le"
    ) -> Path:
        count = av.AudioLayout(layout).nb_channels
        return _write_sound(tmp_path / name, [_tone(seconds, rate)] * count, rate=rate, layout=layout, codec=codec)

    return write
