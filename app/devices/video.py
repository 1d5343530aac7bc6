"""Videos: any file that FFmpeg reads, decoded while it streams, upright as a player would show it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame

from legato.app.devices.container import Decoding
from legato.app.devices.pictures import Frame, Picture
from legato.app.devices.source import Closing
from legato.app.engine.errors import SourceError


class VideoFile(Closing):
    """The pictures of a media file; only what is being decoded is in memory."""

    live = False
    dropped = 0

    def __init__(self, path: Path) -> None:
        """Open `path`; SourceError where it holds no picture."""
        self.name = path.name
        self._path = path
        self._decoding = Decoding(path, "video")
        self.duration = self._decoding.duration

    @property
    def damaged(self) -> int:
        """Packets that could not be decoded and were left out."""
        return self._decoding.damaged

    def frames(self) -> Iterator[Frame]:
        """The pictures from the beginning, with their own times (any rate, a varying one too); once only."""
        first: float | None = None
        last = 0.0
        for frame in self._decoding.frames():
            if not isinstance(frame, VideoFrame):
                continue
            taken = last if frame.pts is None else frame.time
            first = taken if first is None else first
            last = max(taken, first)
            yield Frame(_upright(frame), last - first)
        if self._decoding.closed:
            return
        if first is None:
            raise SourceError(f"{self._path} holds no picture that can be decoded: convert it to MP4 first")
        self._decoding.complain(last - first)

    def close(self) -> None:
        """End `frames` after the packet in work, and let go of the file."""
        self._decoding.close()


def _upright(frame: VideoFrame) -> Picture:
    """The picture turned as its file says: telephones store what their sensor saw, and by how much to turn it."""
    picture = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turns = round(frame.rotation / 90) % 4  # counter-clockwise
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture
