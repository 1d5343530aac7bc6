"""Recordings of hands: what is written is read, and nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from legato.app.engine.errors import SourceError
from legato.app.vision.recording import Recording
from legato.app.vision.tracker import Hands

RANDOM = np.random.default_rng(1)


def hands() -> Hands:
    return Hands(RANDOM.random((2, 21, 3), np.float32), RANDOM.random(2, np.float32), RANDOM.random(2, np.float32))


@pytest.fixture
def recording() -> Recording:
    return Recording.of(((frame / 30, hands()) for frame in range(5)), (640, 480))


def test_what_is_written_is_read(recording: Recording, tmp_path: Path) -> None:
    recording.save(tmp_path / "one.npz")
    again = Recording.load(tmp_path / "one.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["one.npz"]
    for name in ("landmarks", "presence", "handedness", "time", "size"):
        assert np.array_equal(getattr(again, name), getattr(recording, name)), name
    frames = list(again.frames())
    assert [time for time, _ in frames] == pytest.approx([0, 1 / 30, 2 / 30, 0.1, 4 / 30])
    assert np.array_equal(frames[3][1].landmarks, recording.landmarks[3])


def test_an_empty_one(tmp_path: Path) -> None:
    Recording.of([], (64, 48)).save(tmp_path / "none.npz")
    assert list(Recording.load(tmp_path / "none.npz").frames()) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"landmarks": np.zeros((5, 2, 20, 3))}, "array 'landmarks' must be frames × 2 × 21 × 3, not 5 × 2 × 20 × 3"),
        ({"presence": np.zeros((4, 2))}, "array 'presence' has 4 frames, 'time' 5"),
        ({"time": np.array([0, 1, 2, 1, 3])}, "array 'time' must rise"),
        ({"time": np.array([0, 1, np.nan, 3, 4])}, "array 'time' must hold numbers"),
        ({"size": np.zeros(2)}, "array 'size' must be positive"),
        ({"handedness": np.array([["left", "right"]] * 5)}, "array 'handedness' must hold numbers"),
    ],
)
def test_what_contradicts_itself_is_named(
    recording: Recording, tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    replace(recording, **changes).save(tmp_path / "bad.npz")  # type: ignore[arg-type]
    with pytest.raises(SourceError, match=rf"bad\.npz: {complaint}"):
        Recording.load(tmp_path / "bad.npz")


def test_a_missing_array_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", landmarks=np.zeros((1, 2, 21, 3)))
    with pytest.raises(SourceError, match="lacks the array 'presence'"):
        Recording.load(tmp_path / "bad.npz")


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04broken"])
def test_what_is_no_recording(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(SourceError, match=r"bad\.npz is not a recording of hands"):
        Recording.load(tmp_path / "bad.npz")


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", landmarks=np.array([print], object))
    with pytest.raises(SourceError, match="is not a recording of hands"):
        Recording.load(tmp_path / "bad.npz")


def test_where_nothing_can_be_written(recording: Recording, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be written: No such file or directory"):
        recording.save(tmp_path / "nowhere" / "one.npz")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        Recording.load(tmp_path / "none.npz")
