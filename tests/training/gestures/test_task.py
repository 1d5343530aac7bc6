"""The gesture task in the loop: batches by number, a stopped run that goes on exactly, something that is learned."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from legato.models.gesture import GestureNet, unpacked
from legato.training.gestures.examples import VaryConfig
from legato.training.gestures.task import GestureData, GestureObjective, GestureRecipe, MixConfig, collate
from legato.training.loop import Figures, Loop, LoopConfig, Place
from legato.training.takes import Take

MakeTake = Callable[..., Take]

RECIPE = GestureRecipe(
    labels=("left", "right"),
    hidden=12,
    layers=2,
    dropout=0.2,
    frames=80,
    vary=VaryConfig(mirror=0.0),
    loop=LoopConfig(steps=6, batch=3, warmup=2, save_every=100, validate_every=4, carry=0.0),
)


@pytest.fixture
def data(make_take: MakeTake) -> GestureData:
    pairs = [("left", 0), ("right", 1), ("left", 1), ("right", 0)]
    return GestureData(
        [make_take(label, seed, slot=slot) for seed, (label, slot) in enumerate(pairs)],
        [make_take(label, 10 + seed, slot=slot) for seed, (label, slot) in enumerate(pairs)],
        [make_take("", seed) for seed in range(2)],
        [make_take(label, 20 + seed, slot=slot, split="dev") for seed, (label, slot) in enumerate(pairs)],
    )


def objective(data: GestureData, recipe: GestureRecipe = RECIPE) -> GestureObjective:
    torch.manual_seed(recipe.loop.seed)
    made = GestureObjective(GestureNet(recipe.network), recipe, data)
    made.fit_features(8)
    return made


def make_loop(data: GestureData, folder: Path, recipe: GestureRecipe = RECIPE) -> Loop:
    return Loop(objective(data, recipe), recipe.loop, folder, Place())


def weights(loop: Loop) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in loop.objective.state_dict().items()}


def assert_same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


def test_batches_are_a_pure_function_of_their_number(data: GestureData) -> None:
    first, second = objective(data), objective(data)
    batches = list(first.batches(0, 0, 1))
    assert len(batches) == 6
    assert batches[0].frames.shape == (3, 80, 133)
    assert batches[0].targets.shape == (3, 80, 2)
    for batch, again in zip(batches[2:], second.batches(2, 0, 1), strict=True):
        assert torch.equal(batch.frames, again.frames)
        assert torch.equal(batch.targets, again.targets)
    assert not torch.equal(batches[0].frames, batches[1].frames)
    assert not torch.equal(batches[0].frames, next(first.batches(0, 1, 2)).frames)


def test_streams_come_from_where_the_mix_says(data: GestureData) -> None:
    def share(mix: MixConfig, data: GestureData) -> float:
        recipe = replace(RECIPE, mix=mix, frames=75, loop=replace(RECIPE.loop, steps=20, batch=5))
        batches = GestureObjective(GestureNet(recipe.network), recipe, data).batches(0, 0, 1)
        return float(np.mean([bool(len(spans)) for batch in batches for spans in batch.spans]))

    assert share(MixConfig(scenes=0.0, takes=0.0, others=1.0), data) == 0
    assert 0.2 < share(MixConfig(scenes=0.5, takes=0.0, others=0.5), data) < 0.75
    nothing_else = replace(data, takes=[], others=[])
    assert share(MixConfig(), nothing_else) > 0.8


@pytest.mark.parametrize("part", ["scenes", "takes", "others", "dev"])
def test_all_that_shows_a_gesture_can_be_left_out(data: GestureData, part: str) -> None:
    kept = [take.name for take in getattr(data.without("left"), part)]
    assert kept == [take.name for take in getattr(data, part) if not take.name.startswith("left")]
    assert kept


def test_features_are_brought_to_one_scale(data: GestureData) -> None:
    made = objective(data)
    features = made.net.features
    frames = collate([made._draw(np.random.default_rng(seed)) for seed in range(16)]).frames
    values, course, _ = features.step(*unpacked(frames), torch.zeros(32, features.memory))
    counting = values[course.counts[..., 0] > 0]
    assert counting.median(dim=0).values.abs().max() < 0.5
    assert 0.3 < counting[:, :40].std(dim=0).mean() < 2
    assert not made.net.features.mean.equal(torch.zeros(features.outputs))


def test_the_same_seed_gives_the_same_run(data: GestureData, tmp_path: Path) -> None:
    runs = [make_loop(data, tmp_path / str(number)) for number in range(2)]
    assert all(run.run() for run in runs)
    assert_same(weights(runs[0]), weights(runs[1]))
    other = make_loop(data, tmp_path / "other", replace(RECIPE, loop=replace(RECIPE.loop, seed=9)))
    other.run()
    assert not torch.equal(weights(other)["net.head.weight"], weights(runs[0])["net.head.weight"])


class _StopAfter(Loop):
    """A loop that gets a termination signal in its third step."""

    def _learn(self, *arguments: object) -> Figures:
        if self.step == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return super()._learn(*arguments)  # type: ignore[arg-type]


def test_a_stopped_run_goes_on_exactly(data: GestureData, tmp_path: Path) -> None:
    whole = make_loop(data, tmp_path / "whole")
    assert whole.run()
    stopped = make_loop(data, tmp_path / "parts")
    stopped.__class__ = _StopAfter
    assert not stopped.run()
    resumed = make_loop(data, tmp_path / "parts")
    assert resumed.resume()
    assert resumed.step == 3
    assert resumed.run()
    assert_same(weights(whole), weights(resumed))


def test_a_simple_gesture_is_learned(data: GestureData, tmp_path: Path) -> None:
    loop_config = LoopConfig(steps=60, batch=6, warmup=5, rate=1e-2, validate_every=1_000, carry=0.0)
    loop = make_loop(data, tmp_path, replace(RECIPE, hidden=16, layers=1, loop=loop_config))
    made = loop.objective
    assert isinstance(made, GestureObjective)
    before = made.eval().validate()
    assert loop.run()
    after = made.eval().validate()
    assert after["loss"] < 0.6 * before["loss"], f"loss {before['loss']:.2f} → {after['loss']:.2f}"
    assert after["top1"] == 1, f"top-1 {before['top1']:.2f} → {after['top1']:.2f}"
    assert after["loud"] < 0.02


def test_without_dev_takes_there_is_nothing_to_measure(data: GestureData) -> None:
    assert objective(replace(data, dev=[])).validate() == {}
