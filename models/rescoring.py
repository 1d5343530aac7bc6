"""A second look at a gesture that has been spotted: both ways through the frames that led to it.

Shapes: B spans, T frames, F = 133 numbers a frame of hands, N = B × 2 hands, H hidden units, C labels.
"""

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from legato.models.gesture import HANDS, unpacked
from legato.models.hands import HandFeatures
from legato.models.recurrent import BiRNN, RecurrentConfig


@dataclass(frozen=True)
class RescoringConfig:
    """Everything that decides the shape of a `RescoringNet`."""

    labels: tuple[str, ...]
    hidden: int = 48
    """Units a layer and direction."""
    layers: int = 1
    dropout: float = 0.1
    """Share of a layer's outputs dropped while training, between layers."""

    @staticmethod
    def from_dict(entries: dict[str, Any]) -> "RescoringConfig":
        """The inverse of `dataclasses.asdict`."""
        return RescoringConfig(**{**entries, "labels": tuple(entries["labels"])})


class RescoringNet(nn.Module):
    """Features of each hand, bidirectional GRU layers, their highest outputs over time, and a linear head.

    Class 0 is "nothing". The movement is seen against the last frame and against where the hand was first.
    """

    def __init__(self, config: RescoringConfig) -> None:
        super().__init__()
        self.config = config
        self.features = HandFeatures((0.0,))
        stack = RecurrentConfig("gru", self.features.outputs, config.hidden, config.layers, dropout=config.dropout)
        self.recurrent = BiRNN(stack)
        self.head = nn.Linear(self.recurrent.outputs, 1 + len(config.labels))

    def logits(self, landmarks: Tensor, lengths: Tensor) -> Tensor:
        """Padded spans (B, T, F) with `lengths` (B,) in frames, each at least 1, to logits (B, 2, 1 + C)."""
        points, present, seconds = unpacked(landmarks)
        memory = landmarks.new_zeros(len(landmarks) * HANDS, self.features.memory)
        features, course, _ = self.features.step(points, present, seconds, memory)
        each = lengths.repeat_interleave(HANDS)
        outputs = self.recurrent((features * course.seen).transpose(0, 1), each)  # (N, T, 2 H)
        inside = torch.arange(outputs.shape[1], device=outputs.device)[None, :, None] < each[:, None, None]
        highest = outputs.masked_fill(~inside, -1.0).amax(dim=1)
        return cast("Tensor", self.head(highest)).view(len(landmarks), HANDS, -1)

    def forward(self, landmarks: Tensor, lengths: Tensor) -> Tensor:
        """Probabilities (B, 2, C) that a span ends with each gesture."""
        return torch.softmax(self.logits(landmarks, lengths), dim=-1)[..., 1:]
