"""Decoder settings from made-up scores: the threshold between gestures and noise, and when gestures are told."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import Tensor

from legato.models.gesture import GestureConfig
from legato.training.gestures.calibration import (
    THRESHOLDS,
    Shown,
    calibrate,
    durations,
    edits,
    quiet_threshold,
    settings,
)
from legato.training.gestures.examples import frames_of
from legato.training.takes import UNSURE, GestureSpan, Take

MakeTake = Callable[..., Take]
LABELS = ("left", "right")


@dataclass
class Oracle:
    """A network that knows the takes: a pulse of 0.2 seconds for each of its gestures, some time after the end."""

    takes: list[Take]
    height: float = 0.85
    late: float = 0.1
    noise: float = 0.0
    """Height of a pulse in the same hand half a second before the gesture's"""
    config: GestureConfig = GestureConfig(LABELS, 4, 1)  # noqa: RUF009 — it is frozen

    def eval(self) -> None:
        pass

    def __call__(self, landmarks: Tensor) -> Tensor:
        take = next(take for take in self.takes if np.array_equal(frames_of(take.recording), landmarks[0].numpy()))
        scores = torch.zeros(1, len(take.recording.time), 2, len(LABELS))
        for span in take.spans:
            if span.label in LABELS:
                column = LABELS.index(span.label)
                for end, height in ((span.end - 0.5, self.noise), (span.end, self.height)):
                    after = take.recording.time - end - self.late
                    scores[0, (after >= 0) & (after < 0.2), span.slot, column] = height
        return scores


@pytest.fixture
def takes(make_take: MakeTake) -> list[Take]:
    return [make_take(label, seed, slot=seed % 2, frames=90) for seed, label in enumerate(("left", "right") * 3)]


def calibrated(oracle: Oracle) -> tuple[float, float]:
    """The threshold for both labels, and the delay."""
    found = calibrate(oracle, oracle.takes, oracle.takes)  # type: ignore[arg-type]
    assert set(found.thresholds) == set(LABELS)
    (threshold,) = set(found.thresholds.values())
    return threshold, found.delay


def test_the_threshold_lies_between_the_gestures_and_the_rest(takes: list[Take]) -> None:
    threshold, delay = calibrated(Oracle(takes, height=0.78, noise=0.58))
    assert 0.58 < threshold < 0.78
    assert delay == pytest.approx(0.12, abs=0.04)  # what the network takes, and what smoothing adds
    assert calibrated(Oracle(takes, height=0.5, noise=0.4))[0] in {0.45, 0.5}
    assert calibrated(Oracle(takes, late=0.25))[1] == pytest.approx(0.27, abs=0.04)


def test_of_those_as_good_the_middle_threshold_is_taken(takes: list[Take]) -> None:
    assert calibrated(Oracle(takes, height=0.95))[0] == THRESHOLDS[len(THRESHOLDS) // 2]


def test_where_nothing_is_told_there_is_a_usual_delay(takes: list[Take]) -> None:
    assert calibrated(Oracle(takes, height=0.1)) == (THRESHOLDS[len(THRESHOLDS) // 2], 0.1)


def test_mistakes_are_counted(takes: list[Take]) -> None:
    chosen = settings(0.5, dict.fromkeys(LABELS, 0.4))
    silent, sure, nervous = Oracle(takes, height=0.1), Oracle(takes), Oracle(takes, noise=0.9)
    assert edits(silent, chosen, takes) == 6  # type: ignore[arg-type]
    assert edits(sure, chosen, takes) == 0  # type: ignore[arg-type]
    assert edits(nervous, replace(chosen, refractory=0.2), takes) == 6  # type: ignore[arg-type]


def test_events_where_nobody_knows_are_no_mistakes(takes: list[Take]) -> None:
    oracle = Oracle(takes)
    unsure = [replace(take, spans=(replace(take.spans[0], label=UNSURE),)) for take in takes]
    nothing = [replace(take, spans=()) for take in takes]
    chosen = settings(0.5, dict.fromkeys(LABELS, 0.4))
    scores = Shown.to(oracle, takes).scores  # type: ignore[arg-type]
    assert [score.shape for score in scores] == [(90, 2, 2)] * 6
    assert edits(oracle, chosen, unsure) == 0  # type: ignore[arg-type]
    assert edits(oracle, chosen, nothing) == 6  # type: ignore[arg-type]


def test_gestures_last_as_long_as_most_do(make_take: MakeTake) -> None:
    take = make_take("")
    spans = [GestureSpan("left", 0.0, seconds, 0) for seconds in (0.3, 0.5, 2.0)]
    takes = [replace(take, spans=(span,)) for span in spans]
    assert durations(takes, LABELS) == {"left": 0.5, "right": 0.5}
    assert durations(takes[:1], LABELS) == {"left": 0.3, "right": 0.5}


@pytest.mark.parametrize(
    ("height", "usual", "expected"), [(0.52, 0.8, 0.55), (0.1, 0.8, 0.4), (0.9, 0.8, 0.8), (0.7, 0.6, 0.6)]
)
def test_a_quiet_threshold_is_above_what_is_heard_where_nothing_is(
    takes: list[Take], height: float, usual: float, expected: float
) -> None:
    oracle = Oracle(takes, height=height)
    chosen = settings(usual, dict.fromkeys(LABELS, 0.4))
    assert quiet_threshold(oracle, chosen, "left", takes, usual) == expected  # type: ignore[arg-type]
    rights = [take for take in takes if take.spans[0].label == "right"]
    assert quiet_threshold(oracle, chosen, "left", rights, usual) == usual / 2  # type: ignore[arg-type]
