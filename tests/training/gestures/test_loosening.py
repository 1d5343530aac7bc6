"""Recordings as others might have made them: what stays of a take, and what does not."""

from collections.abc import Callable

import numpy as np
import pytest

from legato.training.gestures.examples import cut
from legato.training.gestures.loosening import LoosenConfig, loosened
from legato.training.takes import Take

MakeTake = Callable[..., Take]

STILL = LoosenConfig(way=0.0, turn=0.0, shape=0.0, view=0.0, points=0.0, drift=0.0, noise=0.0, pace=0.0)


def test_without_looseness_a_take_stays_as_it_is(make_take: MakeTake) -> None:
    take = make_take("left", 3)
    same = loosened(take, STILL, np.random.default_rng(1))
    assert same.recording.landmarks == pytest.approx(take.recording.landmarks, abs=1e-3)
    assert same.recording.time == pytest.approx(take.recording.time, abs=1e-6)
    assert (same.spans, same.name, same.split) == (take.spans, take.name, take.split)


def test_hands_go_further_or_less_far_about_the_same_place(make_take: MakeTake) -> None:
    take = make_take("left", 3)
    before = take.recording.landmarks[:, 0, :, 0].mean(axis=1)
    ways = []
    for seed in range(20):
        config = LoosenConfig(way=0.3, turn=0.0, shape=0.0, view=0.0, points=0.0, drift=0.0, noise=0.0, pace=0.0)
        after = loosened(take, config, np.random.default_rng(seed)).recording.landmarks[:, 0, :, 0].mean(axis=1)
        ways.append(np.ptp(after) / np.ptp(before))
        assert after.mean() == pytest.approx(before.mean(), abs=0.05 * float(np.ptp(before)))
    assert min(ways) < 0.9
    assert max(ways) > 1.1


def test_time_goes_on_and_spans_with_it(make_take: MakeTake) -> None:
    take = make_take("left", 3)
    (span,) = take.spans
    moved = []
    for seed in range(20):
        (found,) = loosened(take, LoosenConfig(), np.random.default_rng(seed)).spans
        loose = loosened(take, LoosenConfig(), np.random.default_rng(seed)).recording
        assert (np.diff(loose.time) > 0).all()
        assert loose.time[[0, -1]] == pytest.approx(take.recording.time[[0, -1]], abs=1e-4)
        nearest = int(np.abs(take.recording.time - span.end).argmin())
        assert found.end == pytest.approx(float(loose.time[nearest]), abs=0.04)
        moved.append(found.end - span.end)
    assert np.ptp(moved) > 0.03


def test_what_is_not_there_stays_away(make_take: MakeTake) -> None:
    take = make_take("left", 3)
    take.recording.presence[10:20, 0] = 0
    take.recording.landmarks[10:20, 0] = 0
    loose = loosened(take, LoosenConfig(), np.random.default_rng(1)).recording
    assert not loose.landmarks[10:20, 0].any()
    assert not loose.landmarks[:, 1].any()
    assert np.isfinite(loose.landmarks).all()
    empty = Take("none", cut(take.recording, slice(0, 0)), ())
    assert not len(loosened(empty, LoosenConfig(), np.random.default_rng(1)).recording.time)
