"""The second look: padded spans give what each gives alone, and hands have nothing to do with one another."""

import numpy as np
import pytest
import torch
from torch import Tensor

from legato.export.parity import hands
from legato.models.rescoring import RescoringConfig, RescoringNet

LENGTHS = (20, 1, 33)


@pytest.fixture
def net() -> RescoringNet:
    torch.manual_seed(3)
    made = RescoringNet(RescoringConfig(("wave", "grab", "push"), hidden=7, layers=2)).eval()
    with torch.no_grad():
        made.features.scale.fill_(0.3)
        made.head.weight.mul_(5)
    return made


@pytest.fixture
def spans() -> Tensor:
    """(3, 33, 133); what lies behind a span's end is no zeros."""
    random = np.random.default_rng(0)
    return torch.from_numpy(np.concatenate([hands(33, random) for _ in LENGTHS]))


@torch.inference_mode()
def test_a_padded_batch_gives_what_each_row_gives_alone(net: RescoringNet, spans: Tensor) -> None:
    together = net(spans, torch.tensor(LENGTHS))
    assert together.shape == (3, 2, 3)
    for row, length in enumerate(LENGTHS):
        alone = net(spans[row : row + 1, :length], torch.tensor([length]))
        torch.testing.assert_close(together[row : row + 1], alone, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_the_end_is_seen_from_the_beginning_and_the_other_way_round(net: RescoringNet, spans: Tensor) -> None:
    lengths = torch.tensor(LENGTHS)
    before = net(spans, lengths)
    for frame in (0, 32):
        changed = spans.clone()
        changed[2, frame, :63] += torch.arange(63) % 7 * 20.0
        changed[2, frame, 126] = 1.0
        after = net(changed, lengths)
        assert not torch.allclose(after[2, 0], before[2, 0], atol=1e-4)
        torch.testing.assert_close(after[2, 1], before[2, 1])
        torch.testing.assert_close(after[:2], before[:2])
