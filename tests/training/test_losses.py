"""Losses: known values, and that each prefers the right answer."""

import math

import pytest
import torch

from legato.training.losses import frame_loss, max_pool_loss, phone_loss, word_ctc_loss
from legato.training.targets import IGNORE


def peaks(frames: int, at: list[tuple[int, int]], height: float = 8.0) -> torch.Tensor:
    """Logits (1, T, 3) of nothing but for the given (frame, class)."""
    logits = torch.zeros(1, frames, 3)
    logits[..., 0] = height
    for frame, label in at:
        logits[0, frame] = 0.0
        logits[0, frame, label] = height
    return logits


def test_even_scores_cost_the_logarithm_of_the_classes() -> None:
    words = torch.tensor([[0, 0, IGNORE, 1]])
    loss = frame_loss(torch.zeros(1, 4, 3), words, weight=4.0)
    assert loss.item() == pytest.approx((2 + 4) * math.log(3) / 3)


def test_ignored_frames_do_not_count() -> None:
    words = torch.tensor([[0, IGNORE, IGNORE]])
    wild = torch.tensor([[[9.0, 0, 0], [0, 0, 9.0], [0, 9.0, 0]]])
    calm = torch.tensor([[[9.0, 0, 0], [9.0, 0, 0], [9.0, 0, 0]]])
    assert frame_loss(wild, words, 3.0).item() == pytest.approx(frame_loss(calm, words, 3.0).item())


def test_nothing_but_ignored_frames_costs_nothing() -> None:
    assert frame_loss(torch.zeros(1, 2, 3), torch.full((1, 2), IGNORE), 3.0).item() == 0.0
    assert phone_loss(torch.zeros(1, 2, 3), torch.full((1, 2), IGNORE)).item() == 0.0


def test_max_pooling_needs_one_peak_anywhere_in_the_span() -> None:
    words = torch.tensor([[0, 0, IGNORE, IGNORE, IGNORE, 0, 0]])
    spans = [torch.tensor([[1, 2, 4]])]
    losses = [max_pool_loss(peaks(7, [(frame, 1)]), words, spans, 3.0).item() for frame in (2, 3, 4)]
    assert losses[0] == pytest.approx(losses[1]) == pytest.approx(losses[2])
    missed = max_pool_loss(peaks(7, []), words, spans, 3.0).item()
    wrong = max_pool_loss(peaks(7, [(3, 2)]), words, spans, 3.0).item()
    outside = max_pool_loss(peaks(7, [(5, 1)]), words, spans, 3.0).item()
    assert losses[0] < 0.1 < min(missed, wrong, outside)


def test_ctc_wants_the_words_in_order() -> None:
    spans = [torch.tensor([[1, 0, 2], [2, 4, 6]])]
    right = word_ctc_loss(peaks(8, [(2, 1), (6, 2)]), spans).item()
    swapped = word_ctc_loss(peaks(8, [(2, 2), (6, 1)]), spans).item()
    assert right < 0.1 < swapped


def test_ctc_takes_rows_without_words() -> None:
    empty = [torch.zeros(0, 3, dtype=torch.int64)]
    assert word_ctc_loss(peaks(5, []), empty).item() < 0.01
