"""How fast hands are followed and gestures found on this machine, picture by picture, and what memory it takes.

Letters: T frames, F numbers a frame of hands.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from legato.app.devices.pictures import Frame, Picture
from legato.app.devices.video import VideoFile
from legato.app.engine.errors import LegatoError
from legato.app.engine.session import Session
from legato.app.evaluation.benchmark import RUNS
from legato.app.vision.gestures import GestureSpotter, packed
from legato.app.vision.sight import Sight
from legato.app.vision.tracker import HandModels, Hands, HandTracker

WIDTH, HEIGHT = 640, 480
"""Pixels of the pictures that are measured with"""
MOST = 300
"""Pictures that are held in memory at most"""
WARM_UP = 20
"""Pictures before the clock starts"""
_EVERY = 30
"""Pictures between two looks at the memory"""


@dataclass(frozen=True)
class Steps:
    """Seconds a frame."""

    median: float
    p99: float
    """What 99 of 100 frames stay below"""

    @classmethod
    def of(cls, runs: Sequence[Sequence[float]]) -> "Steps":
        """Medians of the runs."""
        return cls(
            statistics.median(float(np.median(run)) for run in runs),
            statistics.median(float(np.quantile(run, 0.99)) for run in runs),
        )


@dataclass(frozen=True)
class Growth:
    """Resident memory while one stream goes on."""

    minutes: float
    """Of video"""
    first: int
    """Bytes"""
    last: int
    """Bytes"""
    slope: float
    """Bytes a minute: the straight line of least squares through one value a second"""


def pictures(video: Path, seconds: float) -> list[Frame]:
    """The beginning of a video, in pictures of 640 × 480 with black where another shape leaves room.

    SourceError where it cannot be read.
    """
    frames: list[Frame] = []
    with VideoFile(video) as file:
        for frame in file.frames():
            if len(frames) == MOST or frame.time >= seconds:
                break
            frames.append(Frame(_fitted(frame.picture), frame.time))
    return frames


def _fitted(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    if (width, height) == (WIDTH, HEIGHT):
        return picture
    scale = min(WIDTH / width, HEIGHT / height)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    fitted = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    fitted[: small.shape[0], : small.shape[1]] = small
    return fitted


def following(session: Session, models: HandModels, frames: Sequence[Frame]) -> Steps:
    """Hands and gestures together, of the frames (decoded already) in which just one hand is followed.

    LegatoError where that is none.
    """
    _follow(session, models, frames[:WARM_UP])
    runs = [_follow(session, models, frames) for _ in range(RUNS)]
    if not all(runs):
        raise LegatoError("in none of the video's first pictures is there one hand: name another with --video")
    return Steps.of(runs)


def _follow(session: Session, models: HandModels, frames: Sequence[Frame]) -> list[float]:
    """Seconds of each frame of one pass that begins and ends with one hand."""
    tracker, spotter = HandTracker(models), GestureSpotter(session)
    steps, before = [], 0
    for frame in frames:
        begun = time.perf_counter()
        hands = tracker.step(frame.picture, frame.time)
        spotter.feed(Sight(frame.time, hands, (WIDTH, HEIGHT)))
        spent = time.perf_counter() - begun
        after = int((hands.presence > 0).sum())
        if before == after == 1:
            steps.append(spent)
        before = after
    return steps


def network(session: Session, models: HandModels, frames: Sequence[Frame]) -> Steps:
    """The gesture network alone, on the hands of the frames, one stream, one frame at a time."""
    tracker = HandTracker(models)
    chunks = [_chunk(tracker.step(frame.picture, frame.time)) for frame in frames]
    _step(session, chunks[:WARM_UP])
    return Steps.of([_step(session, chunks) for _ in range(RUNS)])


def _chunk(hands: Hands) -> NDArray[np.float32]:
    """(1, 1, F)."""
    return packed(hands, (WIDTH, HEIGHT), 1 / 30)[None, None]


def _step(session: Session, chunks: Sequence[NDArray[np.float32]]) -> list[float]:
    """Seconds of each step of one pass."""
    stream = session.stream()
    steps = []
    for chunk in chunks:
        begun = time.perf_counter()
        stream.step(chunk)
        steps.append(time.perf_counter() - begun)
    return steps


def growth(
    session: Session, models: HandModels, frames: Sequence[Frame], minutes: float, memory: Callable[[], int]
) -> Growth:
    """What `memory` tells while the frames go through one tracker and one spotter over and over."""
    tracker, spotter = HandTracker(models), GestureSpotter(session)
    times, sizes = [], []
    for number, frame in enumerate(_endless(frames)):
        if number % _EVERY == 0 or frame.time >= 60 * minutes:
            times.append(frame.time / 60)
            sizes.append(memory())
        if frame.time >= 60 * minutes:
            break
        spotter.feed(Sight(frame.time, tracker.step(frame.picture, frame.time), (WIDTH, HEIGHT)))
    slope = float(np.polyfit(times, sizes, 1)[0])
    return Growth(minutes, sizes[0], sizes[-1], slope)


def _endless(frames: Sequence[Frame]) -> Iterator[Frame]:
    """The frames over and over, the times going on."""
    begin = 0.0
    while True:
        for frame in frames:
            yield Frame(frame.picture, begin + frame.time)
        begin += frames[-1].time + 1 / 30
