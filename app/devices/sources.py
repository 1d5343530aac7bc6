"""From what a user names as SOURCE to the sound itself."""

from pathlib import Path

from legato.app.devices.media import MediaFile
from legato.app.devices.microphone import Microphone
from legato.app.devices.source import AudioSource
from legato.app.devices.standard_input import StandardInput
from legato.app.engine.errors import SourceError


def open_audio(source: str | None, rate: int) -> AudioSource:
    """The sound of SOURCE as mono float32 at `rate` hertz, open.

    None is the default microphone, "-" is standard input, the path of a file is a recording, and anything else a part
    of a microphone's name. SourceError or DeviceError, one line, where there is nothing to be heard.
    """
    if source == "-":
        return StandardInput(rate)
    if source is not None and (is_path(source) or Path(source).exists()):
        return MediaFile(Path(source), rate)
    return Microphone(source, rate)


def is_path(source: str) -> bool:
    """Whether this looks like a file that should be there, rather than like a microphone."""
    if not source:
        raise SourceError("SOURCE is empty: name a file, a device, or - for standard input")
    suffix = Path(source).suffix[1:]
    return "/" in source or "\\" in source or (suffix.isalnum() and not suffix.isdigit() and " " not in source)
