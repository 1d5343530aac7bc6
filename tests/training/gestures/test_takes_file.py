"""Takes in a file come back as they were, to an eighth of a pixel."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legato.training.gestures import takes_file
from legato.training.takes import UNSURE, GestureSpan, Take

MakeTake = Callable[..., Take]


@pytest.mark.parametrize("small", [False, True])
def test_what_is_saved_is_loaded(make_take: MakeTake, tmp_path: Path, small: bool) -> None:
    first = make_take("left", frames=60)
    spans = (*first.spans, GestureSpan(UNSURE, 1.5, 1.75, 1))
    takes = [
        replace(first, spans=spans),
        make_take("", 1, slot=1, frames=90, split="dev"),
        make_take("right", 2, slot=1, frames=50),
    ]
    takes_file.save(tmp_path / "takes.npz", takes, small=small)
    assert [path.name for path in tmp_path.iterdir()] == ["takes.npz"]
    found = takes_file.load(tmp_path / "takes.npz")
    assert [(take.name, take.spans, take.split) for take in found] == [
        (take.name, take.spans, take.split) for take in takes
    ]
    for before, after in zip(takes, found, strict=True):
        ours, theirs = before.recording, after.recording
        assert theirs.landmarks.shape == ours.landmarks.shape
        assert np.abs(theirs.landmarks - ours.landmarks)[..., :2].max() <= 1 / 16
        assert not theirs.landmarks[..., 2].any()
        assert np.array_equal(theirs.presence, ours.presence)
        assert theirs.handedness == pytest.approx(ours.handedness, abs=1e-3)
        assert np.array_equal(theirs.time, ours.time)
        assert np.array_equal(theirs.size, ours.size)
        for name in ("landmarks", "presence", "handedness", "time", "size"):
            assert getattr(theirs, name).dtype == np.float32


def test_points_far_out_stay_far_out_and_z_is_left_out(make_take: MakeTake, tmp_path: Path) -> None:
    take = make_take("")
    take.recording.landmarks[0, 0, 0] = (1e6, -1e6, 5.0)
    takes_file.save(tmp_path / "takes.npz", [take])
    (found,) = takes_file.load(tmp_path / "takes.npz")
    assert found.recording.landmarks[0, 0, 0].tolist() == [4000.0, -4000.0, 0.0]


def test_small_files_are_smaller(make_take: MakeTake, tmp_path: Path) -> None:
    takes = [make_take("left", seed) for seed in range(3)]
    for name, small in (("large.npz", False), ("small.npz", True)):
        takes_file.save(tmp_path / name, takes, small=small)
    assert (tmp_path / "small.npz").stat().st_size < 0.7 * (tmp_path / "large.npz").stat().st_size
