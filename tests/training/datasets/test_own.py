"""Folders of our own recordings, and the line that names a set."""

from collections.abc import Callable
from pathlib import Path

import pytest

from legato.app.vision.recording import Recording
from legato.training.datasets.registry import SETS, read
from legato.training.takes import GestureSpan

HEAD = "path\tlabel\tstart\tend\n"


@pytest.fixture
def folder(tmp_path: Path, recording_of: Callable[..., Recording]) -> Path:
    root = tmp_path / "own"
    (root / "more").mkdir(parents=True)
    recording = recording_of([(0.9, 0.9)] * 20, right=(0.2, 0.9), steps=(5, 1))
    for name in ("a.npz", "b.npz", "more/c.npz"):
        recording.save(root / name)
    return root


def test_without_a_manifest_there_are_no_gestures(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    takes = read(f"takes:{folder}", tmp_path, lambda done, count: told.append((done, count)))
    assert [(take.name, take.split, take.spans) for take in takes] == [
        ("a.npz", "train", ()),
        ("b.npz", "train", ()),
        ("more/c.npz", "train", ()),
    ]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert len(takes[0].recording.time) == 20


def test_a_manifest(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.tsv").write_text(
        "path\tlabel\tstart\tend\thand\tsplit\n"
        "a.npz\tpush\t1.0\t1.5\tright\tdev\n"
        "a.npz\twave\t0.2\t0.8\tleft\tdev\n"
        "more/c.npz\t?\t0\t9.9\t\t\n"
        "b.npz\t\t\t\t\t\n"
    )
    first, second, third = read(f"takes:{folder}", tmp_path)
    assert first.split == "dev"
    assert first.spans == (GestureSpan("wave", 0.2, 0.8, 0), GestureSpan("push", 1.0, 1.5, 1))
    assert (second.split, second.spans) == ("train", ())
    assert third.spans == (GestureSpan("?", 0.0, 9.9, 0),)  # the hand that moves more


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        ("path\tlabel\tstart\n", r"manifest\.tsv: lacks the column end"),
        ("", r"manifest\.tsv: lacks the column path"),
        (HEAD + "z.npz\tpush\t0\t1\n", r"manifest\.tsv:2: no such recording: z\.npz"),
        (HEAD + "a.npz\tpush\t0\tx\n", r"manifest\.tsv:2: start and end must be seconds, not '0' and 'x'"),
        (HEAD + "a.npz\tpush\n", r"manifest\.tsv:2: start and end must be seconds, not '' and ''"),
        (HEAD + "a.npz\tpush\t1\t0\n", r"manifest\.tsv:2: no gesture goes from 1 s to 0 s in a recording of 1\.9 s"),
        (HEAD + "a.npz\tpush\t3\t4\n", r"manifest\.tsv:2: no gesture goes from 3 s to 4 s in a recording of 1\.9 s"),
        (HEAD + "a.npz\tpush\t0\tnan\n", r"manifest\.tsv:2: no gesture goes from 0 s to nan s"),
        (HEAD + "a.npz\tpush\t0\t1\tmore\n", r"manifest\.tsv:2: more cells than there are columns"),
        (HEAD[:-1] + "\thand\na.npz\tpush\t0\t1\tboth\n", r"manifest\.tsv:2: hand must be left or right, not 'both'"),
        (HEAD[:-1] + "\tsplit\na.npz\tpush\t0\t1\ttest\n", r"manifest\.tsv:2: split must be train or dev, not 'test'"),
        (
            HEAD[:-1] + "\tsplit\na.npz\tpush\t0\t1\tdev\na.npz\tpush\t1\t2\ttrain\n",
            r"manifest\.tsv:3: a\.npz is in dev and in train",
        ),
    ],
)
def test_broken_manifests(folder: Path, tmp_path: Path, manifest: str, complaint: str) -> None:
    (folder / "manifest.tsv").write_text(manifest)
    with pytest.raises(ValueError, match=complaint):
        read(f"takes:{folder}", tmp_path)


def test_a_manifest_that_is_no_text(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.tsv").write_bytes(b"path\xff")
    with pytest.raises(ValueError, match=r"manifest\.tsv: not a text file"):
        read(f"takes:{folder}", tmp_path)


def test_broken_recordings(folder: Path, tmp_path: Path) -> None:
    (folder / "b.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"b\.npz is not a recording of hands"):
        read(f"takes:{folder}", tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ValueError, match=r"/empty: holds no recordings"):
        read(f"takes:{empty}", tmp_path)


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        (
            "nvgesture:/data",
            "^nvgesture:/data: unknown set of gestures 'nvgesture': known are ipn, jester, dhg, shrec17",
        ),
        ("/data", "unknown set of gestures '/data'"),
        ("takes:", "^takes: names no folder$"),
        *((f"{name}:/no/such", "^no such folder: /no/such$") for name in SETS),
    ],
)
def test_sets_that_there_are_not(tmp_path: Path, spec: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read(spec, tmp_path)
