"""From what a user names as SOURCE to hands over time: a camera, a video, or a recording of hands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from legato.app.devices.camera import Camera
from legato.app.devices.pictures import MovingSource, PictureSource
from legato.app.devices.source import Closing
from legato.app.devices.sources import is_path
from legato.app.devices.video import VideoFile
from legato.app.engine.errors import UsageError
from legato.app.vision.recording import Recording
from legato.app.vision.region import Picture
from legato.app.vision.tracker import HandModels, Hands, HandTracker


@dataclass(frozen=True)
class Sight:
    """What is seen at one time."""

    time: float
    """Seconds since the source's first frame"""
    hands: Hands
    size: tuple[int, int]
    """Width and height of the picture in pixels"""
    picture: Picture | None = None
    """Not mirrored; None where a recording holds none"""


class SightSource(MovingSource, Protocol):
    """Hands over time."""

    def sights(self) -> Iterator[Sight]:
        """All there is, in order of time; SourceError or DeviceError where it breaks."""


class Watched(Closing):
    """The hands that a tracker finds in pictures."""

    def __init__(self, pictures: PictureSource, models: HandModels, *, mirrored: bool = False) -> None:
        """`mirrored`: the pictures are, and are turned back."""
        self.name, self.live, self.duration = pictures.name, pictures.live, pictures.duration
        self._pictures = pictures
        self._tracker = HandTracker(models)
        self._mirrored = mirrored

    @property
    def dropped(self) -> int:
        """Frames that were passed over because newer ones came."""
        return self._pictures.dropped

    def sights(self) -> Iterator[Sight]:
        """Frame by frame."""
        for frame in self._pictures.frames():
            picture = np.ascontiguousarray(frame.picture[:, ::-1]) if self._mirrored else frame.picture
            size = (picture.shape[1], picture.shape[0])
            yield Sight(frame.time, self._tracker.step(picture, frame.time), size, picture)

    def close(self) -> None:
        """End `sights`, and let go of the pictures."""
        self._pictures.close()


class Recorded(Closing):
    """The hands of a recording."""

    live = False
    dropped = 0

    def __init__(self, path: Path, *, mirrored: bool = False) -> None:
        """SourceError where the file is no recording."""
        self.name = path.name
        self._recording = Recording.load(path)
        self._mirrored = mirrored
        times = self._recording.time
        self._first = float(times[0]) if len(times) else 0.0
        self.duration: float | None = float(times[-1]) - self._first if len(times) else 0.0
        self._closed = False

    def sights(self) -> Iterator[Sight]:
        """Frame by frame."""
        width, height = (round(side) for side in self._recording.size.tolist())
        for time, hands in self._recording.frames():
            if self._closed:
                return
            yield Sight(time - self._first, hands.mirrored(width) if self._mirrored else hands, (width, height))

    def close(self) -> None:
        """End `sights`."""
        self._closed = True


def open_sight(source: str | None, models: HandModels, *, mirrored: bool = False) -> SightSource:
    """The hands of SOURCE: None is the default camera, a path a video or a recording, anything else a camera's name.

    SourceError or DeviceError, one line, where there is nothing to be seen; UsageError for standard input.
    """
    if source == "-":
        raise UsageError("pictures cannot be read from standard input: name a video, a recording or a camera")
    if source is not None and not source.startswith("/dev/") and (is_path(source) or Path(source).exists()):
        if Path(source).suffix.lower() == ".npz":
            return Recorded(Path(source), mirrored=mirrored)
        return Watched(VideoFile(Path(source)), models, mirrored=mirrored)
    return Watched(Camera(source), models, mirrored=mirrored)
