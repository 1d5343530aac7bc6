"""IPN Hand, from pictures and from videos."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from legato.training.datasets.registry import read
from legato.training.takes import UNSURE, GestureSpan

Files = Callable[..., None]
TRAIN, TEST = "1CM1_4_R_#229", "4CM11_2_L_#30"
LIST = f"{TRAIN},D0X,1,1,3,3\n{TRAIN},G05,8,4,9,6\n{TRAIN},G01,4,10,12,3\n{TRAIN},G07,10,13,21,9\n"


@pytest.fixture
def folder(tmp_path: Path, picture_files: Files) -> Path:
    """Twenty pictures of one video, in which there is no hand before the fourth, and ten of another."""
    root = tmp_path / "ipn"
    picture_files(root / "frames" / TRAIN, TRAIN + "_{:06d}.jpg", [0] * 3 + [200] * 17)
    picture_files(root / "frames" / TEST, TEST + "_{:06d}.jpg", [200] * 4 + [0] * 6)
    (root / "annotations").mkdir()
    (root / "annotations" / "Annot_TrainList.txt").write_text(LIST)
    (root / "annotations" / "Annot_TestList.txt").write_text(f"{TEST},G03,6,1,4,4\n{TEST},G06,9,5,10,6\n")
    return root


def test_gestures_of_a_video(folder: Path, tmp_path: Path, watcher: type) -> None:
    train, test = read(f"ipn:{folder}", tmp_path / "cache")
    assert (train.name, train.split, test.name, test.split) == (TRAIN, "train", TEST, "dev")
    swipe, unsure = train.spans
    assert (swipe.label, swipe.slot, unsure.label) == ("swipe_left", 0, UNSURE)
    assert (swipe.start, swipe.end) == pytest.approx((3 / 30, 8 / 30))
    assert (unsure.start, unsure.end) == pytest.approx((12 / 30, 19 / 30))  # the list counts one frame too many
    assert train.recording.time == pytest.approx(np.arange(20) / 30)
    assert train.recording.size.tolist() == [32, 24]
    assert train.recording.presence[:, 0].tolist() == [0.0] * 3 + [1.0] * 17


def test_a_gesture_that_nobody_sees_is_unsure(folder: Path, tmp_path: Path, watcher: type) -> None:
    _, test = read(f"ipn:{folder}", tmp_path / "cache")
    assert [span.label for span in test.spans] == ["swipe_up", UNSURE]


def test_what_was_seen_once_is_not_looked_at_again(folder: Path, tmp_path: Path, watcher: type) -> None:
    told: list[tuple[int, int]] = []
    first = read(f"ipn:{folder}", tmp_path / "cache", lambda done, count: told.append((done, count)))
    assert told == [(1, 2), (2, 2)]
    assert watcher.seen == 30  # type: ignore[attr-defined]
    assert sorted(path.name for path in (tmp_path / "cache" / "ipn").iterdir()) == [f"{TRAIN}.npz", f"{TEST}.npz"]
    (tmp_path / "cache" / "ipn" / f"{TEST}.npz").unlink()
    again = read(f"ipn:{folder}", tmp_path / "cache")
    assert watcher.seen == 40  # type: ignore[attr-defined]
    assert [take.spans for take in again] == [take.spans for take in first]


def test_videos_in_subfolders(folder: Path, tmp_path: Path, watcher: type) -> None:
    (folder / "frames").rename(folder / "unused")
    for name, part in ((TRAIN, "videos01"), (TEST, "videos02")):
        (folder / "videos" / part).mkdir(parents=True)
        path, code = str(folder / "videos" / part / f"{name}.avi"), cv2.VideoWriter.fourcc(*"MJPG")
        writer = cv2.VideoWriter(path, code, 15.0, (32, 24))
        for _ in range(20):
            writer.write(np.full((24, 32, 3), 200, np.uint8))
        writer.release()
    train, _ = read(f"ipn:{folder}", tmp_path / "cache")
    assert train.recording.time == pytest.approx(np.arange(20) / 15, abs=1e-3)
    assert train.spans[0] == GestureSpan(
        "swipe_left", float(train.recording.time[3]), float(train.recording.time[8]), 0
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (f"{TRAIN},G12,8,1,2,2", r"Annot_TrainList\.txt:5: unknown class 'G12'"),
        (f"{TRAIN},G05,8,1,2", r"Annot_TrainList\.txt:5: 5 columns instead of 6"),
        (f"{TRAIN},G05,8,9,2,2", r"Annot_TrainList\.txt:5: a gesture cannot go from frame 9 to frame 2"),
        (f"{TRAIN},G05,8,a,2,2", r"Annot_TrainList\.txt:5: 'a' is no whole number"),
        (f"{TRAIN},G05,8,21,22,2", r"Annot_TrainList\.txt:5: a gesture begins at frame 21, but there are only 20"),
        ("nobody,G05,8,1,2,2", r"Annot_TrainList\.txt:5: .* has neither frames/nobody nor a video of that name"),
        (f"{TEST},G05,8,1,2,2", rf"Annot_TestList\.txt:1: {TEST} is in Annot_TrainList\.txt too"),
    ],
)
def test_broken_lists(folder: Path, tmp_path: Path, watcher: type, line: str, complaint: str) -> None:
    (folder / "annotations" / "Annot_TrainList.txt").write_text(LIST + line + "\n")
    with pytest.raises(ValueError, match=complaint):
        read(f"ipn:{folder}", tmp_path / "cache")


def test_a_missing_list(folder: Path, tmp_path: Path, watcher: type) -> None:
    (folder / "annotations" / "Annot_TestList.txt").unlink()
    with pytest.raises(ValueError, match=r"Annot_TestList\.txt: no such file"):
        read(f"ipn:{folder}", tmp_path / "cache")


def test_a_broken_picture_leaves_no_recording(folder: Path, tmp_path: Path, watcher: type) -> None:
    (folder / "frames" / TRAIN / f"{TRAIN}_000007.jpg").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"_000007\.jpg: not a picture that can be read"):
        read(f"ipn:{folder}", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_broken_video(folder: Path, tmp_path: Path, watcher: type) -> None:
    (folder / "frames" / TRAIN).rename(folder / "unused")
    (folder / "videos").mkdir()
    (folder / "videos" / f"{TRAIN}.avi").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"\.avi is not a media file that can be read"):
        read(f"ipn:{folder}", tmp_path / "cache")
