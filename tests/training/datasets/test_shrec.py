"""SHREC'21 and SHREC'22: sequences of joints with gestures among other movements."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from legato.training.datasets.registry import read
from legato.training.takes import UNSURE

Doubles = npt.NDArray[np.float64]
Hand = Callable[[int], Doubles]

UNITY = np.array([-1.0, -1.0, -1.0])
"""From our camera's axes to those of the sets, and back"""


def write_leap(path: Path, points: Doubles) -> None:
    palm = (points[:, :1] + points[:, [5, 9, 13, 17]].mean(axis=1, keepdims=True)) / 2
    joints = np.concatenate((palm, points[:, 2:]), axis=1) * UNITY
    rows = np.concatenate((joints, np.tile([0.0, 0.0, 0.0, 1.0], (*joints.shape[:2], 1))), axis=-1)
    write(path, rows.reshape(len(rows), -1))


def write_hololens(path: Path, points: Doubles, time: Doubles) -> None:
    palm = points[:, [0, 9]].mean(axis=1, keepdims=True)
    fingers = [np.insert(points[:, 5 + 4 * finger : 9 + 4 * finger], 0, 0.0, axis=1) for finger in range(4)]
    joints = np.concatenate((points[:, :1], palm, points[:, 1:5], *fingers), axis=1) * UNITY
    write(path, np.column_stack((np.arange(len(time)), time, joints.reshape(len(joints), -1))))


def write(path: Path, rows: Doubles) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(";".join(f"{value:.6f}" for value in row) + ";\n" for row in rows))


@pytest.fixture
def shrec21(tmp_path: Path, right_hand: Hand) -> Path:
    root = tmp_path / "shrec21"
    write_leap(root / "training_set" / "sequences" / "7.txt", right_hand(60))
    write_leap(root / "test_set" / "test_set" / "sequences" / "1.txt", right_hand(20))
    (root / "training_set" / "annotations.txt").write_text("7;POINTING;1;2;\n")
    (root / "training_set" / "annotations_revised_training.txt").write_text(
        "7;DENY;1;5;RIGHT;11;21;EXPAND;40;50;GRAB;51;61;\n"
    )
    (root / "test_set" / "test_set" / "annotations_revised.txt").write_text("1;KNOB;1;20;\n")
    return root


@pytest.fixture
def shrec22(tmp_path: Path, right_hand: Hand) -> Path:
    root = tmp_path / "shrec22"
    time = 100.0 + np.cumsum(np.random.default_rng(1).uniform(0.02, 0.08, 40))
    write_hololens(root / "training_set" / "1.txt", right_hand(40), time)
    write_hololens(root / "training_set" / "2.txt", right_hand(40), time)
    (root / "training_set" / "annotations.txt").write_text("1;WAVE;0;9;MENU;12;20;CIRCLE;30;39;\n2;\n")
    return root


def test_shrec21(shrec21: Path, tmp_path: Path, right_hand: Hand) -> None:
    train, dev = read(f"shrec21:{shrec21}", tmp_path)
    assert [(take.name, take.split) for take in (train, dev)] == [("training_set/7", "train"), ("test_set/1", "dev")]
    assert [span.label for span in train.spans] == ["swipe_right", UNSURE, "grab"]
    assert (train.spans[0].start, train.spans[0].end) == pytest.approx((10 / 50, 20 / 50))
    assert train.spans[2].end == pytest.approx(59 / 50)  # the last frame, though the file says 61
    assert [span.label for span in dev.spans] == [UNSURE]
    landmarks = train.recording.landmarks[:, 0]
    assert (np.diff(landmarks[:, 0, 0]) < 0).all()  # to the person's right
    assert (landmarks[:, 12, 1] < landmarks[:, 0, 1]).all()  # the fingers point up
    assert (landmarks[:, 4, 0] > landmarks[:, 20, 0]).all()  # a right hand's palm
    assert (train.recording.handedness[:, 0] == 1).all()


def test_depth_that_counts_the_other_way(shrec21: Path, tmp_path: Path, right_hand: Hand) -> None:
    first = read(f"shrec21:{shrec21}", tmp_path)[0]
    flipped = right_hand(60) * (1.0, 1.0, -1.0)
    write_leap(shrec21 / "training_set" / "sequences" / "7.txt", flipped)
    write_leap(shrec21 / "test_set" / "test_set" / "sequences" / "1.txt", flipped[:20])
    again = read(f"shrec21:{shrec21}", tmp_path)[0]
    assert again.recording.landmarks == pytest.approx(first.recording.landmarks, abs=0.01)


@pytest.mark.parametrize("unit", [1.0, 1000.0], ids=["seconds", "milliseconds"])
def test_shrec22(shrec22: Path, tmp_path: Path, right_hand: Hand, unit: float) -> None:
    path = shrec22 / "training_set" / "1.txt"
    table = np.array([[float(cell) for cell in line.split(";")[:-1]] for line in path.read_text().splitlines()])
    time = table[:, 1].copy()
    table[:, 1] *= unit
    write(path, table)
    take, nothing = read(f"shrec22:{shrec22}", tmp_path)
    assert nothing.spans == ()
    assert [(span.label, span.slot) for span in take.spans] == [("wave", 0), ("circle_cw", 0)]
    assert take.recording.time == pytest.approx(time - time[0], abs=1e-3)
    assert (take.spans[1].start, take.spans[1].end) == pytest.approx(tuple(time[[30, 39]] - time[0]), abs=1e-3)
    landmarks = take.recording.landmarks[:, 0]
    hand = right_hand(40)
    across = np.median(hand[:, 0], axis=0)
    for point in (0, 4, 8, 20):
        placed = hand[:, point] - across
        flat = np.array([320.0, 240.0]) + 600.0 * placed[:, :2] / (placed[:, 2:] + 0.6)
        assert landmarks[:, point, :2] == pytest.approx(flat, abs=0.05)


def test_a_hand_that_is_lost(shrec22: Path, tmp_path: Path, right_hand: Hand) -> None:
    hand = right_hand(40)
    hand[32:] = 0.0
    fingers = shrec22 / "training_set" / "1.txt"
    write_hololens(fingers, hand, np.arange(40) / 20)
    take = read(f"shrec22:{shrec22}", tmp_path)[0]
    assert take.recording.presence[:, 0].tolist() == [1.0] * 32 + [0.0] * 8
    assert [span.label for span in take.spans] == ["wave", UNSURE]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("1;WINK;0;9;", r"annotations\.txt:1: unknown class 'WINK'"),
        ("1;WAVE;0;", r"annotations\.txt:1: not a sequence, then label, start and end of each gesture"),
        ("1;WAVE;9;0;", r"annotations\.txt:1: a gesture cannot go from frame 9 to frame 0"),
        ("1;WAVE;40;41;", r"annotations\.txt:1: a gesture begins at frame 40, but there are only 40 frames"),
        ("3;WAVE;0;9;", r"training_set/3\.txt: no such file"),
    ],
)
def test_broken_annotations(shrec22: Path, tmp_path: Path, line: str, complaint: str) -> None:
    (shrec22 / "training_set" / "annotations.txt").write_text(line)
    with pytest.raises(ValueError, match=complaint):
        read(f"shrec22:{shrec22}", tmp_path)


def test_broken_sequences(shrec22: Path, shrec21: Path, tmp_path: Path, right_hand: Hand) -> None:
    write_hololens(shrec22 / "training_set" / "2.txt", right_hand(3), np.array([0.0, 0.2, 0.1]))
    with pytest.raises(ValueError, match=r"2\.txt: the time stamps must rise"):
        read(f"shrec22:{shrec22}", tmp_path)
    (shrec21 / "training_set" / "sequences").rename(shrec22 / "training_set" / "sequences")
    (shrec22 / "training_set" / "annotations.txt").write_text("7;WAVE;0;9;")
    with pytest.raises(ValueError, match=r"7\.txt:1: 140 columns instead of 80"):
        read(f"shrec22:{shrec22}", tmp_path)


def test_a_folder_without_the_sets_parts(shrec22: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"/training_set: holds neither training_set nor test_set"):
        read(f"shrec22:{shrec22}/training_set", tmp_path)
    (shrec22 / "training_set" / "annotations.txt").unlink()
    with pytest.raises(ValueError, match=r"/training_set: holds no annotations\*\.txt"):
        read(f"shrec22:{shrec22}", tmp_path)
