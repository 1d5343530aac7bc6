"""The keyword network: audio in, for every hop the probability that each word has just ended.

Shapes: B batch, S samples, T = S / hop frames, M mel bands, O outputs of the recurrent stack, C labels, P phones.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from legato.models.frontend import FrontEndConfig, LogMel
from legato.models.recurrent import RecurrentConfig, RecurrentState, StackedRNN


@dataclass(frozen=True)
class KeywordConfig:
    """Everything that decides the shape of a `KeywordNet`."""

    labels: tuple[str, ...]
    frontend: FrontEndConfig = field(default_factory=FrontEndConfig)
    recurrent: RecurrentConfig = field(default_factory=RecurrentConfig)
    phones: int = 0
    """Classes of the phone head that helps in training; 0 for none."""

    def __post_init__(self) -> None:
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise ValueError("labels must be there, each once")
        if self.recurrent.inputs != self.frontend.mels:
            raise ValueError(
                f"the stack takes {self.recurrent.inputs} features, the front end gives {self.frontend.mels}"
            )

    @staticmethod
    def from_dict(entries: dict[str, Any]) -> "KeywordConfig":
        """The inverse of `dataclasses.asdict`."""
        return KeywordConfig(
            labels=tuple(entries["labels"]),
            frontend=FrontEndConfig(**entries["frontend"]),
            recurrent=RecurrentConfig(**entries["recurrent"]),
            phones=entries["phones"],
        )


class KeywordState(NamedTuple):
    """What a stream carries from one chunk to the next."""

    history: Tensor
    """(B, window − hop) samples."""
    hidden: Tensor
    """(L, B, H)."""
    cell: Tensor
    """(L, B, H) for LSTM, (0, B, H) otherwise."""


class KeywordNet(nn.Module):
    """Log-mel front end, recurrent stack and a linear head whose class 0 is "nothing"."""

    def __init__(self, config: KeywordConfig) -> None:
        super().__init__()
        self.config = config
        self.frontend = LogMel(config.frontend)
        self.recurrent = StackedRNN(config.recurrent)
        self.head = nn.Linear(self.recurrent.outputs, 1 + len(config.labels))
        self.phones = nn.Linear(self.recurrent.outputs, config.phones) if config.phones else None

    def initial_state(self, batch: int) -> KeywordState:
        """Zeros for `batch` streams."""
        return KeywordState(self.frontend.initial_state(batch), *self.recurrent.initial_state(batch))

    def step(self, audio: Tensor, state: KeywordState) -> tuple[Tensor, KeywordState]:
        """A chunk (B, S) to logits (B, T, 1 + C) and the next state."""
        features, history = self.frontend.step(audio, state.history)
        outputs, recurrent = self.recurrent.step(features, RecurrentState(state.hidden, state.cell))
        return self.head(outputs), KeywordState(history, *recurrent)

    def forward(self, audio: Tensor) -> Tensor:
        """Logits (B, T, 1 + C) of whole recordings (B, S)."""
        return self.step(audio, self.initial_state(audio.shape[0]))[0]

    @staticmethod
    def scores(logits: Tensor) -> Tensor:
        """Probabilities (B, T, C) of the labels, "nothing" left out."""
        return torch.softmax(logits, dim=-1)[..., 1:]
