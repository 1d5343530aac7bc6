"""Recordings: any audio or video file that FFmpeg reads, decoded and converted while it streams."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from legato.app.devices.container import Decoding
from legato.app.devices.conversion import Converter
from legato.app.devices.source import Block, Closing
from legato.app.engine.errors import SourceError


class MediaFile(Closing):
    """The sound of a media file; only what is being decoded is in memory."""

    live = False
    overruns = 0

    def __init__(self, path: Path, rate: int) -> None:
        """Open `path` to be read at `rate` hertz; SourceError where it holds no sound."""
        self.name = path.name
        self.rate = rate
        self._path = path
        self._decoding = Decoding(path, "audio")
        self.native_rate = cast("AudioStream", self._decoding.stream).codec_context.sample_rate
        self.duration = self._decoding.duration

    @property
    def damaged(self) -> int:
        """Packets that could not be decoded and were left out."""
        return self._decoding.damaged

    def blocks(self) -> Iterator[Block]:
        """The sound from the beginning: blocks (S,). A damaged part is left out, and said so; once only."""
        converter = Converter(self.rate)
        seconds = 0.0
        for frame in self._decoding.frames():
            if isinstance(frame, AudioFrame):
                seconds += frame.samples / frame.sample_rate
                yield from converter.convert(frame)
        if self._decoding.closed:
            return
        yield from converter.flush()
        if not seconds:
            raise SourceError(f"{self._path} holds no sound that can be decoded: convert it to FLAC or WAV first")
        self._decoding.complain(seconds)

    def whole(self) -> Block:
        """All of the sound (S,), for recordings that are short; once only, like `blocks`."""
        return np.concatenate(list(self.blocks()))

    def close(self) -> None:
        """End `blocks` after the packet in work, and let go of the file."""
        self._decoding.close()
