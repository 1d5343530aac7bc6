"""The gesture network: landmarks of hands in, for every frame the probability that each gesture has just ended.

Shapes: B streams, T frames, F = 133 numbers a frame of hands, N = B × 2 hands, L layers, H hidden units, C labels.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from legato.models.hands import POINTS, HandFeatures
from legato.models.recurrent import Layer, RecurrentConfig

HANDS = 2
PRESENT = 0.5
"""Likelihood above which there is a hand"""
LONGEST = 1.0
"""Most seconds between two frames"""
_SURE = 40.0
"""Of the weights that hold and reset a layer: the gates' sigmoids become 0 or 1, and have no gradient"""


@dataclass(frozen=True)
class GestureConfig:
    """Everything that decides the shape of a `GestureNet`."""

    labels: tuple[str, ...]
    hidden: int = 96
    """Units a layer."""
    layers: int = 2
    dropout: float = 0.1
    """Share of a layer's outputs dropped while training, between layers."""
    references: tuple[float, ...] = (1 / 0.3, 1.0, 0.0)
    """What the movement is seen against beside the last frame: rates, a second, of means; 0 is the place of arrival."""

    def __post_init__(self) -> None:
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise ValueError("labels must be there, each once")
        if self.hidden < 1 or self.layers < 1:
            raise ValueError("hidden and layers must be at least 1")

    @staticmethod
    def from_dict(entries: dict[str, Any]) -> "GestureConfig":
        """The inverse of `dataclasses.asdict`."""
        return GestureConfig(
            **{**entries, "labels": tuple(entries["labels"]), "references": tuple(entries["references"])}
        )


class GestureState(NamedTuple):
    """What a stream carries from one chunk to the next."""

    memory: Tensor
    """(B, 2, M): what the features remember of each hand."""
    hidden: Tensor
    """(L, B, 2, H)."""


class GestureNet(nn.Module):
    """Features of each hand, a GRU stack that all hands share, and a linear head whose class 0 is "nothing".

    Every layer gets two inputs more: `hold`, where a frame does not count, and `reset`, where a hand has just come.
    Their weights drive the gates, so that the state stays as it is (to the last bit in ONNX Runtime, to rounding in
    PyTorch), or forgets all that was, in the plain operator. Of the cells, only a GRU can be held like this.
    """

    def __init__(self, config: GestureConfig) -> None:
        super().__init__()
        self.config = config
        self.features = HandFeatures(config.references)
        widths = (self.features.outputs, *(config.hidden,) * (config.layers - 1))
        stack = RecurrentConfig("gru", hidden=config.hidden)
        self.layers = nn.ModuleList(Layer(stack, width + 2) for width in widths)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(config.hidden, 1 + len(config.labels))
        for layer in self.layers:
            _obey(cast("Layer", layer).rnn, config.hidden)

    def initial_state(self, batch: int) -> GestureState:
        """Zeros for `batch` streams."""
        config, weight = self.config, self.head.weight
        return GestureState(
            weight.new_zeros(batch, HANDS, self.features.memory),
            weight.new_zeros(config.layers, batch, HANDS, config.hidden),
        )

    def step(self, landmarks: Tensor, state: GestureState) -> tuple[Tensor, GestureState]:
        """A chunk (B, T, F) to probabilities (B, T, 2, C) and the next state."""
        logits, seen, state = self.learn(landmarks, state)
        return torch.softmax(logits, dim=-1)[..., 1:] * seen, state

    def learn(self, landmarks: Tensor, state: GestureState) -> tuple[Tensor, Tensor, GestureState]:
        """A chunk (B, T, F) to logits (B, T, 2, 1 + C), where hands are seen (B, T, 2, 1), and the next state."""
        points, present, seconds = unpacked(landmarks)
        batch, size = len(landmarks), self.features.memory
        features, course, memory = self.features.step(points, present, seconds, state.memory.reshape(-1, size))
        orders = torch.cat((1 - course.counts, course.first), dim=-1)
        x, hiddens = features.transpose(0, 1), []
        orders = orders.transpose(0, 1)
        for index, (layer, hidden) in enumerate(zip(self.layers, state.hidden.flatten(1, 2), strict=True)):
            x = self.dropout(x) if index else x
            x, hidden, _ = cast("Layer", layer).step(torch.cat((x, orders), dim=-1), hidden, None)
            hiddens.append(hidden)
        following = GestureState(memory.view(batch, HANDS, size), torch.stack(hiddens).unflatten(1, (batch, HANDS)))
        return _by_hand(self.head(x), batch), _by_hand(course.seen.transpose(0, 1), batch), following

    def forward(self, landmarks: Tensor) -> Tensor:
        """Probabilities (B, T, 2, C) of whole recordings (B, T, F)."""
        return self.step(landmarks, self.initial_state(len(landmarks)))[0]


def unpacked(landmarks: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Points (T, N, 63), presence 0 or 1 (T, N, 1), seconds since the frame before (T, N, 1), of frames (B, T, F)."""
    frames = landmarks.transpose(0, 1)
    size = HANDS * POINTS * 3
    points = frames[..., :size].reshape(len(frames), -1, POINTS * 3)
    present = (frames[..., size : size + HANDS] > PRESENT).to(landmarks).reshape(len(frames), -1, 1)
    seconds = frames[..., -1:].clamp(0.0, LONGEST).expand(-1, -1, HANDS).reshape(len(frames), -1, 1)
    return points, present, seconds


def _by_hand(values: Tensor, batch: int) -> Tensor:
    """(N, T, X) as (B, T, 2, X)."""
    return cast("Tensor", values.unflatten(0, (batch, HANDS))).transpose(1, 2)


@torch.no_grad()
def _obey(rnn: nn.RNNBase, hidden: int) -> None:
    """Let the last two inputs hold and reset a GRU: PyTorch orders its gates reset, update, new."""
    weights = cast("Tensor", rnn.weight_ih_l0)
    weights[:, -2:] = 0.0
    weights[hidden : 2 * hidden, -2] = _SURE
    weights[: 2 * hidden, -1] = -_SURE
