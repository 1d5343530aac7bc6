"""Jester: clips as folders of pictures."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from legato.training.datasets.registry import read
from legato.training.takes import UNSURE

Files = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path, picture_files: Files) -> Path:
    root = tmp_path / "jester"
    for clip in ("1", "2", "100001", "4"):
        picture_files(root / "20bn-jester-v1" / clip, "{:05d}.jpg", [200] * 12)
    picture_files(root / "20bn-jester-v1" / "5", "{:05d}.jpg", [0] * 12)
    (root / "jester-v1-train.csv").write_text("1;Swiping Left\n2;No gesture\n100001;Sliding Two Fingers Up\n")
    (root / "jester-v1-validation.csv").write_text("4;Thumb Up\n5;Thumb Down\n")
    return root


def test_a_clip_is_a_gesture(folder: Path, tmp_path: Path, watcher: type) -> None:
    takes = read(f"jester:{folder}", tmp_path / "cache")
    assert [(take.name, take.split, [span.label for span in take.spans]) for take in takes] == [
        ("1", "train", ["swipe_left"]),
        ("2", "train", []),
        ("100001", "train", [UNSURE]),
        ("4", "dev", ["thumbs_up"]),
        ("5", "dev", [UNSURE]),  # no hand is seen
    ]
    (span,) = takes[0].spans
    assert (span.start, span.end, span.slot) == pytest.approx((0.0, 11 / 12, 0))
    assert takes[0].recording.time == pytest.approx(np.arange(12) / 12)


def test_pictures_can_go_when_their_hands_are_known(folder: Path, tmp_path: Path, watcher: type) -> None:
    first = read(f"jester:{folder}", tmp_path / "cache")
    shutil.rmtree(folder / "20bn-jester-v1")
    again = read(f"jester:{folder}", tmp_path / "cache")
    assert watcher.seen == 60  # type: ignore[attr-defined]
    assert [take.spans for take in again] == [take.spans for take in first]


def test_pictures_are_read_in_the_order_of_their_numbers(folder: Path, tmp_path: Path, picture_files: Files) -> None:
    from legato.training.datasets.pictures import numbered

    picture_files(tmp_path / "clip", "{}.jpg", [0] * 11)
    assert [path.stem for path in numbered(tmp_path / "clip")] == [str(number) for number in range(1, 12)]
    (tmp_path / "clip" / "cover.jpg").touch()
    with pytest.raises(ValueError, match=r"cover\.jpg: a picture's name must end in its number"):
        numbered(tmp_path / "clip")


def test_broken_sets(folder: Path, tmp_path: Path, watcher: type) -> None:
    listed = folder / "jester-v1-train.csv"
    for content, complaint in (
        ("1;Swiping Left\n9;Swiping Left\n", r"jester-v1-train\.csv:2: no such folder: .*/9"),
        ("1;Swiping\n", r"jester-v1-train\.csv:1: unknown class 'Swiping'"),
        ("1\n", r"jester-v1-train\.csv:1: 1 columns instead of 2"),
    ):
        listed.write_text(content)
        with pytest.raises(ValueError, match=complaint):
            read(f"jester:{folder}", tmp_path / "cache")
    listed.unlink()
    with pytest.raises(ValueError, match=r"jester-v1-train\.csv: no such file"):
        read(f"jester:{folder}", tmp_path / "cache")
    (folder / "20bn-jester-v1" / "empty").mkdir()
    listed.write_text("empty;Swiping Left\n")
    with pytest.raises(ValueError, match="/empty: holds no pictures"):
        read(f"jester:{folder}", tmp_path / "cache")


def test_a_real_hand_is_found(folder: Path, tmp_path: Path) -> None:
    picture = Path(__file__).parents[2] / "vision" / "hand.jpg"
    shutil.rmtree(folder / "20bn-jester-v1")
    for clip in ("1", "4"):
        (folder / "20bn-jester-v1" / clip).mkdir(parents=True)
        for number in (1, 2):
            shutil.copy(picture, folder / "20bn-jester-v1" / clip / f"{number:05d}.jpg")
    (folder / "jester-v1-train.csv").write_text("1;Thumb Up\n")
    (folder / "jester-v1-validation.csv").write_text("4;Thumb Up\n")
    take, _ = read(f"jester:{folder}", tmp_path / "cache")
    assert take.recording.size.tolist() == [640, 480]
    assert take.spans[0].label == "thumbs_up"
    assert take.recording.handedness[-1, take.spans[0].slot] > 0.5
