"""The gesture network as a whole: landmarks in, scores out, in any chunks, each hand for itself."""

from dataclasses import asdict

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from legato.models.gesture import GestureConfig, GestureNet, GestureState
from legato.models.hands import HOLD

LABELS = ("wave", "grab", "push")
PRESENCE, RIGHT, SIZE, SECONDS = slice(126, 128), slice(128, 130), slice(130, 132), 132
"""Of the 133 numbers of a frame"""
ROUNDING = 5e-7
"""PyTorch's GRU is n + z (h - n): a gate z of 1 gives h up to the last bits"""


def network(layers: int = 2, hidden: int = 12) -> GestureNet:
    """One with decided opinions, so that a difference in its state is one in its scores."""
    torch.manual_seed(5)
    net = GestureNet(GestureConfig(LABELS, hidden, layers)).eval()
    with torch.no_grad():
        net.features.scale.fill_(0.4)
        net.head.weight.mul_(8)
    return net


def hand(count: int, seed: int, place: tuple[float, float] = (300.0, 200.0)) -> Tensor:
    """(T, 21, 3): a hand of about 60 pixels that wanders and changes its shape."""
    chance = torch.Generator().manual_seed(seed)
    shape = 30 * torch.randn(21, 3, generator=chance) + torch.tensor([*place, 0.0])
    whole = 6 * torch.randn(count, 1, 3, generator=chance)
    return shape + (whole + 2 * torch.randn(count, 21, 3, generator=chance)).cumsum(dim=0)


def stream(first: Tensor, second: Tensor | None = None, rate: float = 30.0) -> Tensor:
    """Frames (1, T, 133) of one hand or two that are there all the time."""
    frames = torch.zeros(1, len(first), 133)
    frames[0, :, :63] = first.flatten(1)
    frames[0, :, PRESENCE.start] = 0.9
    if second is not None:
        frames[0, :, 63:126] = second.flatten(1)
        frames[0, :, PRESENCE.start + 1] = 0.8
    frames[0, :, RIGHT] = torch.tensor([0.9, 0.1])
    frames[0, :, SIZE] = torch.tensor([640.0, 480.0])
    frames[0, 1:, SECONDS] = 1 / rate
    return frames


def gone(frames: Tensor, first: int, last: int, slot: int = 0) -> Tensor:
    """The same without a hand in some frames, its points zeros as a tracker leaves them."""
    frames = frames.clone()
    frames[:, first:last, 63 * slot : 63 * (slot + 1)] = 0.0
    frames[:, first:last, PRESENCE.start + slot] = 0.0
    return frames


def lively() -> Tensor:
    """Two streams (2, 60, 133) of hands that come and go, before a camera without a steady rate."""
    rows = [stream(hand(60, seed), hand(60, seed + 1)) for seed in (1, 3)]
    frames = torch.cat([gone(gone(rows[0], 10, 14), 30, 50, slot=1), gone(gone(rows[1], 0, 9, slot=1), 20, 45)])
    frames[:, :, SECONDS] = torch.rand(2, 60, generator=torch.Generator().manual_seed(2)) / 15
    return frames


@torch.no_grad()
def one_by_one(net: GestureNet, frames: Tensor) -> list[GestureState]:
    """The state after each frame."""
    state, states = net.initial_state(len(frames)), []
    for at in range(frames.shape[1]):
        _, state = net.step(frames[:, at : at + 1], state)
        states.append(state)
    return states


def scores(net: GestureNet, frames: Tensor) -> Tensor:
    """Probabilities (B, T, 2, C)."""
    with torch.no_grad():
        return torch.as_tensor(net(frames))


@pytest.mark.parametrize("layers", [1, 3])
def test_chunked_equals_whole(layers: int) -> None:
    net, frames = network(layers), lively()
    with torch.no_grad():
        whole, end = net.step(frames, net.initial_state(2))
    assert whole.shape == (2, 60, 2, 3)
    assert whole.amax(dim=1).amax(dim=-1).min() > 0.5
    assert end.memory.shape == (2, 2, net.features.memory)
    assert end.hidden.shape == (layers, 2, 2, 12)

    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.integers(1, 17), min_size=1, max_size=5))
    @torch.no_grad()
    def check(sizes: list[int]) -> None:
        state, parts, at, turn = net.initial_state(2), [], 0, 0
        while at < frames.shape[1]:
            size = sizes[turn % len(sizes)]
            part, state = net.step(frames[:, at : at + size], state)
            parts.append(part)
            at, turn = at + size, turn + 1
        worst = (torch.cat(parts, dim=1) - whole).abs().max().item()
        assert worst <= 1e-4, f"largest difference {worst:.2e}"
        assert torch.allclose(state.hidden, end.hidden, atol=1e-4)
        assert torch.allclose(state.memory, end.memory, rtol=1e-4, atol=1e-4)

    check()


def test_hands_and_streams_do_not_see_one_another() -> None:
    net, first, second, other = network(), hand(40, 1), hand(40, 2), hand(40, 3)
    both = scores(net, stream(first, second))
    assert (both[:, :, 0] - both[:, :, 1]).abs().max() > 0.1
    assert torch.allclose(scores(net, stream(first, other))[:, :, 0], both[:, :, 0], atol=1e-6)
    assert torch.allclose(scores(net, stream(first))[:, :, 0], both[:, :, 0], atol=1e-6)
    assert torch.allclose(scores(net, stream(second, first)), both.flip(2), atol=1e-6)
    together = scores(net, torch.cat((stream(other), stream(first, second))))
    assert torch.allclose(together[1:], both, atol=1e-6)


@pytest.mark.parametrize("learned", [False, True])
def test_a_hand_that_is_missed_is_held(learned: bool) -> None:
    net = network()
    if learned:
        optimiser = torch.optim.AdamW(net.train().parameters(), lr=1e-2, weight_decay=0.01)
        for _ in range(10):
            logits, _, _ = net.learn(lively(), net.initial_state(2))
            optimiser.zero_grad()
            (-torch.log_softmax(logits, dim=-1)[..., 1].mean()).backward()
            optimiser.step()
        net.eval()
    frames = gone(stream(hand(40, 1), hand(40, 2)), 20, 34)
    states = one_by_one(net, frames)
    for state in states[20:34]:
        moved = (state.hidden - states[19].hidden).abs().amax(dim=(0, 1, 3))
        assert moved[0] < ROUNDING, f"largest difference {moved[0]:.2e}"
        assert moved[1] > 0.01
    assert (states[34].hidden - states[19].hidden)[:, :, 0].abs().max() > 0.01
    said = scores(net, frames)
    assert torch.allclose(said[:, 20:34, 0], said[:, 19:20, 0].expand(-1, 14, -1), atol=1e-6)


@pytest.mark.parametrize("missing", [9, 20])
def test_a_hand_that_was_missing_for_half_a_second_is_a_new_one(missing: int) -> None:
    net = network()
    frames = gone(stream(hand(60, 1)), 30, 30 + missing)
    said = scores(net, frames)
    fresh = scores(net, frames[:, 30:])
    back = missing
    worst = (said[:, 30 + back :, 0] - fresh[:, back:, 0]).abs().max().item()
    if missing / 30 < HOLD:
        assert worst > 0.01
    else:
        assert worst < 1e-5, f"largest difference {worst:.2e}"
        assert not said[:, 46 : 30 + back, 0].any()
    assert said[:, 30:44, 0].any()


def test_of_a_quick_camera_every_other_frame_counts() -> None:
    net, slow = network(), stream(hand(30, 1))
    quick = stream(hand(60, 7), rate=60.0)  # between two frames of the slow one lies something else
    quick[:, ::2, :126] = slow[..., :126]
    expected, found = one_by_one(net, slow), one_by_one(net, quick)
    for number, state in enumerate(expected):
        assert torch.allclose(found[2 * number].hidden, state.hidden, atol=1e-5)
        held = (found[2 * number + 1].hidden - found[2 * number].hidden)[:, :, 0].abs().max()
        assert held < ROUNDING, f"largest difference {held:.2e}"


def test_where_a_hand_is_and_how_large_does_not_matter() -> None:
    net, first, second = network(), hand(50, 1), hand(50, 2)
    plain = scores(net, stream(first, second))
    assert plain.std(dim=1).max() > 0.05
    for scale, shift in ((1.0, 250.0), (2.5, 0.0), (0.4, -80.0)):
        changed = scores(net, stream(scale * first + shift, scale * second - shift))
        assert torch.allclose(changed, plain, atol=1e-4), f"{(changed - plain).abs().max():.1e} at {scale}, {shift}"
    assert (scores(net, stream(first[:1].expand(50, -1, -1), second)) - plain).abs().max() > 0.05


def test_depth_sides_and_the_picture_have_no_say() -> None:
    net, frames = network(), stream(hand(40, 1), hand(40, 2))
    other = frames.clone()
    other[..., 2:126:3] = 50 * torch.randn(1, 40, 42, generator=torch.Generator().manual_seed(1))
    other[..., RIGHT] = 0.5
    other[..., SIZE] = torch.tensor([100.0, 4000.0])
    other[..., PRESENCE] = 0.6  # only on which side of a half it is
    assert torch.equal(scores(net, other), scores(net, frames))
    other[..., PRESENCE] = 0.4
    assert not scores(net, other).any()


def test_whatever_comes_scores_are_numbers() -> None:
    net = network()
    nothing, points, jumps = torch.zeros(1, 50, 133), stream(torch.full((50, 21, 3), 7.0)), lively()
    jumps[:, ::3, :126] *= -1e4
    jumps[..., SECONDS] *= 1e3
    points[..., SECONDS] = 0.0
    assert not scores(net, nothing).any()
    for frames in (nothing, points, jumps):
        found = scores(net, frames)
        assert found.isfinite().all()
        assert 0 <= found.min() <= found.max() <= 1
        assert found.sum(dim=-1).max() < 1 + 1e-6  # what is left is "nothing"'s


def test_configuration_survives_a_round_trip() -> None:
    config = GestureConfig(LABELS, hidden=7, references=(2.0,))
    assert GestureConfig.from_dict(asdict(config)) == config
    as_json = {**asdict(config), "labels": list(LABELS), "references": [2.0]}
    assert GestureConfig.from_dict(as_json) == config


@pytest.mark.parametrize(
    ("labels", "hidden", "layers", "message"),
    [((), 8, 1, "labels"), (("a", "a"), 8, 1, "labels"), (("a",), 0, 1, "hidden"), (("a",), 8, 0, "layers")],
)
def test_impossible_configurations_are_refused(labels: tuple[str, ...], hidden: int, layers: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GestureConfig(labels, hidden, layers)
