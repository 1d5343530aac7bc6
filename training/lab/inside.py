"""One utterance seen from inside a trained network: its gates and states beside its spectrogram."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from legato.app import assets
from legato.app.devices.media import MediaFile
from legato.app.inside.gates import MEANINGS
from legato.app.inside.opened import OpenModel

Floats = NDArray[np.float32]
_WINDOW = 512
"""Samples of the spectrogram's windows"""
_QUIET = 30.0
"""Decibels below the loudest frame at which nothing is said any more"""
_UNITS = 48
"""Of a layer that are looked at"""
_HEARD = 0.5
"""Score from which on a label counts as heard"""


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


def liveliest(values: Floats) -> NDArray[np.intp]:
    """The units of a part (T, H) that do most, the first of them most."""
    order: NDArray[np.intp] = values.std(axis=0).argsort()[::-1][:_UNITS]
    return order


def summary(looked: Looked) -> dict[str, Any]:
    """What was seen in numbers, as JSON takes them: labels by the time of their peak, and what each part is like.

    `spoken` and `quiet` are means over the liveliest units in frames where something is said and in those where
    nothing is, of absolute values; they are None where there is no such frame.
    """
    level = 10 * np.log10((10 ** (looked.spectrogram / 10)).mean(axis=1))
    loud = level > level.max() - _QUIET
    peaks = [(int(column.argmax()), label) for label, column in zip(looked.labels, looked.scores.T, strict=True)]
    return {
        "cell": looked.kind,
        "difference": float(f"{looked.difference:.3g}"),
        "heard": [
            {"label": label, "seconds": round((frame + 1) * looked.hop, 3)}
            for frame, label in sorted(peaks)
            if looked.scores[frame, looked.labels.index(label)] >= _HEARD
        ],
        "parts": {
            name: {"spoken": _mean(values[loud]), "quiet": _mean(values[~loud])}
            for name, values in ((name, np.abs(one[:, liveliest(one)])) for name, one in looked.parts.items())
        },
    }


def findings(told: dict[str, Any]) -> list[str]:
    """What was found, in sentences."""
    heard = ", ".join(f"{one['label']} at {one['seconds']:.1f} s" for one in told["heard"])
    lines = [f"Heard: {heard}." if heard else "None of its labels was heard."]
    for name, figures in told["parts"].items():
        spoken, quiet = (figures[when] for when in ("spoken", "quiet"))
        if spoken is not None and quiet is not None:
            size = "its size is" if name in {"hidden", "cell", "candidate"} else "it is"
            means = f"In the mean {size} {spoken:.2f} while something is said and {quiet:.2f} in quiet."
            lines.append(f"{name}: {MEANINGS[name]} {means}")
    return lines


def _mean(values: Floats) -> float | None:
    return round(float(values.mean()), 4) if values.size else None


def _spectrogram(sound: Floats, hop: int) -> Floats:
    """Decibels (T, bins) of windows that end with each frame."""
    padded = np.concatenate([np.zeros(_WINDOW - hop, np.float32), sound])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), axis=1)) ** 2
    decibels: Floats = (10 * np.log10(power + 1e-8)).astype(np.float32)
    return decibels
