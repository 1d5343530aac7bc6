"""The loop: the same seed gives the same run, a stopped run goes on exactly, several processes learn as one."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from legato.export.checkpoint import load_checkpoint
from legato.models.keyword import KeywordNet
from legato.models.recurrent import RecurrentConfig
from legato.training.corpus import Shard
from legato.training.keywords import KeywordObjective, KeywordRecipe, LossConfig
from legato.training.loop import Figures, Loop, LoopConfig, Place, learning_rate
from legato.training.saving import save_model
from legato.training.streams import StreamConfig, Streams

RECIPE = KeywordRecipe(
    labels=("yes", "no", "hey you"),
    wake=("hey you",),
    recurrent=RecurrentConfig("gru", 40, 12, 2, dropout=0.2),
    streams=StreamConfig(seconds=2.0),
    loop=LoopConfig(steps=6, batch=3, warmup=2, save_every=100, validate_every=4, carry=0.5),
)


def make_loop(shard: Shard, folder: Path, recipe: KeywordRecipe = RECIPE) -> Loop:
    torch.manual_seed(recipe.loop.seed)
    streams = [
        Streams([shard], split, recipe.labels, rooms=[], config=recipe.streams, seed=seed, count=count)
        for split, seed, count in (("train", 1, 10_000), ("dev", 2, 4))
    ]
    objective = KeywordObjective(KeywordNet(recipe.network), recipe, *streams)
    objective.fit_features(4)
    return Loop(objective, recipe.loop, folder, Place())


def weights(loop: Loop) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in loop.objective.state_dict().items()}


def assert_same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    for name, value in first.items():
        assert torch.equal(value, second[name]), name


@pytest.mark.parametrize("truncate", [0.0, 0.5])
def test_the_same_seed_gives_the_same_run(tone_shard: Shard, tmp_path: Path, truncate: float) -> None:
    recipe = replace(RECIPE, loop=replace(RECIPE.loop, truncate=truncate))
    runs = [make_loop(tone_shard, tmp_path / str(number), recipe) for number in range(2)]
    assert all(run.run() for run in runs)
    assert_same(weights(runs[0]), weights(runs[1]))
    other = make_loop(tone_shard, tmp_path / "other", replace(recipe, loop=replace(recipe.loop, seed=9)))
    other.run()
    assert not torch.equal(weights(other)["net.head.weight"], weights(runs[0])["net.head.weight"])


class _StopAfter(Loop):
    """A loop that gets a termination signal in its third step."""

    def _learn(self, *arguments: object) -> Figures:
        if self.step == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return super()._learn(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("truncate", [0.0, 0.5])
def test_a_stopped_run_goes_on_exactly(tone_shard: Shard, tmp_path: Path, truncate: float) -> None:
    recipe = replace(RECIPE, loop=replace(RECIPE.loop, truncate=truncate))
    whole = make_loop(tone_shard, tmp_path / "whole", recipe)
    assert whole.run()
    stopped = make_loop(tone_shard, tmp_path / "parts", recipe)
    stopped.__class__ = _StopAfter
    assert not stopped.run()
    assert stopped.step == 3
    resumed = make_loop(tone_shard, tmp_path / "parts", recipe)
    assert resumed.resume()
    assert resumed.step == 3
    assert resumed.run()
    assert_same(weights(whole), weights(resumed))
    for one, other in zip(whole.state, resumed.state, strict=True):
        assert torch.equal(one, other)


def test_nothing_to_resume(tone_shard: Shard, tmp_path: Path) -> None:
    assert not make_loop(tone_shard, tmp_path).resume()


@pytest.mark.parametrize("kind", ["frame", "max_pool", "ctc"])
def test_tones_are_learned(tone_shard: Shard, tmp_path: Path, kind: str) -> None:
    recipe = replace(
        RECIPE,
        loss=LossConfig(kind=kind),
        recurrent=RecurrentConfig("gru", 40, 24, 1),
        loop=LoopConfig(
            steps={"frame": 60, "max_pool": 90, "ctc": 150}[kind], batch=6, warmup=5, rate=1e-2, validate_every=1_000
        ),
    )
    loop = make_loop(tone_shard, tmp_path, recipe)
    objective = loop.objective
    assert isinstance(objective, KeywordObjective)
    objective.eval()
    before = objective.validate()
    loop.run()
    objective.eval()
    after = objective.validate()
    if kind == "ctc":  # which is free to say a word at any time
        assert after["words"] < 0.5 * before["words"], f"loss {before['words']:.2f} → {after['words']:.2f}"
    else:
        assert after["top1"] > max(before["top1"], 0.6), f"top-1 {before['top1']:.2f} → {after['top1']:.2f}"


def test_an_unknown_loss_is_named(tone_shard: Shard, tmp_path: Path) -> None:
    loop = make_loop(tone_shard, tmp_path, replace(RECIPE, loss=LossConfig(kind="hinge")))
    with pytest.raises(ValueError, match="must be frame, max_pool or ctc, not 'hinge'"):
        loop.run()


def test_the_rate_rises_and_falls_to_zero() -> None:
    config = LoopConfig(steps=100, warmup=10, rate=1.0)
    rates = [learning_rate(step, config) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == pytest.approx(1.0)
    assert rates == sorted(rates[:11]) + sorted(rates[11:], reverse=True)
    assert rates[100] == pytest.approx(0.0)


def test_a_model_survives_saving(tone_shard: Shard, tmp_path: Path) -> None:
    loop = make_loop(tone_shard, tmp_path)
    objective = loop.objective
    assert isinstance(objective, KeywordObjective)
    save_model(tmp_path / "model.pt", "keywords", objective.net, {"command": "none"}, None)
    trained = load_checkpoint(tmp_path / "model.pt")
    assert trained.contract.provenance["command"] == "none"
    assert_same(objective.net.state_dict(), trained.net.state_dict())


SCRIPT = """
import sys, torch
torch.set_num_threads(1)
from pathlib import Path
from legato.models.keyword import KeywordNet
from legato.models.recurrent import RecurrentConfig
from legato.training.corpus import open_shard
from legato.training.keywords import KeywordObjective, KeywordRecipe
from legato.training.loop import Figures, Loop, LoopConfig, Place
from legato.training.streams import StreamConfig, Streams
shard = open_shard(Path(sys.argv[1]), "tones")
recipe = KeywordRecipe(labels=("yes", "no", "hey you"), recurrent=RecurrentConfig("gru", 40, 12, 1),
    streams=StreamConfig(seconds=2.0),
    loop=LoopConfig(steps=4, batch=int(sys.argv[3]), warmup=2, carry=0.0, validate_every=100))
streams = Streams([shard], "train", recipe.labels, rooms=[], config=recipe.streams, seed=1, count=1000)
torch.manual_seed(1)
objective = KeywordObjective(KeywordNet(recipe.network), recipe, streams, None)
place = Place.here("cpu")
loop = Loop(objective, recipe.loop, Path(sys.argv[2]), place)
assert loop.run()
torch.save(objective.state_dict(), Path(sys.argv[2]) / f"weights-{place.rank}.pt")
"""


def test_two_processes_under_torchrun_hold_the_same_weights(
    tone_shard: Shard, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    script, corpus = tmp_path / "run.py", tmp_path_factory.getbasetemp()
    script.write_text(SCRIPT)
    folder = next(corpus.glob("corpus*/tones.json")).parent
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone"]
    subprocess.run(
        [*command, str(script), str(folder), str(tmp_path), "2"], check=True, capture_output=True, timeout=120
    )
    first, second = (torch.load(tmp_path / f"weights-{rank}.pt", weights_only=True) for rank in (0, 1))
    assert_same(first, second)
    fresh = KeywordNet(replace(RECIPE, recurrent=RecurrentConfig("gru", 40, 12, 1)).network).state_dict()
    assert not torch.equal(first["net.head.weight"], fresh["head.weight"])
