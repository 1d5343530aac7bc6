"""Losses that teach a network to report words in a stream.

Shapes: B batch, T frames, C labels (class 0 is "nothing"). Frames whose target is `IGNORE` do not count.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, ctc_loss, log_softmax

from legato.training.targets import IGNORE


def frame_loss(logits: Tensor, words: Tensor, weight: float | Tensor) -> Tensor:
    """Cross-entropy of logits (B, T, 1 + C) with classes (B, T); a word's frames count `weight` (or (C,)) times."""
    weights = logits.new_ones(logits.shape[-1])
    weights[1:] = weight
    flat, target = logits.flatten(0, 1), words.flatten()
    losses = cross_entropy(flat, target, weight=weights, ignore_index=IGNORE, reduction="sum")
    return losses / (target != IGNORE).sum().clamp(min=1)


def max_pool_loss(logits: Tensor, words: Tensor, spans: Sequence[Tensor], weight: float) -> Tensor:
    """Cross-entropy at the frames of nothing, and at the one frame of each word's span where its score is highest.

    The network is free to choose when, within the span, it reports the word (max-pooling loss, arXiv 1705.02411).
    `spans` holds for every row of the batch (N, 3): class, first and last frame.
    """
    scores = log_softmax(logits, dim=-1)
    nothing = words == 0
    quiet = -scores[..., 0][nothing].sum()
    peaks = [
        -scores[row, first : last + 1, label].max()
        for row, marks in enumerate(spans)
        for label, first, last in marks.tolist()
    ]
    loud = torch.stack(peaks).sum() if peaks else logits.new_zeros(())
    # A peak stands for the frames that the frame-wise loss would have counted.
    return (quiet + 9 * weight * loud) / (nothing.sum() + 9 * len(peaks)).clamp(min=1)


def word_ctc_loss(logits: Tensor, spans: Sequence[Tensor]) -> Tensor:
    """Connectionist temporal classification of the words in order (Graves et al. 2006), "nothing" being the blank."""
    scores = log_softmax(logits, dim=-1).transpose(0, 1)  # (T, B, 1 + C)
    lengths = torch.tensor([len(marks) for marks in spans])
    targets = torch.cat([marks[:, 0] for marks in spans])
    frames = torch.full_like(lengths, logits.shape[1])
    losses = ctc_loss(scores, targets, frames, lengths, blank=0, reduction="none", zero_infinity=True)
    return losses.sum() / (logits.shape[0] * logits.shape[1])


def phone_loss(logits: Tensor, phones: Tensor) -> Tensor:
    """Mean cross-entropy of phone logits (B, T, P) with indices (B, T)."""
    target = phones.flatten()
    losses = cross_entropy(logits.flatten(0, 1), target, ignore_index=IGNORE, reduction="sum")
    return losses / (target != IGNORE).sum().clamp(min=1)
