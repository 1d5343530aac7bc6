"""Fingerspelling: which languages are learned from, and what is read from a pose."""

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from legato.app.evaluation.manifest import read_manifest
from legato.app.vision.recording import Recording
from legato.training.datasets import own
from legato.training.recipes import fetch_fingerspelling as recipe

LEFT, RIGHT = recipe.SIDES
COUNTS = {"POSE_LANDMARKS": 2, LEFT: 21, RIGHT: 21}


def text(value: str) -> bytes:
    return struct.pack("<H", len(value)) + value.encode()


def pose_file(
    points: NDArray[np.float32],
    confidence: NDArray[np.float32],
    *,
    version: float = 0.2,
    form: str = "XYZC",
    counts: Mapping[str, int] = COUNTS,
) -> bytes:
    """A .pose file of points (T, people, points, 3) at 25 frames a second, with limbs and colours to be passed over."""
    parts = [struct.pack("<fHHHH", version, 640, 480, 0, len(counts))]
    for name, count in counts.items():
        parts.extend((text(name), text(form), struct.pack("<HHH", count, 1, 2)))
        parts.extend(text(f"{name} {number}") for number in range(count))
        parts.append(struct.pack("<2H6H", 0, 1, *range(6)))
    parts.append(struct.pack("<fIH", 25.0, *points.shape[:2]))
    return b"".join((*parts, points.astype("<f4").tobytes(), confidence.astype("<f4").tobytes()))


def made_up(frames: int = 3, people: int = 1, total: int = 44) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    points = np.arange(1, frames * people * total * 3 + 1, dtype=np.float32).reshape(frames, people, total, 3)
    return points, np.ones((frames, people, total), np.float32)


def test_five_languages_are_for_test_and_two_for_dev() -> None:
    splits = recipe.split(recipe.LANGUAGES)
    assert list(splits) == ["gsg", "cse", "sgg", "ase", "ukl", "swl", "lls", "svk", "asq", "csq", "gss", "psr", "jos"]
    assert list(splits.values()) == ["test"] * 5 + ["dev"] * 2 + ["train"] * 6
    assert recipe.split(reversed(recipe.LANGUAGES)) == splits


def test_only_test_lies_apart() -> None:
    assert [recipe.part_of(name) for name in ("test", "dev", "train")] == ["test", "learn", "learn"]


def test_a_pose_is_read() -> None:
    points, confidence = made_up(people=2)
    pose = recipe.read_pose(pose_file(points, confidence))
    assert (pose.size, pose.rate) == ((640, 480), 25.0)
    assert {name: array.shape for name, array in pose.points.items()} == {
        name: (3, count, 3) for name, count in COUNTS.items()
    }
    np.testing.assert_array_equal(pose.points[RIGHT], points[:, 0, 23:])
    np.testing.assert_array_equal(pose.confidence[LEFT], confidence[:, 0, 2:23])


@pytest.mark.parametrize(
    ("change", "message"),
    [({"version": 0.1}, "version 0.1, not 0.2"), ({"form": "XYC"}, "POSE_LANDMARKS of a .pose file has XYC")],
)
def test_what_is_no_such_pose_is_refused(change: Mapping[str, str | float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        recipe.read_pose(pose_file(*made_up(), **change))  # type: ignore[arg-type]


def test_hands_are_left_then_right_and_gaps_stay(tmp_path: Path) -> None:
    points, confidence = made_up()
    confidence[1, 0, 2:23] = 0
    recipe.recorded(recipe.read_pose(pose_file(points, confidence))).save(tmp_path / "clip.npz")
    found = Recording.load(tmp_path / "clip.npz")
    assert found.presence.tolist() == [[1, 1], [0, 1], [1, 1]]
    assert found.handedness.tolist() == [[0, 1]] * 3
    np.testing.assert_array_equal(found.landmarks[:, 1], points[:, 0, 23:])
    np.testing.assert_array_equal(found.landmarks[[0, 2], 0], points[[0, 2], 0, 2:23])
    assert not found.landmarks[1, 0].any()
    np.testing.assert_allclose(found.time, [0, 0.04, 0.08])
    assert found.size.tolist() == [640, 480]


def test_hands_of_other_points_are_refused() -> None:
    few = {LEFT: 20, RIGHT: 20}
    with pytest.raises(ValueError, match="hands of 20 points, not 21"):
        recipe.recorded(recipe.read_pose(pose_file(*made_up(total=40), counts=few)))


def test_the_manifest_is_read_for_learning_and_for_measuring(tmp_path: Path) -> None:
    recording = recipe.recorded(recipe.read_pose(pose_file(*made_up())))
    names = ("swl_b.npz", "asq_a.npz")
    for name in names:
        recording.save(tmp_path / name)
    manifest = recipe.write_manifest(tmp_path, names, recipe.split(recipe.LANGUAGES))
    assert manifest.read_text(encoding="utf-8").splitlines() == [
        "path\tlabel\tstart\tend\tsplit\tsource",
        "asq_a.npz\t\t\t\ttrain\tasq",
        "swl_b.npz\t\t\t\tdev\tswl",
    ]
    assert [take.split for take in own.read(tmp_path, lambda done, total: None)] == ["train", "dev"]
    assert [one.rows for one in read_manifest(manifest).recordings] == [(), ()]


def test_clips_for_test_cannot_be_learned_from(tmp_path: Path) -> None:
    recipe.recorded(recipe.read_pose(pose_file(*made_up()))).save(tmp_path / "gsg_a.npz")
    recipe.write_manifest(tmp_path, ["gsg_a.npz"], recipe.split(recipe.LANGUAGES))
    with pytest.raises(ValueError, match="split must be train or dev, not 'test'"):
        own.read(tmp_path, lambda done, total: None)
