"""Scenes that are kept: the same whatever was made before, and made once."""

from pathlib import Path

import numpy as np
import pytest

from legato.training.gestures import pool as gesture_pool
from legato.training.gestures.pool import make_pool
from legato.training.hands.gestures import GESTURES


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gesture_pool, "SHARD", 2)
    monkeypatch.setattr(gesture_pool, "FRAMES", 40)


def test_scenes_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    takes = make_pool(tmp_path, 3, GESTURES, 1, told.append)
    assert told == [2, 3]
    assert [take.name for take in takes] == ["scene-1-0", "scene-1-1", "scene-1-2"]
    assert [len(take.recording.time) for take in takes] == [40] * 3
    monkeypatch.setattr(gesture_pool, "_scene", None)
    again = make_pool(tmp_path, 4, GESTURES, 1)
    for before, after in zip(takes, again, strict=False):
        assert np.array_equal(before.recording.landmarks, after.recording.landmarks)
        assert before.spans == after.spans
    assert len(again) == 4


def test_a_scene_depends_on_its_seed_and_number_only(tmp_path: Path) -> None:
    first = make_pool(tmp_path / "one", 4, GESTURES, 1)
    second = make_pool(tmp_path / "two", 3, GESTURES, 1)
    other = make_pool(tmp_path / "two", 1, GESTURES, 2)
    assert np.array_equal(first[2].recording.landmarks, second[2].recording.landmarks)
    assert not np.array_equal(first[0].recording.landmarks, other[0].recording.landmarks)
    assert not np.array_equal(first[0].recording.landmarks, first[1].recording.landmarks)
