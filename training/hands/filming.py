"""Scenes as videos, or as what the tracker finds in them: films with a manifest of the gestures in each.

A film is a pure function of a seed and its number: what is there already is not made again.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from legato.app.vision.recording import Recording
from legato.app.vision.tracker import HandModels, HandTracker
from legato.training.hands.detection import observe
from legato.training.hands.scenes import Scene, SceneConfig, draw_scene
from legato.training.rendering.look import Look
from legato.training.rendering.renderer import Renderer
from legato.training.rendering.video import render, write_video
from legato.training.takes import UNSURE

SIZE = (640, 480)
COLUMNS = ("path", "label", "start", "end", "hand", "split")


@dataclass(frozen=True)
class FilmConfig:
    """What films show."""

    scene: SceneConfig
    seed: int = 1
    videos: bool = False
    """Whether films are kept as videos, `.mp4`; else as recordings of the hands in them, `.npz`"""
    gestures: int = 0
    """Gestures that a film has to show at least, all of them clearly; 0 for any scene"""

    @property
    def suffix(self) -> str:
        """How a film's name ends."""
        return ".mp4" if self.videos else ".npz"


def scene_of(config: FilmConfig, number: int) -> tuple[Scene, Look]:
    """The scene of a film and how it looks."""
    chance = np.random.default_rng([config.seed, number])
    scene = draw_scene(replace(config.scene, sizes=(SIZE,)), chance)
    while config.gestures and not _plain(scene, config.gestures, chance):
        scene = draw_scene(replace(config.scene, sizes=(SIZE,)), chance)
    return scene, Look.drawn(chance)


def _plain(scene: Scene, gestures: int, chance: np.random.Generator) -> bool:
    """Whether it shows so many gestures, and nothing that nobody can tell."""
    spans = observe(scene, chance).spans
    last = float(scene.times[-1]) - 0.4
    return len(spans) >= gestures and all(span.label != UNSURE and span.end < last for span in spans)


def film(
    folder: Path, count: int, config: FilmConfig, advance: Callable[[], None] = lambda: None, first: int = 0
) -> Path:
    """Makes films `first` to `first + count` in a folder, and the manifest of all that are there; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    models = HandModels.shipped("cpu")
    with Renderer(SIZE) as renderer:
        for number in range(first, first + count):
            path = _path(folder, number, config)
            if not path.exists():
                _make(path, *scene_of(config, number), models, renderer)
            advance()
    return _list(folder, config)


def _path(folder: Path, number: int, config: FilmConfig) -> Path:
    return folder / f"film-{number:05d}{config.suffix}"


def _make(path: Path, scene: Scene, look: Look, models: HandModels, renderer: Renderer) -> None:
    partial = path.with_name(f".{path.name}")
    pictures = render(scene.states(), scene.stage.focal, look, SIZE, renderer)
    times = scene.times.tolist()
    if path.suffix == ".mp4":
        write_video(partial := partial.with_suffix(".part.mp4"), pictures, times)
        partial.replace(path)
        return
    tracker = HandTracker(models)
    seen = [(time, tracker.step(picture, time)) for time, picture in zip(times, pictures, strict=True)]
    Recording.of(seen, SIZE).save(path)


def _list(folder: Path, config: FilmConfig) -> Path:
    """The manifest: a row for each gesture, one without a label for a film that has none."""
    manifest = folder / "manifest.tsv"
    with manifest.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        for path in sorted(folder.glob(f"film-*{config.suffix}")):
            writer.writerows(_rows(path, config))
    return manifest


def _rows(path: Path, config: FilmConfig) -> list[tuple[str, ...]]:
    number = int(path.stem.split("-")[1])
    scene, _ = scene_of(config, number)
    last = float(scene.times[-1])
    split = "dev" if number % 10 == 9 else "train"
    rows = [
        (path.name, mark.label, f"{mark.start:.3f}", f"{min(mark.end, last):.3f}", side, split)
        for hand, (side, _) in enumerate(scene.hands)
        for mark in sorted(scene.marks(hand), key=lambda mark: mark.end)
        if mark.start < last
    ]
    return sorted(rows, key=lambda row: float(row[3])) or [(path.name, "", "", "", "", split)]
