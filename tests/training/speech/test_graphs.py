"""Recorded passes give what unrecorded ones give, gradients too; what is recorded is what training asks for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from legato.models.speech import speech_net
from legato.training.corpus import Shard
from legato.training.speech.graphs import Graphs
from legato.training.speech.surroundings import Surroundings
from legato.training.speech.task import SpeechObjective, SpeechRecipe
from legato.training.speech.utterances import Utterances, usable


def test_training_asks_for_few_shapes(shard: Shard, recipe: SpeechRecipe, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = replace(recipe, utterances=replace(recipe.utterances, rows=6, grid=16))
    data = Utterances(usable([shard], "train", recipe.labels, 3.0), recipe.labels, 480, recipe.utterances)
    surroundings = Surroundings(recipe.augment, (), np.zeros(0, np.float32))
    objective = SpeechObjective(speech_net(recipe.network), recipe, surroundings, data, None).train()
    seen, encode = [], objective._encode

    def noting(features: torch.Tensor, frames: torch.Tensor | None) -> torch.Tensor:
        assert frames is None
        seen.append(tuple(features.shape))
        return encode(features)

    monkeypatch.setattr(objective, "_encode", noting)
    for batch in objective.batches(0, 0, 1):
        loss, _, _ = objective(batch, ())
        assert torch.isfinite(loss)
    assert len(seen) == recipe.loop.steps
    assert all(frames % (16 * recipe.subsampling.rate) == 0 for _, frames, _ in seen)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("bidirectional", [True, False])
def test_a_recorded_pass_equals_a_plain_one(recipe: SpeechRecipe, bidirectional: bool) -> None:
    torch.manual_seed(1)
    net = speech_net(replace(recipe, bidirectional=bidirectional).network).cuda().train()
    graphs = Graphs(net, half=False)
    graphs.record(3, [48])
    features = torch.randn(3, 48, recipe.frontend.mels, device="cuda")
    found = []
    for encode in (graphs, net.encode):
        net.zero_grad()
        logits = encode(features)
        logits.square().mean().backward()
        found.append((logits.detach().clone(), [p.grad.clone() for p in net.parameters() if p.grad is not None]))
    (one, first), (other, second) = found
    torch.testing.assert_close(one, other, rtol=0, atol=1e-4)
    for left, right in zip(first, second, strict=True):
        torch.testing.assert_close(left, right, rtol=1e-2, atol=1e-4)
