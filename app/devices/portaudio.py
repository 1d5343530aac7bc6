"""The sound devices that PortAudio knows."""

import importlib
from dataclasses import dataclass
from threading import RLock
from typing import Any

from legato.app.engine.errors import DeviceError

NO_MICROPHONE = "no microphone found: plug one in, name a recording (legato listen talk.flac), or try --demo"

_LIBRARY = RLock()  # PortAudio and its list are one for the whole process, and it isn't thread-safe


@dataclass(frozen=True)
class InputDevice:
    """A device that records."""

    index: int
    """PortAudio's number, valid until the list is read anew"""
    name: str
    channels: int
    """The most that it records at once"""
    rate: int
    """Hertz, the device's own"""
    host: int
    """Which of the machine's sound systems lists it: some list every device once more"""


def load() -> Any:
    """The `sounddevice` module, imported only here: that fails where PortAudio is missing (DeviceError)."""
    try:
        return importlib.import_module("sounddevice")
    except OSError as error:
        raise DeviceError(
            "PortAudio is missing, so no microphone can be used: install it (Debian, Ubuntu: apt install libportaudio2)"
        ) from error
    except ImportError as error:
        raise DeviceError("no microphone can be used: pip install sounddevice") from error


def refresh(portaudio: Any) -> None:
    """Let PortAudio read its list anew: it knows only what was plugged in when it started. Nothing may be open."""
    with _LIBRARY:
        portaudio._terminate()  # noqa: SLF001 — its authors' answer to hot-plugging, without a public name
        portaudio._initialize()  # noqa: SLF001 — the other half


def input_devices(portaudio: Any) -> list[InputDevice]:
    """Every device that records."""
    try:
        with _LIBRARY:
            listed = list(portaudio.query_devices())
    except portaudio.PortAudioError as error:
        raise DeviceError(f"the sound system does not answer ({error.args[0]}): {NO_MICROPHONE}") from error
    return [_device(index, about) for index, about in enumerate(listed) if about["max_input_channels"] > 0]


def default_device(portaudio: Any) -> InputDevice:
    """The system's own choice, else the first that records; DeviceError where none does."""
    devices = input_devices(portaudio)
    if not devices:
        raise DeviceError(NO_MICROPHONE)
    chosen = _default_index(portaudio)
    return next((device for device in devices if device.index == chosen), devices[0])


def find_device(portaudio: Any, name: str) -> InputDevice:
    """The device of that name, whole or in part, in any case; DeviceError listing the devices where it isn't just one.

    Where several sound systems list it, the one that the default device belongs to is taken.
    """
    devices = input_devices(portaudio)
    wanted = name.casefold()
    matches = [device for device in devices if wanted in device.name.casefold()]
    matches = [device for device in matches if device.name.casefold() == wanted] or matches
    if len(matches) > 1:
        host = default_device(portaudio).host
        matches = [device for device in matches if device.host == host] or matches
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise DeviceError(f"several devices are called {name!r}, say which: {_names(matches)}")
    known = f"devices: {_names(devices)}" if devices else "there is no microphone here"
    raise DeviceError(f"{name!r} is neither a file nor a microphone; {known}")


def _device(index: int, about: Any) -> InputDevice:
    rate = round(about["default_samplerate"])
    return InputDevice(index, about["name"], about["max_input_channels"], rate, about["hostapi"])


def _default_index(portaudio: Any) -> int:
    return int(portaudio.default.device[0])  # -1 where there is none


def _names(devices: list[InputDevice]) -> str:
    return ", ".join(dict.fromkeys(device.name for device in devices))
