"""The camera: only its newest picture is kept, and it is waited for when it is unplugged."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import numpy as np

from legato.app.devices.pictures import Frame, Picture
from legato.app.devices.source import Closing
from legato.app.devices.wake import Wake
from legato.app.engine.errors import DeviceError

log = logging.getLogger(__name__)

NO_CAMERA = "no camera found: plug one in, or name a video (legato watch clip.mp4)"
_LISTED = Path("/sys/class/video4linux")
"""Where Linux lists cameras by number, with their names"""


@dataclass(frozen=True)
class CameraTiming:
    """How long a camera waits for what."""

    first: float = 5.0
    """Seconds within which the first picture must come"""
    silence: float = 2.0
    """Seconds without a picture after which the device is taken for gone"""
    retry: float = 1.0
    """Seconds between two attempts to open a device that is gone"""


def open_capture(index: int) -> Any:
    """OpenCV's capture of the camera with that number, opened or not."""
    import cv2

    # What cannot be opened is told by us, in one line.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    return cv2.VideoCapture(index)


def cameras() -> dict[int, str]:
    """Numbers and names of the cameras that the system lists; empty where it keeps no such list."""
    found: dict[int, str] = {}
    for entry in sorted(_LISTED.glob("video*")):
        name = (entry / "name").read_text(encoding="utf-8").strip()
        if name not in found.values():  # a camera has an entry for its pictures, and one for what is said about them
            found[int(entry.name.removeprefix("video"))] = name
    return found


class Camera(Closing):
    """A camera, by number, path, a part of its name, or the first there is."""

    live = True
    duration = None

    def __init__(
        self,
        wanted: str | None,
        timing: CameraTiming | None = None,
        capture: Callable[[int], Any] = open_capture,
    ) -> None:
        """Take pictures with the camera called `wanted`; None is the first.

        DeviceError where there is none, or another program has it.
        """
        self.name, self._index = _find(wanted)
        self.dropped = 0
        self._timing = timing or CameraTiming()
        self._open = capture
        self._newest: tuple[float, Any] | None = None
        """When it came, and the picture as OpenCV gives it"""
        self._lock = Lock()  # around the newest
        self._seen = self._gone = False
        """Whether it has given a picture yet, and whether it has stopped to"""
        self._wake = Wake()
        self._closed = Event()
        self._device = self._opened()
        if self._device is None:
            raise DeviceError(_refusal(self.name, wanted))
        self._thread = Thread(target=self._take, name="camera", daemon=True)
        self._thread.start()

    def frames(self) -> Iterator[Frame]:
        """Pictures as they come, the newest each time; those that came meanwhile are passed over and counted."""
        first: float | None = None
        waited = monotonic()
        while not self._closed.is_set():
            with self._lock:
                newest, self._newest = self._newest, None
            if newest is None:
                if first is None and monotonic() - waited > self._timing.first:
                    raise DeviceError(
                        f"{self.name} gives no picture: close the program that uses it, or plug it in again"
                    )
                self._wake.wait(0.1)
                continue
            time, picture = newest
            first = time if first is None else first
            yield Frame(_rgb(picture), time - first)

    def close(self) -> None:
        """End `frames` at once, and let go of the camera."""
        self._closed.set()
        self._wake.post()
        self._thread.join()

    def _opened(self) -> Any:
        """The device, or None where it cannot be opened."""
        device = self._open(self._index)
        if device.isOpened():
            return device
        device.release()
        return None

    def _take(self) -> None:
        """The thread: read, keep the newest, come back after the device was gone."""
        last = monotonic()
        while not self._closed.is_set():
            there, picture = self._device.read() if self._device is not None else (False, None)
            if there:
                last = monotonic()
                self._keep(last, picture)
            elif monotonic() - last > self._timing.silence:
                self._open_anew()
                last = monotonic()
            else:
                self._closed.wait(0.01)
        if self._device is not None:
            self._device.release()

    def _keep(self, time: float, picture: Any) -> None:
        if self._gone:
            log.warning("%s is back", self.name)
        self._seen, self._gone = True, False
        with self._lock:
            self.dropped += self._newest is not None
            self._newest = (time, picture)
        self._wake.post()

    def _open_anew(self) -> None:
        """Let go of a device that gives nothing, and wait until it can be opened again, or until we are closed."""
        if self._seen and not self._gone:
            log.warning("%s gives no picture: it is awaited, plug it in again", self.name)
            self._gone = True
        if self._device is not None:
            self._device.release()
        self._device = None
        while self._device is None and not self._closed.wait(self._timing.retry):
            self._device = self._opened()


def _find(wanted: str | None) -> tuple[str, int]:
    """Name and number of a camera. DeviceError where the name fits none of those that the system lists, or several."""
    listed = cameras()
    if wanted is None:
        index = min(listed, default=0)
        return listed.get(index, "the camera"), index
    number = wanted.removeprefix("/dev/video")
    if number.isdigit():
        return listed.get(int(number), wanted), int(number)
    matches = {index: name for index, name in listed.items() if wanted.casefold() in name.casefold()}
    if len(matches) == 1:
        ((index, name),) = matches.items()
        return name, index
    names = ", ".join((matches or listed).values())
    if matches:
        raise DeviceError(f"several cameras are called {wanted!r}, say which: {names}")
    raise DeviceError(f"{wanted!r} is neither a file nor a camera; " + (f"cameras: {names}" if names else NO_CAMERA))


def _refusal(name: str, wanted: str | None) -> str:
    if wanted is None and not cameras():
        return NO_CAMERA
    return f"{name} cannot be opened: close the program that uses it, or name another camera"


def _rgb(picture: Any) -> Picture:
    """What OpenCV gives as blue, green and red (or as grey), as a picture."""
    values = np.asarray(picture, np.uint8)
    if values.ndim == 2:
        return np.repeat(values[:, :, None], 3, axis=2)
    return np.ascontiguousarray(values[:, :, ::-1])
