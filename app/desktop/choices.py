"""What there is to listen to and to watch."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from legato.app import assets
from legato.app.devices import portaudio
from legato.app.devices.camera import cameras as listed_cameras
from legato.app.devices.media import MediaFile
from legato.app.devices.microphone import Microphone
from legato.app.devices.pace import Paced
from legato.app.devices.source import AudioSource
from legato.app.vision.sight import SightSource, open_sight
from legato.app.vision.tracker import HandModels


class Choice(Protocol):
    """Anything that can be chosen."""

    @property
    def title(self) -> str:
        """What it is, for people."""


@dataclass(frozen=True)
class MicrophoneChoice:
    """A microphone."""

    title: str
    name: str | None
    """None for the system's default"""

    def open(self, rate: int) -> AudioSource:
        """Its sound at `rate` hertz; DeviceError where it is gone or busy."""
        return Microphone(self.name, rate)


@dataclass(frozen=True)
class RecordingChoice:
    """A recording, played at its own pace as if it were spoken now."""

    title: str
    path: Path

    def open(self, rate: int) -> AudioSource:
        """Its sound at `rate` hertz; SourceError where there is none."""
        return Paced(MediaFile(self.path, rate), rate)


@dataclass(frozen=True)
class SightChoice:
    """A camera, a video or a recording of hands."""

    title: str
    source: str | None
    """As `legato watch` takes it: a path, or a camera's; None for the system's default camera"""

    def open(self, models: HandModels, *, mirrored: bool) -> SightSource:
        """The hands in it; SourceError or DeviceError where there is nothing to be seen."""
        return open_sight(self.source, models, mirrored=mirrored)


Audible = MicrophoneChoice | RecordingChoice


def demo() -> RecordingChoice:
    """The recording in the box."""
    return RecordingChoice("The recording in the box", assets.DEMO)


def recording(path: Path) -> RecordingChoice:
    """Any recording."""
    return RecordingChoice(path.name, path)


def gesture_demo() -> SightChoice | None:
    """The video in the box; None where there is none."""
    if not assets.GESTURE_DEMO.is_file():
        return None
    return SightChoice("The video in the box", str(assets.GESTURE_DEMO))


def film(path: Path) -> SightChoice:
    """Any video, or any recording of hands."""
    return SightChoice(path.name, str(path.absolute()))


def microphones(*, anew: bool = False) -> list[MicrophoneChoice]:
    """The default microphone and then each by its name; none where there is none.

    `anew` asks the system once more what is plugged in; nothing may be recording then. DeviceError where PortAudio is
    missing.
    """
    library = portaudio.load()
    if anew:
        portaudio.refresh(library)
    names = dict.fromkeys(device.name for device in portaudio.input_devices(library))
    default = [MicrophoneChoice("Default microphone", None)] if names else []
    return [*default, *(MicrophoneChoice(name, name) for name in names)]


def cameras() -> list[SightChoice]:
    """Each camera that the system lists; where it keeps no list, the default one, which may not be there."""
    found = [SightChoice(name, f"/dev/video{index}") for index, name in listed_cameras().items()]
    return found if found or sys.platform.startswith("linux") else [SightChoice("Default camera", None)]
