"""Scenes observed once and kept: to play and observe one takes as long as to learn from it.

Letters: T frames.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from legato.app.vision.recording import Recording
from legato.training.detection import observe
from legato.training.scenes import SceneConfig, draw_scene
from legato.training.takes import GestureSpan, Take

FRAMES = 256
"""Of a scene"""
SHARD = 200
"""Scenes in a file"""


def make_pool(
    folder: Path, count: int, labels: Sequence[str], seed: int, advance: Callable[[int], None] = lambda _done: None
) -> list[Take]:
    """The first `count` scenes of a seed as takes, kept in a folder; files that are there are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    takes: list[Take] = []
    for first in range(0, count, SHARD):
        path = folder / f"scenes-{seed}-{first:06d}.npz"
        if not path.exists():
            _write(path, [_scene(seed, number, labels) for number in range(first, first + SHARD)])
        takes += _read(path)[: count - first]
        advance(len(takes))
    return takes


def _scene(seed: int, number: int, labels: Sequence[str]) -> Take:
    chance = np.random.default_rng([seed, number])
    scene = draw_scene(SceneConfig(tuple(labels), frames=FRAMES), chance)
    return observe(scene, chance, f"scene-{seed}-{number}")


def _write(path: Path, takes: Sequence[Take]) -> None:
    spans = [(index, span) for index, take in enumerate(takes) for span in take.spans]
    arrays = {
        "landmarks": np.stack([take.recording.landmarks[..., :2] for take in takes]),
        "presence": np.stack([take.recording.presence for take in takes]),
        "handedness": np.stack([take.recording.handedness for take in takes]),
        "time": np.stack([take.recording.time for take in takes]),
        "size": np.stack([take.recording.size for take in takes]),
        "span_take": np.array([index for index, _ in spans]),
        "span_label": np.array([span.label for _, span in spans]),
        "span_times": np.array([(span.start, span.end) for _, span in spans]),
        "span_slot": np.array([span.slot for _, span in spans]),
    }
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    partial.replace(path)


def _read(path: Path) -> list[Take]:
    with np.load(path, allow_pickle=False) as stored:
        parts = {name: stored[name] for name in stored.files}
    spans: list[list[GestureSpan]] = [[] for _ in parts["time"]]
    for index, label, (start, end), slot in zip(
        parts["span_take"], parts["span_label"], parts["span_times"], parts["span_slot"], strict=True
    ):
        spans[index].append(GestureSpan(str(label), float(start), float(end), int(slot)))
    flat = parts["landmarks"]
    landmarks = np.concatenate((flat, np.zeros_like(flat[..., :1])), axis=-1)  # nobody looks at z
    stem = path.stem.removeprefix("scenes-")
    takes = []
    for index, found in enumerate(spans):
        recording = Recording(
            landmarks[index], *(parts[name][index] for name in ("presence", "handedness", "time", "size"))
        )
        takes.append(Take(f"{stem}-{index}", recording, tuple(found)))
    return takes
