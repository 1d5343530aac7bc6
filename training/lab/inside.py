"""One utterance seen from inside a trained network: its gates and states beside its spectrogram."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legato.app import assets
from legato.app.devices.media import MediaFile
from legato.app.inside.opened import OpenModel

Floats = NDArray[np.float32]
_WINDOW = 512
"""Samples of the spectrogram's windows"""


@dataclass(frozen=True)
class Looked:
    """What was seen."""

    kind: str
    hop: float
    """Seconds a frame"""
    labels: tuple[str, ...]
    spectrogram: Floats
    """(T, bins) in decibels, from 0 Hz to half of the rate"""
    rate: int
    """Hertz"""
    parts: dict[str, Floats]
    """(T, H) each, of the last layer: states and gates by name"""
    scores: Floats
    """(T, C)"""
    difference: float
    """Between these states and the model's own, at most"""


def look(model: Path = assets.KEYWORDS, recording: Path = assets.DEMO, seconds: float = 6.0) -> Looked:
    """A recording's first seconds through a streaming model; ModelError or SourceError where one of them is no good."""
    opened = OpenModel(model)
    contract = opened.contract
    with MediaFile(recording, contract.sample_rate) as file:
        sound = file.whole()[: round(seconds * contract.sample_rate)]
    sound = sound[: len(sound) // contract.hop * contract.hop]
    stream = opened.stream()
    scores = stream.step(sound[None])[0]
    last = stream.inside[0][-1]
    return Looked(
        kind=opened.layers[-1].kind,
        hop=contract.hop_seconds,
        labels=contract.labels,
        spectrogram=_spectrogram(sound, contract.hop),
        rate=contract.sample_rate,
        parts=dict(last.values),
        scores=scores,
        difference=stream.difference,
    )


def _spectrogram(sound: Floats, hop: int) -> Floats:
    """Decibels (T, bins) of windows that end with each frame."""
    padded = np.concatenate([np.zeros(_WINDOW - hop, np.float32), sound])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), axis=1)) ** 2
    decibels: Floats = (10 * np.log10(power + 1e-8)).astype(np.float32)
    return decibels
