"""What the gesture network hears of a hand, against the same computed point by point."""

import math

import pytest
import torch
from torch import Tensor

from legato.models.hands import FOLLOWED, HOLD, PAIRS, PALM, SHORTEST, HandFeatures

SHAPE = 55
"""Features of the shape; then the speeds, the ways from the other references, gap and age"""


def points(seed: int = 0) -> Tensor:
    """(21, 3) pixels."""
    return 100 + 40 * torch.randn(21, 3, generator=torch.Generator().manual_seed(seed))


def observed(
    features: HandFeatures, hands: Tensor, present: list[float] | None = None, rate: float = 30.0
) -> tuple[Tensor, Tensor]:
    """Features (T, F) of one hand (T, 21, 3), and its memory afterwards."""
    there = torch.tensor(present or [1.0] * len(hands)).view(-1, 1, 1)
    seconds = torch.full((len(hands), 1, 1), 1 / rate)
    values, _, memory = features.step(hands.reshape(-1, 1, 63), there, seconds, torch.zeros(1, features.memory))
    return values[:, 0], memory[0]


def palm(hand: Tensor) -> Tensor:
    flat = hand[list(PALM), :2]
    return (flat - flat.mean(dim=0)).square().sum(dim=1).mean().sqrt()


def test_a_shape_is_what_can_be_computed_by_hand() -> None:
    features, hand = HandFeatures(()), points()
    flat, size = hand[:, :2], palm(hand)
    along = (flat[9] - flat[0]) / (flat[9] - flat[0]).norm()
    index, little = (flat[5] - flat[0]) / size, (flat[17] - flat[0]) / size
    side = index[0] * little[1] - index[1] * little[0]
    distances = torch.stack([(flat[a] - flat[b]).norm() / size for a, b in PAIRS])
    expected = torch.cat((((flat[1:] - flat[0]) / size).flatten(), along, side[None], distances))
    found = features.shape(hand.view(1, 1, 63))
    assert torch.allclose(found.features[0, 0], expected, atol=1e-5)
    assert found.size.item() == pytest.approx(size.item(), rel=1e-5)
    mirrored = features.shape((hand * torch.tensor([-1, 1, 1])).view(1, 1, 63))
    assert mirrored.features[0, 0, 42].item() == pytest.approx(-side.item(), rel=1e-4)


@pytest.mark.parametrize("references", [(), (1.0,), (1 / 0.3, 1.0, 0.0)])
def test_as_many_numbers_as_are_promised(references: tuple[float, ...]) -> None:
    features = HandFeatures(references)
    values, memory = observed(features, torch.stack([points(seed) for seed in range(4)]))
    assert values.shape == (4, features.outputs)
    assert features.outputs == SHAPE + (1 + len(references)) * FOLLOWED + 2
    assert memory.shape == (features.memory,)


def test_movement_is_seen_against_the_last_frame_a_mean_and_the_arrival() -> None:
    features = HandFeatures((2.0, 0.0))
    hand, step = points(), 3.0
    hands = hand + torch.arange(5).view(-1, 1, 1) * torch.tensor([step, 0.0, 0.0])
    values, memory = observed(features, hands)
    size = palm(hand).item()
    speed, mean, arrival = (values[:, SHAPE + FOLLOWED * number] for number in range(3))
    mean_place, expected = 0.0, []
    for frame in range(5):
        expected.append((step * frame - mean_place) / size)
        mean_place += (1 - math.exp(-2.0 / 30)) * (step * frame - mean_place)
    assert speed.tolist() == pytest.approx([0.0, *[step * 30 / size] * 4], rel=1e-3)
    assert mean.tolist() == pytest.approx(expected, abs=1e-4)
    assert arrival.tolist() == pytest.approx([step * frame / size for frame in range(5)], abs=1e-4)
    assert values[:, -2].tolist() == pytest.approx([1 / 30] * 5)
    assert values[:, -1].tolist() == pytest.approx([frame / 30 for frame in range(5)], abs=1e-6)
    assert memory[:3].tolist() == pytest.approx([1.0, 0.0, 4 / 30])


def test_a_hand_is_forgotten_and_its_arrival_with_it() -> None:
    features = HandFeatures((0.0,))
    hands = points() + torch.arange(30).view(-1, 1, 1) * torch.tensor([4.0, 0.0, 0.0])
    away = math.ceil(HOLD * 30) + 1
    values, memory = observed(features, hands, [*[1.0] * 5, *[0.0] * away, *[1.0] * (25 - away)])
    back = 5 + away
    assert values[back, SHAPE : SHAPE + 2 * FOLLOWED].abs().max() == 0
    assert values[back, -1] == 0
    assert values[back, -2].item() == pytest.approx((away + 1) / 30, rel=1e-5)
    assert values[back + 1, SHAPE + FOLLOWED].item() == pytest.approx(4 / palm(hands[0]).item(), rel=1e-3)
    assert memory[2].item() == pytest.approx((29 - back) / 30, abs=1e-5)


def test_frames_that_come_too_soon_change_nothing_but_the_gap() -> None:
    features = HandFeatures((1.0,))
    hands = torch.stack([points(seed) for seed in range(2)])
    _, before = observed(features, hands[:1])
    _, after = observed(features, hands, rate=1.01 / SHORTEST)
    # Not to the last bit: some processors round one frame and two side by side differently.
    assert torch.allclose(after[3:], before[3:], rtol=1e-6, atol=1e-6)
    assert after[1].item() == pytest.approx(SHORTEST / 1.01)
    assert not torch.allclose(observed(features, hands, rate=0.99 / SHORTEST)[1][3:], before[3:], rtol=1e-3)


def test_features_are_scaled_and_kept_within_bounds() -> None:
    features = HandFeatures(())
    plain, _ = observed(features, points()[None])
    features.mean.fill_(0.5)
    features.scale.fill_(2.0)
    scaled, _ = observed(features, points()[None])
    assert torch.allclose(scaled, ((plain - 0.5) * 2).clamp(-8, 8), atol=1e-5)
    features.scale.fill_(1e6)
    assert observed(features, points()[None])[0].abs().max() == 8
