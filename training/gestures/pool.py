"""Scenes observed once and kept: to play and observe one takes as long as to learn from it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from legato.training.gestures import takes_file
from legato.training.hands.detection import observe
from legato.training.hands.scenes import SceneConfig, draw_scene
from legato.training.takes import Take

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
            takes_file.save(path, [_scene(seed, number, labels) for number in range(first, first + SHARD)])
        takes += takes_file.load(path)[: count - first]
        advance(len(takes))
    return takes


def _scene(seed: int, number: int, labels: Sequence[str]) -> Take:
    chance = np.random.default_rng([seed, number])
    scene = draw_scene(SceneConfig(tuple(labels), frames=FRAMES), chance)
    return observe(scene, chance, f"scene-{seed}-{number}")
