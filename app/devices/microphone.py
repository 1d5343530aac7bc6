"""The microphone: opened at its own rate, converted while it streams, waited for when it is unplugged."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legato.app.devices import portaudio
from legato.app.devices.conversion import Converter
from legato.app.devices.portaudio import InputDevice
from legato.app.devices.source import Block, Closing
from legato.app.devices.wake import Wake
from legato.app.engine.errors import DeviceError
from legato.app.engine.ring import Ring

log = logging.getLogger(__name__)

_DEVICE_UNAVAILABLE = -9985  # PortAudio's paDeviceUnavailable
_INVALID_CHANNEL_COUNT = -9998  # PortAudio's paInvalidChannelCount


@dataclass(frozen=True)
class MicrophoneTiming:
    """How long a microphone waits for what."""

    ring: float = 5.0
    """Seconds of sound kept for a reader that is late"""
    silence: float = 4.0
    """Seconds without a block after which the device is taken for gone"""
    retry: float = 1.0
    """Seconds between two attempts to open a device that is gone"""
    latency: float = 0.04
    """Seconds that the sound system may keep sound before it hands it over: less costs overruns on a busy machine"""


class Microphone(Closing):
    """A recording device, by a part of its name or the system's default."""

    live = True
    duration = None

    def __init__(self, wanted: str | None, rate: int, timing: MicrophoneTiming | None = None) -> None:
        """Record from the device called `wanted` (None: the default) and give out `rate` hertz.

        Recording begins at once. DeviceError where there is no such device or it is busy.
        """
        self.rate = rate
        self._wanted = wanted
        self._timing = timing or MicrophoneTiming()
        self._wake = Wake()
        self._closed = Event()
        self._opening = Lock()  # between `close` and an attempt to open the device again
        self._ring = Ring(self._timing.ring, rate)
        self._past_overruns = 0
        self._flags = 0
        self._stream: Any = None
        self._portaudio = portaudio.load()
        self._open()

    @property
    def overruns(self) -> int:
        """Blocks lost so far: by us, for want of room, or by the system, which then says so with a flag."""
        return self._past_overruns + self._ring.overruns + self._flags

    @property
    def native_rate(self) -> int:
        """Hertz of the device."""
        return self._ring.rate

    def blocks(self) -> Iterator[Block]:
        """Sound as it comes: blocks (S,). While the device is unplugged there are none; then it goes on by itself."""
        converter = Converter(self.rate)
        while not self._closed.is_set():
            samples = self._ring.read(self._ring.capacity)
            if len(samples):
                yield from converter.convert_samples(_mono(samples), self._ring.rate)
            elif not self._wake.wait(self._timing.silence) or not self._active():
                self._return()

    def close(self) -> None:
        """Stop the device, then wake and end `blocks`."""
        self._closed.set()
        with self._opening:
            self._stop()
        self._wake.post()

    def _record(self, block: NDArray[np.float32], _frames: int, _time: object, status: object) -> None:
        """PortAudio's thread: keep the block (S, channels), count a flag, return."""
        if status:
            self._flags += 1
        self._ring.write(block)
        self._wake.post()

    def _open(self) -> None:
        if self._wanted is None:
            device = portaudio.default_device(self._portaudio)
        else:
            device = portaudio.find_device(self._portaudio, self._wanted)
        self.name = device.name
        try:
            self._start(device, channels=1)
        except self._portaudio.PortAudioError as error:
            if _code(error) != _INVALID_CHANNEL_COUNT:
                raise _refusal(device, error) from error
            self._start_with_all_channels(device)

    def _start_with_all_channels(self, device: InputDevice) -> None:
        """For hardware that records all of its channels or nothing."""
        try:
            self._start(device, device.channels)
        except self._portaudio.PortAudioError as error:
            raise _refusal(device, error) from error

    def _start(self, device: InputDevice, channels: int) -> None:
        self._past_overruns += self._ring.overruns
        self._ring = Ring(self._timing.ring, device.rate, channels)
        stream = self._portaudio.InputStream(
            device=device.index,
            samplerate=device.rate,
            channels=channels,
            dtype="float32",
            latency=self._timing.latency,
            callback=self._record,
            finished_callback=self._wake.post,
        )
        try:
            stream.start()
        except self._portaudio.PortAudioError:
            stream.close(ignore_errors=True)
            raise
        self._stream = stream

    def _active(self) -> bool:
        """Whether the device still records."""
        with self._opening:
            return self._stream is not None and bool(self._stream.active)

    def _stop(self) -> None:
        stream, self._stream = self._stream, None  # PortAudio must never close one twice
        if stream is not None:
            stream.close(ignore_errors=True)

    def _return(self) -> None:
        """Wait for the device to come back, or to be closed."""
        if self._closed.is_set():
            return
        log.warning("%s gives no sound: it is awaited, plug it in again", self.name)
        while not self._closed.wait(self._timing.retry):
            if self._reopened():
                log.warning("%s is back", self.name)
                return

    def _reopened(self) -> bool:
        with self._opening:
            if self._closed.is_set():
                return False
            self._stop()
            try:
                portaudio.refresh(self._portaudio)
                self._open()
            except (DeviceError, self._portaudio.PortAudioError):
                return False
            return True


def _mono(samples: NDArray[np.float32]) -> Block:
    """The mean of the channels of (S,) or (S, channels)."""
    return samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float32)


def _code(error: Exception) -> int:
    """PortAudio's number for what went wrong, 0 where there is none."""
    return error.args[1] if len(error.args) > 1 and isinstance(error.args[1], int) else 0


def _refusal(device: InputDevice, error: Exception) -> DeviceError:
    if _code(error) == _DEVICE_UNAVAILABLE:
        return DeviceError(f"{device.name} is busy: close the program that uses it, or name another microphone")
    return DeviceError(f"{device.name} cannot be opened ({error.args[0]}): name another microphone")
