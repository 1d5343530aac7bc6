"""Decoder settings of a gesture network that follow from data: how long gestures last, when they are told, how surely.

Letters: T frames, C labels.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from legato.app.engine.contract import DecoderSettings
from legato.app.engine.decoder import Decoder
from legato.app.engine.events import GestureEvent
from legato.app.engine.inputs import HANDS
from legato.app.evaluation.gestures import Gesture as Made
from legato.app.evaluation.gestures import Sequences, View
from legato.app.vision.gestures import TICK
from legato.models.gesture import GestureNet
from legato.training.gestures.examples import frames_of
from legato.training.takes import UNSURE, Take

THRESHOLDS = tuple(round(0.3 + 0.05 * step, 2) for step in range(14))
"""Tried one after another, the same for all labels"""
_CHANCE = 0.02
"""Edits a take that are mere chance: of thresholds that differ by no more, the middle one is taken"""
_USUAL = 0.5
"""Seconds of a gesture that is nowhere seen"""


@dataclass(frozen=True)
class Shown:
    """Takes with what a network says of them."""

    takes: Sequence[Take]
    scores: Sequence[np.ndarray[Any, Any]]
    """(T, 2, C) each"""

    @classmethod
    @torch.no_grad()
    def to(cls, net: GestureNet, takes: Sequence[Take]) -> "Shown":
        """The takes through the network, each a stream of its own."""
        scores = [net(torch.from_numpy(frames_of(take.recording))[None])[0].numpy() for take in takes]
        return cls(takes, scores)


def durations(takes: Sequence[Take], labels: Sequence[str]) -> dict[str, float]:
    """Median seconds of each gesture."""
    seconds = defaultdict(list)
    for take in takes:
        for span in take.spans:
            seconds[span.label].append(span.end - span.start)
    return {label: round(statistics.median(seconds[label]), 3) if seconds[label] else _USUAL for label in labels}


def settings(threshold: float, usual: dict[str, float], delay: float = 0.0) -> DecoderSettings:
    """Settings with one threshold for all labels."""
    return DecoderSettings(
        thresholds=dict.fromkeys(usual, threshold),
        smoothing=0.05,
        hysteresis=0.5,
        refractory=0.4,
        warmup=0.15,
        delay=delay,
        durations=usual,
        wake=(),
        command_window=0.0,
        conflict=0.35,
    )


def edits(net: GestureNet, decoder: DecoderSettings, takes: Sequence[Take]) -> int:
    """Mistakes that events make on takes: insertions, deletions and substitutions."""
    return _tried(Shown.to(net, takes), net.config.labels, decoder)[0]


def calibrate(net: GestureNet, learned: Sequence[Take], dev: Sequence[Take]) -> DecoderSettings:
    """The settings with which dev takes give few edits, on ticks as `GestureSpotter` counts them."""
    net.eval()
    labels = net.config.labels
    usual = durations(learned, labels)
    shown = Shown.to(net, dev)
    found = [(threshold, *_tried(shown, labels, settings(threshold, usual))) for threshold in THRESHOLDS]
    fewest = min(edits for _, edits, _ in found)
    good = [one for one in found if one[1] <= fewest + _CHANCE * len(shown.takes)]
    threshold, _, delays = good[len(good) // 2]
    delay = round(max(0.0, statistics.median(delays)), 3) if delays else 0.1
    return settings(threshold, usual, delay)


def quiet_threshold(
    net: GestureNet, decoder: DecoderSettings, label: str, takes: Sequence[Take], usual: float
) -> float:
    """The lowest threshold with which a label is nowhere reported in takes that do not show it.

    From half the `usual` one, since they are few, up to that.
    """
    labels = net.config.labels
    shown = Shown.to(net, takes)
    for threshold in (tried for tried in THRESHOLDS if usual / 2 <= tried < usual):
        chosen = replace(decoder, thresholds={**decoder.thresholds, label: threshold})
        if not any(_told(shown, label, labels, chosen)):
            return threshold
    return usual


def _told(shown: Shown, label: str, labels: Sequence[str], chosen: DecoderSettings) -> Iterator[bool]:
    """Whether a label is reported, for each hand of each take."""
    for take, scores in zip(shown.takes, shown.scores, strict=True):
        for slot in range(HANDS):
            yield any(told == label for told, _ in events_of(take, scores[:, slot], labels, chosen))


def _tried(shown: Shown, labels: Sequence[str], chosen: DecoderSettings) -> tuple[int, list[float]]:
    """Edits over all takes, and how long after the gestures' ends their events came."""
    edits, delays = 0, []
    for take, scores in zip(shown.takes, shown.scores, strict=True):
        for slot in range(HANDS):
            sure = [span for span in take.spans if span.slot == slot and span.label in labels]
            unsure = [span for span in take.spans if span.slot == slot and span.label == UNSURE]
            events = [
                (label, time)
                for label, time in events_of(take, scores[:, slot], labels, chosen)
                if not any(span.start <= time <= span.end + 0.5 for span in unsure)
            ]
            view = View(
                tuple(Made(span.label, span.start, span.end) for span in sure),
                tuple(GestureEvent(label, time, time, time, 1.0, "") for label, time in events),
                0.0,
            )
            edits += Sequences.of([view]).distance
            for label, time in events:
                near = [span.end for span in sure if span.label == label and span.start <= time <= span.end + 0.5]
                delays += [time - near[0]] if near else []
    return edits, delays


def events_of(
    take: Take, scores: np.ndarray[Any, Any], labels: Sequence[str], chosen: DecoderSettings
) -> list[tuple[str, float]]:
    """Labels and the times at which they are told."""
    decoder = Decoder(labels, chosen, TICK)
    seconds = np.diff(take.recording.time, prepend=take.recording.time[:1]).clip(0.0, 1.0)
    ticks = np.maximum(1, np.round(seconds / TICK)).astype(int)
    found = []
    for row, count, time in zip(scores, ticks.tolist(), take.recording.time.tolist(), strict=True):
        found += [(event.label, time) for event in decoder.step(np.repeat(row[None], count, axis=0), time)]
    return found
