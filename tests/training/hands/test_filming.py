"""Films: pure functions of a seed and a number, made once, with a manifest of the gestures in each."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from legato.app.cli.main import main
from legato.app.devices.video import VideoFile
from legato.app.vision.recording import Recording
from legato.training.datasets.registry import read
from legato.training.hands import filming
from legato.training.hands.filming import FilmConfig, film, scene_of
from legato.training.hands.hand import Rig
from legato.training.hands.motions import skeletons
from legato.training.hands.scenes import SceneConfig, draw_scene
from legato.training.takes import UNSURE

ALONE = FilmConfig(SceneConfig(("swipe_left", "swipe_right"), alone=True, frames=12, usual=0.0, rate=(6.0, 6.0)))
"""Two seconds in which a hand swipes"""


def rows_of(manifest: Path) -> list[dict[str, str]]:
    with manifest.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.usefixtures("_egl")
def test_what_is_filmed_is_what_the_scene_says(tmp_path: Path) -> None:
    told: list[None] = []
    manifest = film(tmp_path, 1, ALONE, lambda: told.append(None), first=3)
    assert len(told) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film-00003.npz", "manifest.tsv"]
    (row,) = rows_of(manifest)
    scene, _ = scene_of(ALONE, 3)
    (mark,) = scene.marks(0)
    ((side, states),) = scene.states()
    assert (row["path"], row["label"], row["hand"], row["split"]) == ("film-00003.npz", mark.label, side, "train")
    assert [float(row["start"]), float(row["end"])] == pytest.approx([mark.start, mark.end], abs=1e-3)
    recording = Recording.load(tmp_path / "film-00003.npz")
    assert recording.time == pytest.approx(scene.times, abs=1e-3)
    assert tuple(recording.size) == filming.SIZE
    seen = recording.presence[:, 0] > 0.5
    assert seen.mean() > 0.7
    points = skeletons(Rig.load("right"), states[seen]) * ([-1, 1, 1] if side == "left" else 1)
    places = scene.stage.focal * points[..., :2] / points[..., 2:] + np.array(filming.SIZE) / 2
    palm = np.linalg.norm(places[:, 9] - places[:, 0], axis=1)
    off = np.linalg.norm(recording.landmarks[seen, 0, :, :2] - places, axis=2).mean(axis=1)
    assert np.median(off / palm) < 0.35
    (take,) = read(f"takes:{tmp_path}", tmp_path / "cache")
    assert [span.label for span in take.spans] == [mark.label]


@pytest.mark.usefixtures("_egl")
def test_a_video_is_made_once_and_again_the_same(tmp_path: Path) -> None:
    config = replace(ALONE, videos=True, scene=replace(ALONE.scene, frames=5))
    film(tmp_path, 1, config)
    with VideoFile(tmp_path / "film-00000.mp4") as video:
        frames = list(video.frames())
    assert [frame.time for frame in frames] == pytest.approx(scene_of(config, 0)[0].times, abs=2e-3)
    assert frames[0].picture.shape == (480, 640, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film-00000.mp4", "manifest.tsv"]
    before = (tmp_path / "film-00000.mp4").stat().st_mtime_ns
    film(tmp_path, 2, config)
    assert (tmp_path / "film-00000.mp4").stat().st_mtime_ns == before
    film(tmp_path / "other", 1, config)
    with VideoFile(tmp_path / "other" / "film-00000.mp4") as video:
        assert all(
            np.array_equal(one.picture, other.picture) for one, other in zip(frames, video.frames(), strict=True)
        )
    assert {row["path"] for row in rows_of(tmp_path / "manifest.tsv")} == {"film-00000.mp4", "film-00001.mp4"}


@pytest.mark.usefixtures("_egl")
def test_the_command_says_where_the_manifest_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--out", tmp_path, "--count", "1", "--seconds", "1", "--rate", "4", "--alone", "wave", "--seed", "5"]
    assert main(["train", "scenes", *map(str, options)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'manifest.tsv'}\n"
    assert len(Recording.load(tmp_path / "film-00000.npz").time) == 4
    assert [row["label"] for row in rows_of(tmp_path / "manifest.tsv")] == ["wave"]


def test_a_film_is_a_pure_function_of_its_number() -> None:
    config = FilmConfig(SceneConfig(("grab", "push"), frames=60), seed=4)
    (first, look), (second, same), (other, another) = (scene_of(config, number) for number in (2, 2, 3))
    assert first.stage.size == filming.SIZE
    assert (look, look == another) == (same, False)
    assert np.array_equal(first.times, second.times)
    assert first.marks(0) == second.marks(0)
    assert not np.array_equal(first.times, other.times)
    (elsewhere, _) = scene_of(replace(config, seed=5), 2)
    assert not np.array_equal(first.times, elsewhere.times)


def test_films_can_be_asked_for_some_gestures_all_of_them_clear() -> None:
    config = FilmConfig(SceneConfig(("grab", "push"), seconds=8.0), seed=4, gestures=2)
    for number in range(3):
        scene, _ = scene_of(config, number)
        marks = [mark for hand in range(len(scene.hands)) for mark in scene.marks(hand)]
        inside = [mark for mark in marks if mark.start < scene.times[-1]]
        assert len(inside) >= 2
        assert all(mark.label != UNSURE and mark.end < scene.times[-1] for mark in inside)


def test_a_manifest_has_a_row_for_a_film_without_gestures_and_holds_some_films_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    def make(path: Path, *_: object) -> None:
        made.append(path)
        path.touch()

    config = FilmConfig(SceneConfig((), frames=30, second=0.0, busy=0.0))
    monkeypatch.setattr(filming, "HandModels", _Nothing)
    monkeypatch.setattr(filming, "Renderer", _Nothing)
    monkeypatch.setattr(filming, "_make", make)
    monkeypatch.setattr(filming, "scene_of", _scene_without_marks)
    manifest = film(tmp_path, 11, config)
    assert len(made) == 11
    rows = rows_of(manifest)
    assert [row["split"] for row in rows] == ["dev" if number == 9 else "train" for number in range(11)]
    assert {(row["label"], row["start"], row["end"], row["hand"]) for row in rows} == {("", "", "", "")}


class _Nothing:
    """Stands for what draws and what looks."""

    def __init__(self, *_: object) -> None:
        pass

    @classmethod
    def shipped(cls, _device: str) -> "_Nothing":
        return cls()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _scene_without_marks(config: FilmConfig, number: int) -> Any:
    scene = draw_scene(replace(config.scene, frames=3), np.random.default_rng(number))
    hands = tuple((side, replace(performance, marks=())) for side, performance in scene.hands)
    return replace(scene, hands=hands), None
