"""What there is to listen to."""

from dataclasses import dataclass
from pathlib import Path

from legato.app import assets
from legato.app.devices import portaudio
from legato.app.devices.media import MediaFile
from legato.app.devices.microphone import Microphone
from legato.app.devices.pace import Paced
from legato.app.devices.source import AudioSource


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


Choice = MicrophoneChoice | RecordingChoice


def demo() -> RecordingChoice:
    """The recording in the box."""
    return RecordingChoice("The recording in the box", assets.DEMO)


def recording(path: Path) -> RecordingChoice:
    """Any recording."""
    return RecordingChoice(path.name, path)


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
