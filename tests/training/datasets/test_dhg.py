"""DHG-14/28 and SHREC'17: a clip is a folder with joints in pixels and in metres."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from legato.training.datasets.registry import read
from legato.training.takes import UNSURE

Doubles = npt.NDArray[np.float64]
Hand = Callable[[int], Doubles]


def write_clip(folder: Path, stem: str, points: Doubles, mirrored: bool) -> Doubles:
    """Writes a clip as the RealSense sees a hand (T, 21, 3), and returns the picture's points."""
    folder.mkdir(parents=True)
    joints = np.insert(points, 1, points[:, [0, 9]].mean(axis=1), axis=1)  # the palm
    flat = np.array([320.0, 240.0]) + 475.0 * joints[..., :2] / joints[..., 2:]
    if mirrored:
        flat[..., 0] = 640.0 - flat[..., 0]
    np.savetxt(folder / f"{stem}_image.txt", flat.reshape(len(flat), -1), fmt="%.4f")
    world = joints * (1.0, -1.0, 1.0)  # y is up there
    np.savetxt(folder / f"{stem}_world.txt", world.reshape(len(flat), -1), fmt="%.6f")
    return np.delete(flat, 1, axis=1)


def clip(gesture: int, finger: int, subject: int, trial: int = 1) -> str:
    return f"gesture_{gesture}/finger_{finger}/subject_{subject}/essai_{trial}"


@pytest.fixture(params=[False, True], ids=["as seen", "mirrored"])
def dhg(request: pytest.FixtureRequest, tmp_path: Path, right_hand: Hand) -> Path:
    root = tmp_path / "dhg"
    for gesture, finger, subject in ((7, 2, 3), (2, 1, 17), (8, 1, 16)):
        write_clip(root / clip(gesture, finger, subject), "skeleton", right_hand(30), request.param)
    (root / "informations_troncage_sequences.txt").write_text("7 2 3 1 5 20\n2 1 17 1 0 29\n8 1 16 1 4 9\n")
    return root


def test_dhg(dhg: Path, tmp_path: Path, right_hand: Hand) -> None:
    swipe, tap, finger = read(f"dhg:{dhg}", tmp_path)
    assert [take.name for take in (swipe, tap, finger)] == [clip(7, 2, 3), clip(2, 1, 17), clip(8, 1, 16)]
    assert [take.split for take in (swipe, tap, finger)] == ["train", "dev", "train"]
    (span,) = swipe.spans
    assert (span.label, span.slot) == ("swipe_right", 0)
    assert (span.start, span.end) == pytest.approx((5 / 30, 20 / 30))
    assert tap.spans == ()
    assert [span.label for span in finger.spans] == [UNSURE]


def test_the_hand_is_where_the_camera_saw_it(dhg: Path, tmp_path: Path, right_hand: Hand) -> None:
    """Whether the pictures are mirrored or not: the right hand moves to the picture's left."""
    take = read(f"dhg:{dhg}", tmp_path)[0]
    hand, landmarks = right_hand(30), take.recording.landmarks[:, 0]
    for point in (0, 8, 20):
        flat = np.array([320.0, 240.0]) + 475.0 * hand[:, point, :2] / hand[:, point, 2:]
        assert landmarks[:, point, :2] == pytest.approx(flat, abs=0.01)
    assert (np.diff(landmarks[:, 0, 0]) < 0).all()
    assert landmarks[3, 8, 2] == pytest.approx((hand[3, 8, 2] - hand[3, 0, 2]) * 475 / hand[3, 0, 2], rel=0.1)
    assert not take.recording.presence[:, 1].any()
    assert take.recording.time == pytest.approx(np.arange(30) / 30)


def test_shrec17(tmp_path: Path, right_hand: Hand) -> None:
    root = tmp_path / "shrec17"
    for gesture, finger, subject in ((1, 2, 28), (9, 2, 1)):
        write_clip(root / clip(gesture, finger, subject, 10), "skeletons", right_hand(12), mirrored=False)
    (root / "train_gestures.txt").write_text("9 2 1 10 9 18 12\n")
    (root / "test_gestures.txt").write_text("1 2 28 10 1 2 12 \n")
    told: list[tuple[int, int]] = []
    up, grab = read(f"shrec17:{root}", tmp_path, lambda done, count: told.append((done, count)))
    assert [(take.split, take.spans[0].label) for take in (up, grab)] == [("train", "swipe_up"), ("dev", "grab")]
    assert (up.spans[0].start, up.spans[0].end) == pytest.approx((0.0, 11 / 30))
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("15 2 3 1 5 20", r"sequences\.txt:1: unknown class '15/2'"),
        ("7 2 3 1 5", r"sequences\.txt:1: 5 columns instead of 6"),
        ("7 2 3 1 5 2", r"sequences\.txt:1: a gesture cannot go from frame 5 to frame 2"),
        ("7 2 x 1 5 2", r"sequences\.txt:1: 'x' is no whole number"),
        ("7 2 4 1 5 20", r"subject_4/essai_1/skeleton_image\.txt: no such file"),
    ],
)
def test_broken_lists(dhg: Path, tmp_path: Path, line: str, complaint: str) -> None:
    (dhg / "informations_troncage_sequences.txt").write_text(line)
    with pytest.raises(ValueError, match=complaint):
        read(f"dhg:{dhg}", tmp_path)


def test_broken_clips(dhg: Path, tmp_path: Path) -> None:
    world = dhg / clip(7, 2, 3) / "skeleton_world.txt"
    lines = world.read_text().splitlines(keepends=True)
    world.write_text("".join(lines[:-1]))
    with pytest.raises(ValueError, match=r"skeleton_image\.txt: 30 frames, but skeleton_world\.txt has 29"):
        read(f"dhg:{dhg}", tmp_path)
    world.write_text("".join(lines[:2]) + "1 2 3\n")
    with pytest.raises(ValueError, match=r"skeleton_world\.txt:3: 3 columns instead of 66"):
        read(f"dhg:{dhg}", tmp_path)
