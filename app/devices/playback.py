"""A recording played on the default loudspeaker, from any of its seconds on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from legato.app.devices import portaudio
from legato.app.devices.container import Decoding
from legato.app.devices.conversion import Converter
from legato.app.devices.source import Block
from legato.app.engine.errors import DeviceError

_PIECE = 0.05
"""Seconds that are handed over at once: so soon it can be stopped"""


class Playback:
    """One recording while it is played; `close` it from any thread."""

    def __init__(self, path: Path, start: float = 0.0) -> None:
        """Open the file and the loudspeaker. SourceError or DeviceError where one of the two cannot be had."""
        self.start = start
        self._closed = False
        self._library = portaudio.load()
        self._decoding = Decoding(path, "audio")
        try:
            if start > 0:
                self._decoding.seek(start)
            self.rate, self._stream = _open(self._library)
        except BaseException:
            self._decoding.close()
            raise

    def positions(self) -> Iterator[float]:
        """Plays, and tells which second of the recording is handed over; to its end or until it is closed."""
        position, size = self.start, round(_PIECE * self.rate)
        try:
            for block in self._blocks():
                for begin in range(0, len(block), size):
                    if self._closed:
                        return
                    piece = block[begin : begin + size]
                    self._stream.write(np.ascontiguousarray(piece[:, None]))
                    position += len(piece) / self.rate
                    yield position
        except self._library.PortAudioError as error:
            raise DeviceError(f"the loudspeaker went away ({error.args[0]}): choose another in the system") from error
        finally:
            self._decoding.close()
            # What is in the loudspeaker's own store is played to its end, unless somebody wants silence.
            (self._stream.abort if self._closed else self._stream.stop)()
            self._stream.close()

    def close(self) -> None:
        """Let `positions` end."""
        self._closed = True

    def _blocks(self) -> Iterator[Block]:
        """The sound (S,) from `start` on."""
        converter = Converter(self.rate)
        for frame in self._decoding.frames():
            if isinstance(frame, AudioFrame) and _end(frame, self._decoding) > self.start:
                yield from converter.convert(frame)
        yield from converter.flush()


def _end(frame: AudioFrame | VideoFrame, decoding: Decoding) -> float:
    """Where in the recording a frame ends, seconds; for ever where it does not tell."""
    stream = decoding.stream
    if not isinstance(frame, AudioFrame) or frame.pts is None or frame.time_base is None:
        return float("inf")
    first = stream.start_time or 0
    return float((frame.pts - first) * frame.time_base) + frame.samples / frame.sample_rate


def _open(library: Any) -> tuple[int, Any]:
    """The rate in hertz of the default loudspeaker, and a stream to it that runs."""
    try:
        rate = round(library.query_devices(kind="output")["default_samplerate"])
        stream = library.OutputStream(samplerate=rate, channels=1, dtype="float32")
        stream.start()
    except (library.PortAudioError, ValueError) as error:
        raise DeviceError(f"no loudspeaker can be used ({error.args[0]}): plug one in, or choose one") from error
    return rate, stream
