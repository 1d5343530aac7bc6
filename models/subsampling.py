"""Convolutional sub-sampling: many frames of features to few, with the frames that it still needs as explicit state.

Shapes: B batch, T frames of features, M features a frame, R frames that become one, U = T / R outputs, O their width.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class SubsamplingConfig:
    """Two causal convolutions over time, the second of which keeps one frame in `rate`."""

    channels: int = 192
    """Outputs of the first convolution."""
    outputs: int = 320
    """Outputs of the second, O."""
    first: int = 3
    """Frames under the first convolution."""
    second: int = 6
    """Frames under the second one."""
    rate: int = 3
    """R, frames of features an output."""

    def __post_init__(self) -> None:
        if min(self.channels, self.outputs, self.rate) < 1:
            raise ValueError("channels, outputs and rate must be at least 1")
        if self.first < 2 or self.second <= self.rate:
            raise ValueError("first must be at least 2, second more than the rate")


class SubsamplingState(NamedTuple):
    """The last inputs of both convolutions."""

    bands: Tensor
    """(B, M, first − 1)."""
    channels: Tensor
    """(B, channels, second − rate)."""


class Subsampling(nn.Module):
    """Causal: an output sees the frames up to its own last one and none behind it, and the zeros before the start."""

    def __init__(self, config: SubsamplingConfig, inputs: int) -> None:
        super().__init__()
        self.config, self.inputs = config, inputs
        self.first = nn.Conv1d(inputs, config.channels, config.first)
        self.second = nn.Conv1d(config.channels, config.outputs, config.second, stride=config.rate)
        self.norm = nn.LayerNorm(config.outputs)

    def initial_state(self, batch: int) -> SubsamplingState:
        """Zeros for `batch` streams."""
        config, weight = self.config, self.first.weight
        return SubsamplingState(
            weight.new_zeros(batch, self.inputs, config.first - 1),
            weight.new_zeros(batch, config.channels, config.second - config.rate),
        )

    def step(self, x: Tensor, state: SubsamplingState) -> tuple[Tensor, SubsamplingState]:
        """A chunk (B, T, M), T a multiple of R, to (B, U, O) and the next state."""
        if x.shape[1] % self.config.rate:
            raise ValueError(f"{x.shape[1]} frames are not a multiple of {self.config.rate}")
        features = torch.cat([state.bands, x.transpose(1, 2)], dim=2)
        channels = torch.cat([state.channels, torch.relu(self.first(features))], dim=2)
        y = self.norm(torch.relu(self.second(channels)).transpose(1, 2))
        return y, SubsamplingState(
            features[..., features.shape[2] - state.bands.shape[2] :],
            channels[..., channels.shape[2] - state.channels.shape[2] :],
        )

    def forward(self, x: Tensor) -> Tensor:
        """Whole sequences (B, T, M) to (B, U, O)."""
        return self.step(x, self.initial_state(x.shape[0]))[0]
