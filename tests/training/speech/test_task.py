"""Learning to write: a tiny network learns a language of tones, and a run goes on exactly where it stopped."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from legato.models.speech import speech_net
from legato.training.corpus import Shard
from legato.training.loop import Loop, LoopConfig, Place
from legato.training.speech.surroundings import Surroundings
from legato.training.speech.task import SpeechObjective, SpeechRecipe
from legato.training.speech.utterances import Utterances, usable


def make_loop(shard: Shard, recipe: SpeechRecipe, folder: Path) -> Loop:
    torch.manual_seed(1)
    labels, hop = recipe.labels, recipe.network.hop
    train, dev = (
        Utterances(usable([shard], split, labels, 3.0), labels, hop, recipe.utterances) for split in ("train", "dev")
    )
    objective = SpeechObjective(
        speech_net(recipe.network), recipe, Surroundings(recipe.augment, (), np.zeros(0, np.float32)), train, dev
    )
    objective.fit_features()
    return Loop(objective, recipe.loop, folder, Place())


def test_it_learns_to_write_tones(shard: Shard, recipe: SpeechRecipe, tmp_path: Path) -> None:
    steps = LoopConfig(steps=300, rate=0.01, warmup=20, carry=0.0, validate_every=1000)
    loop = make_loop(shard, replace(recipe, loop=steps), tmp_path)
    before = loop._task.validate()
    assert loop.run()
    loop.objective.eval()
    after = loop._task.validate()
    assert before["wer_tones"] > 0.9
    assert after["wer_tones"] < 0.2, after
    assert after["loss"] < 0.3 * before["loss"]


def test_what_hears_as_it_comes_learns_as_well(shard: Shard, recipe: SpeechRecipe, tmp_path: Path) -> None:
    steps = LoopConfig(steps=100, rate=0.01, warmup=20, carry=0.0, validate_every=1000)
    loop = make_loop(shard, replace(recipe, bidirectional=False, loop=steps), tmp_path)
    before = loop._task.validate()
    loop.run()
    loop.objective.eval()
    assert loop._task.validate()["loss"] < 0.6 * before["loss"]


def test_a_run_goes_on_exactly(shard: Shard, recipe: SpeechRecipe, tmp_path: Path) -> None:
    whole = make_loop(shard, recipe, tmp_path / "whole")
    whole.run()
    first = make_loop(shard, recipe, tmp_path / "parts")
    first.config = replace(recipe.loop, steps=6)
    learn, taken = first._learn, []

    def stopping(*arguments: object) -> object:
        taken.append(1)
        if len(taken) == 3:
            first.stop()
        return learn(*arguments)  # type: ignore[arg-type]

    first._learn = stopping  # type: ignore[method-assign, assignment]
    assert not first.run()
    second = make_loop(shard, recipe, tmp_path / "parts")
    assert second.resume()
    assert second.step == 3
    assert second.run()
    for one, other in zip(whole.objective.parameters(), second.objective.parameters(), strict=True):
        assert torch.equal(one, other)


def test_features_are_fitted_to_the_data(shard: Shard, recipe: SpeechRecipe, tmp_path: Path) -> None:
    loop = make_loop(shard, recipe, tmp_path)
    assert isinstance(loop.objective, SpeechObjective)
    frontend, data = loop.objective.net.frontend, loop.objective._train
    features = [row for one in data.alone() for row in frontend(data[one].sound(torch.device("cpu")))]
    every = torch.cat(features)
    assert every.mean().abs() < 1.0
    assert 0.3 < every.std() < 3.0
    assert not torch.equal(frontend.mean, torch.zeros_like(frontend.mean))


def test_speech_is_learned_as_a_whole(shard: Shard, recipe: SpeechRecipe, tmp_path: Path) -> None:
    truncated = replace(recipe, loop=replace(recipe.loop, truncate=1.0))
    with pytest.raises(ValueError, match="truncate must be 0"):
        make_loop(shard, truncated, tmp_path).run()


def test_changes_come_in_little_by_little(shard: Shard, recipe: SpeechRecipe, tmp_path: Path) -> None:
    objective = make_loop(shard, replace(recipe, ease=100), tmp_path).objective
    assert isinstance(objective, SpeechObjective)
    batch = objective._train[objective._train.alone()[0]]
    changed = [objective._is_changed(replace(batch, seed=seed)) for seed in range(200)]
    assert all(changed[100:])
    assert 5 < sum(changed[:50]) < 25
    assert 25 < sum(changed[50:100]) < 48
    always = make_loop(shard, recipe, tmp_path).objective
    assert isinstance(always, SpeechObjective)
    assert always._is_changed(replace(batch, seed=0))
