"""What others need for the same pictures. None of them is a dependency; each runs as it comes, threads included."""

import importlib
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from legato.app.devices.pictures import Frame
from legato.app.evaluation.gesture_benchmark import WARM_UP
from legato.app.vision.tracker import OWN_GRAPHS

_RECOGNIZER = "gesture_recognizer.task"
"""MediaPipe's model, which lies beside the slow pair of hand networks where somebody has put it there"""


@dataclass(frozen=True)
class GesturePeer:
    """One finder of hands or gestures."""

    name: str
    """Its distribution, as pip knows it, and what of it"""
    load: Callable[[], Callable[[Frame], object]]
    """Gives what takes the next picture; ImportError where it or its model is not at hand"""


def gesture_peers() -> tuple[GesturePeer, ...]:
    """Everything that is compared with. The first two find hands only; 0.10.21 has them, 1.2.3 does not."""
    return (
        GesturePeer("mediapipe Hands, lite", partial(_hands, 0)),
        GesturePeer("mediapipe Hands, full", partial(_hands, 1)),
        GesturePeer("mediapipe GestureRecognizer", _recognizer),
    )


def frame_seconds(peer: GesturePeer, frames: Sequence[Frame]) -> float | None:
    """Seconds a picture, median after a warm-up, or None where the peer is not installed."""
    try:
        feed = peer.load()
    except ImportError:
        return None
    steps = []
    for frame in frames:
        begun = time.perf_counter()
        feed(frame)
        steps.append(time.perf_counter() - begun)
    return statistics.median(steps[WARM_UP:] or steps)


def _hands(complexity: int) -> Callable[[Frame], object]:
    package: Any = importlib.import_module("mediapipe.python.solutions.hands")
    hands = package.Hands(static_image_mode=False, max_num_hands=2, model_complexity=complexity)

    def feed(frame: Frame) -> object:
        return hands.process(frame.picture)

    return feed


def _recognizer() -> Callable[[Frame], object]:
    model = OWN_GRAPHS / _RECOGNIZER
    if not model.is_file():
        raise ImportError(f"no such file: {model}")
    package: Any = importlib.import_module("mediapipe")
    tasks: Any = importlib.import_module("mediapipe.tasks.python")
    options = tasks.vision.GestureRecognizerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(model)),
        running_mode=tasks.vision.RunningMode.VIDEO,
        num_hands=2,
    )
    recognizer = tasks.vision.GestureRecognizer.create_from_options(options)

    def feed(frame: Frame) -> object:
        picture = package.Image(image_format=package.ImageFormat.SRGB, data=frame.picture)
        return recognizer.recognize_for_video(picture, round(1000 * frame.time))

    return feed
