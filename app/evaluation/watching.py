"""Labelled recordings and videos through the pipeline that runs live: each a stream of its own."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from legato.app.devices.pictures import Frame, PictureSource
from legato.app.devices.source import Closing
from legato.app.devices.video import VideoFile
from legato.app.engine.errors import SourceError
from legato.app.engine.events import GestureEvent
from legato.app.evaluation.gestures import Gesture, View
from legato.app.evaluation.manifest import Recording
from legato.app.vision import recording as hands
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.sight import Sight, SightSource, Watched, open_sight
from legato.app.vision.tracker import HandModels

_TOLERANCE = 0.002
"""Seconds by which a frame may come early: containers round their times to milliseconds"""


@dataclass(frozen=True)
class Viewing:
    """How recordings are watched."""

    rate: float | None = None
    """Frames a second at most, as a slower camera gives them; None for all"""
    hands: Path | None = None
    """Folder, which exists, in which the hands of videos are kept, so that they need not be decoded again"""


@dataclass(frozen=True)
class Seen:
    """What came of it."""

    views: tuple[View, ...]
    frames: int
    """Frames that the model got"""
    failures: tuple[str, ...]
    """One line for each recording that could not be read and has no view"""


class _Timed(Protocol):
    """Anything that is taken at a time."""

    @property
    def time(self) -> float:
        """Seconds."""


_T = TypeVar("_T", bound=_Timed)


def thinned(frames: Iterable[_T], rate: float | None) -> Iterator[_T]:
    """Those that come no sooner than 1 / `rate` seconds after the last one that was kept, but for a tolerance.

    All of them for None. A rate that the source's is no multiple of becomes the next lower one: 24 of 30 become 15.
    """
    last: float | None = None
    for frame in frames:
        if rate is None or last is None or frame.time - last >= 1 / rate - _TOLERANCE:
            last = frame.time
            yield frame


def watch(
    spotter: GestureSpotter,
    models: HandModels,
    recordings: Sequence[Recording],
    viewing: Viewing | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Seen:
    """Find gestures in each of the recordings, from a new stream's start; `advance` is called after each.

    One that cannot be read is named in the result's failures, and the rest is watched. Gestures that the model does
    not know are left out of the views.
    """
    viewing = viewing or Viewing()
    views, failures, frames = [], [], 0
    for recording in recordings:
        try:
            events, seconds, count = _found(spotter, sights(recording.path, models, viewing))
        except SourceError as error:
            failures.append(f"line {recording.line}: {error}")
        else:
            views.append(_view(recording, spotter.session.contract.labels, events, seconds))
            frames += count
        advance()
    return Seen(tuple(views), frames, tuple(failures))


def sights(path: Path, models: HandModels, viewing: Viewing) -> Iterator[Sight]:
    """What is seen in a video, or in a recording of hands; SourceError where it cannot be read."""
    if not path.is_file():
        raise SourceError(f"no such file: {path}")  # nor is a name taken for a camera's
    path = path.absolute()
    if path.suffix.lower() == ".npz":
        with open_sight(str(path), models) as source:
            yield from thinned(source.sights(), viewing.rate)
        return
    if viewing.hands is not None:
        path = _kept(path, models, viewing.rate, viewing.hands)
    with _open(path, models, viewing.rate) as source:
        yield from source.sights()


def _found(spotter: GestureSpotter, seen: Iterable[Sight]) -> tuple[list[GestureEvent], float, int]:
    """Events, seconds and number of frames of one stream."""
    spotter.reset()
    events, count = [], 0
    for sight in seen:
        events += spotter.feed(sight)
        count += 1
    if count:
        events += spotter.flush()
    return events, round(spotter.position, 3), count  # recordings keep their times in single precision


def _view(recording: Recording, labels: Sequence[str], events: Sequence[GestureEvent], seconds: float) -> View:
    gestures = tuple(
        Gesture(row.label, row.start, seconds if row.end is None else row.end, row.columns.get("hand", ""))
        for row in recording.rows
        if row.label in labels
    )
    return View(gestures, tuple(events), seconds, not recording.rows, recording.columns)


class _Thinned(Closing):
    """Pictures of which some are left out, before anybody looks for hands in them."""

    def __init__(self, pictures: PictureSource, rate: float) -> None:
        self.name, self.live, self.duration, self.dropped = pictures.name, pictures.live, pictures.duration, 0
        self._pictures = pictures
        self._rate = rate

    def frames(self) -> Iterator[Frame]:
        return thinned(self._pictures.frames(), self._rate)

    def close(self) -> None:
        self._pictures.close()


def _open(path: Path, models: HandModels, rate: float | None) -> SightSource:
    """A video at the rate, or a recording, which has been made at that rate already."""
    if rate is None or path.suffix.lower() == ".npz":
        return open_sight(str(path), models)
    return Watched(_Thinned(VideoFile(path), rate), models)


def _kept(path: Path, models: HandModels, rate: float | None, folder: Path) -> Path:
    """The recording of the hands in a video, made unless there is one of this very file at this rate."""
    about = path.stat()
    told = f"{path.resolve()}\0{about.st_size}\0{about.st_mtime_ns}\0{rate or ''}"
    kept = (folder / f"{path.stem}-{hashlib.sha256(told.encode()).hexdigest()[:12]}.npz").absolute()
    if not kept.is_file():
        with _open(path, models, rate) as source:
            size, seen = (1, 1), []
            for sight in source.sights():
                size = sight.size
                seen.append((sight.time, sight.hands))
        hands.Recording.of(seen, size).save(kept)
    return kept
