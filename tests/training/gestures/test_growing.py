"""More units beside those of a network: what it knew stays, and the new ones alone learn."""

from dataclasses import replace

import pytest
import torch

from legato.models.gesture import GestureConfig, GestureNet
from legato.training.gestures.examples import frames_of
from legato.training.gestures.growing import Kept, grown, keep
from legato.training.takes import Take


def scores(net: GestureNet, take: Take) -> torch.Tensor:
    """Logits of one take."""
    frames = torch.from_numpy(frames_of(take.recording))[None]
    with torch.no_grad():
        return net.eval().learn(frames, net.initial_state(1))[0]


def test_a_network_with_twice_the_units_says_the_same(trained: GestureNet, replay: list[Take]) -> None:
    wide = grown(trained)
    assert wide.config == replace(trained.config, hidden=2 * trained.config.hidden)
    for take in replay:
        torch.testing.assert_close(scores(wide, take), scores(trained, take), rtol=0, atol=1e-5)
    frames = torch.from_numpy(frames_of(replay[0].recording))[None]
    _, _, state = wide.learn(frames, wide.initial_state(1))
    first, second = state.hidden.chunk(2, dim=-1)
    torch.testing.assert_close(first, second, rtol=0, atol=1e-6)  # copies, until they learn


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_what_is_kept_stays_whatever_the_rest_learns(layers: int, replay: list[Take]) -> None:
    torch.manual_seed(layers)
    narrow = GestureNet(GestureConfig(("right", "other"), hidden=6, layers=layers))
    wide = grown(narrow)
    keep(wide, Kept(6, ("right",)))
    optimiser = torch.optim.AdamW(wide.parameters(), lr=0.1, weight_decay=0.0)
    for _ in range(3):
        optimiser.zero_grad()
        frames = torch.from_numpy(frames_of(replay[0].recording))[None]
        wide.train().learn(frames, wide.initial_state(1))[0].square().sum().backward()
        optimiser.step()
    learned = [scores(wide, take) for take in replay]
    with torch.no_grad():
        wide.head.weight[:, 6:] = 0.0
    for take, changed in zip(replay, learned, strict=True):
        before, after = scores(narrow, take), scores(wide, take)
        torch.testing.assert_close(after[..., :2], before[..., :2], rtol=0, atol=1e-5)  # without what was added to it
        assert (after[..., 2] - before[..., 2]).abs().max() > 0.1  # "other" is not kept
        assert (changed[..., :2] - before[..., :2]).abs().max() > 0.1
