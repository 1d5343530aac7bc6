"""Takes of a hand that goes aside: `left` and `right` are a palm and a half in 0.4 seconds, and easily learned."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from legato.app.vision.recording import Recording
from legato.models.gesture import GestureNet
from legato.training.gestures.examples import VaryConfig
from legato.training.gestures.task import GestureData, GestureObjective, GestureRecipe
from legato.training.loop import Loop, LoopConfig, Place
from legato.training.takes import GestureSpan, Take

RATE = 30
SECONDS = 0.4
"""Of a gesture"""
_TOWARDS = {"left": 90.0, "right": -90.0, "": 0.0}
"""Pixels; the person's left is the picture's right"""


def take_of(label: str, seed: int = 0, *, slot: int = 0, frames: int = 75, split: str = "train") -> Take:
    """A hand that is there all the time, with a palm of 60 pixels, and does one thing somewhere."""
    chance = np.random.default_rng([seed, *label.encode()])
    time = np.arange(frames) / RATE
    start = float(chance.uniform(0.5, frames / RATE - SECONDS - 0.7))
    way = np.clip((time - start) / SECONDS, 0, 1)
    shape = 40 * np.random.default_rng(7).normal(size=(21, 2)) + np.array([320, 240])  # the same hand every time
    landmarks = np.zeros((frames, 2, 21, 3), np.float32)
    landmarks[:, slot, :, :2] = shape + chance.normal(0, 0.5, (frames, 21, 2)) + chance.uniform(-100, 100, 2)
    landmarks[:, slot, :, 0] += _TOWARDS[label] * (way**2 * (3 - 2 * way))[:, None]
    presence = np.zeros((frames, 2), np.float32)
    presence[:, slot] = 1.0
    recording = Recording(
        landmarks, presence, np.float32(0.9) * presence, time.astype(np.float32), np.array([640, 480], np.float32)
    )
    spans = (GestureSpan(label, start, start + SECONDS, slot),) if label else ()
    return Take(f"{label or 'nothing'}-{seed}", recording, spans, split)


@pytest.fixture(scope="session")
def make_take() -> Callable[..., Take]:
    """`take_of`, for all tests."""
    return take_of


@pytest.fixture(scope="session")
def replay() -> list[Take]:
    """Takes that show `right`, or nothing."""
    return [take_of(label, seed, slot=seed % 2) for seed, label in enumerate(("right", "", "right", "right"))]


@pytest.fixture(scope="session")
def trained(replay: list[Take], tmp_path_factory: pytest.TempPathFactory) -> GestureNet:
    """A network that knows `right`, and has never seen `left`."""
    loop = LoopConfig(steps=60, batch=4, warmup=5, rate=3e-2, validate_every=1000, carry=0.0)
    vary = VaryConfig(mirror=0.0)
    recipe = GestureRecipe(("right", "other"), hidden=16, dropout=0.0, frames=80, vary=vary, loop=loop)
    torch.manual_seed(1)
    net = GestureNet(recipe.network)
    objective = GestureObjective(net, recipe, GestureData(replay, [], [], []))
    objective.fit_features(8)
    assert Loop(objective, recipe.loop, tmp_path_factory.mktemp("run"), Place()).run()
    return net.eval()
