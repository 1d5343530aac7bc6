"""The character model: a text read character by character, and how likely each character is to come next.

The longer a thought goes on, the more of its past decides what comes: after `predictio` an n, after `I grew up in
France … I speak` a language. A recurrent language model (Mikolov et al. 2010; of characters: Sutskever, Martens &
Hinton 2011) keeps that past in its state, whose size does not grow with the text.

Shapes: B batch, T characters, E embedding, L layers, H hidden units, C characters that it knows.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from legato.models.recurrent import RecurrentConfig, RecurrentState, StackedRNN


@dataclass(frozen=True)
class CharacterConfig:
    """Everything that decides the shape of a character model."""

    labels: tuple[str, ...]
    """The characters that it knows."""
    recurrent: RecurrentConfig = field(default_factory=lambda: RecurrentConfig("lstm", inputs=64, hidden=384, layers=2))
    """Its inputs are the width of a character's embedding."""
    written: str = "\n"
    """What stands before a line as people write it; one of the labels."""
    plain: str = "\t"
    """What stands before one in lower case, letters and apostrophes only, as models of speech write; empty if none."""

    def __post_init__(self) -> None:
        if not self.labels or any(len(label) != 1 for label in self.labels) or len(set(self.labels)) < len(self.labels):
            raise ValueError("labels must be single characters, each once")
        if not {self.written, self.plain} - {""} <= set(self.labels) or not self.written:
            raise ValueError("the marks before lines must be among the labels")

    @staticmethod
    def from_dict(entries: dict[str, Any]) -> "CharacterConfig":
        """The inverse of `dataclasses.asdict`."""
        return CharacterConfig(
            labels=tuple(entries["labels"]),
            recurrent=RecurrentConfig(**entries["recurrent"]),
            written=entries["written"],
            plain=entries["plain"],
        )


class CharacterNet(nn.Module):
    """An embedding, unidirectional layers and a linear head."""

    def __init__(self, config: CharacterConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(len(config.labels), config.recurrent.inputs)
        self.recurrent = StackedRNN(config.recurrent)
        self.head = nn.Linear(self.recurrent.outputs, len(config.labels))

    def initial_state(self, batch: int) -> RecurrentState:
        """Zeros for `batch` texts."""
        return self.recurrent.initial_state(batch)

    def step(self, text: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """Places of characters (B, T) to log-probabilities (B, T, C) of the one after each, and the next state."""
        y, state = self.recurrent.step(self.embedding(text), state)
        return torch.log_softmax(self.head(y).float(), dim=-1), state

    def forward(self, text: Tensor) -> Tensor:
        """Log-probabilities (B, T, C) for whole texts (B, T)."""
        return self.step(text, self.initial_state(text.shape[0]))[0]
