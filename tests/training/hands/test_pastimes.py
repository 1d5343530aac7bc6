"""What is no gesture: continuous, finite, and never labelled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.training.hands import poses
from legato.training.hands.motions import PLACE, state
from legato.training.hands.pastimes import pastime, reach, rest

AT = np.array([0.0, 0.05, 0.6])
SEEDS = st.integers(0, 100_000)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_a_pastime_is_smooth_and_has_no_label(seed: int) -> None:
    motion = pastime(AT, np.random.default_rng(seed))
    states = motion.path(np.linspace(0, 1, round(motion.seconds * 200)))
    assert motion.label == ""
    assert 0.4 < motion.seconds < 5
    assert np.isfinite(states).all()
    assert np.abs(states[:, PLACE] - AT).max() < 0.35
    assert np.abs(np.diff(states, axis=0)).max() < 0.2  # in 5 ms, metres or radians


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_reaching_leads_from_the_one_to_the_other(seed: int) -> None:
    chance = np.random.default_rng(seed)
    start = state(AT, chance.normal(0, 0.5, 3), poses.OPEN)
    end = state(AT + chance.normal(0, 0.15, 3), chance.normal(0, 0.5, 3), poses.RELAXED)
    motion = reach(start, end, chance)
    assert motion.start == pytest.approx(start)
    assert motion.end == pytest.approx(end, abs=1e-9)
    speed = np.linalg.norm(np.diff(motion.path(np.linspace(0, 1, 200))[:, PLACE], axis=0), axis=1) * 199
    assert speed.max() / motion.seconds < 4


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_resting_begins_where_the_hand_is_and_stays_near(seed: int) -> None:
    start = state(AT, np.zeros(3), poses.OPEN)
    motion = rest(start, 3.0, np.random.default_rng(seed))
    states = motion.path(np.linspace(0, 1, 300))
    assert motion.start == pytest.approx(start)
    assert np.abs(states[:, PLACE] - AT).max() < 0.03
    assert np.ptp(states[:, PLACE], axis=0).max() > 1e-4
