"""Speech networks: audio in, for every frame the probability of each character or of none, to be read by CTC.

`SpeechNet` reads recordings that are there as a whole, both ways; `LiveSpeechNet`, its streaming twin, reads sound as
it comes. Connectionist temporal classification: Graves et al. 2006; the shape of the networks: Deep Speech 2, Amodei
et al. 2016.

Shapes: B batch, S samples, T = S / hop frames of scores, M mel bands, O outputs of the recurrent stack, C labels.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from legato.models.frontend import FrontEndConfig, LogMel
from legato.models.recurrent import BiRNN, RecurrentConfig, RecurrentState, StackedRNN
from legato.models.subsampling import Subsampling, SubsamplingConfig, SubsamplingState

BLANK = "<blank>"
"""The label of a frame that writes nothing; always the first"""


@dataclass(frozen=True)
class SpeechConfig:
    """Everything that decides the shape of a speech network."""

    labels: tuple[str, ...]
    """`BLANK`, then the characters."""
    bidirectional: bool = True
    """Whether it reads whole recordings (`SpeechNet`) or sound as it comes (`LiveSpeechNet`)."""
    frontend: FrontEndConfig = field(default_factory=lambda: FrontEndConfig(hop=160, mels=64))
    subsampling: SubsamplingConfig = field(default_factory=SubsamplingConfig)
    recurrent: RecurrentConfig = field(default_factory=lambda: RecurrentConfig(inputs=320))

    def __post_init__(self) -> None:
        if self.labels[:1] != (BLANK,) or len(self.labels) < 2 or len(set(self.labels)) != len(self.labels):
            raise ValueError(f"labels must be {BLANK} and then characters, each once")
        if self.recurrent.inputs != self.subsampling.outputs:
            raise ValueError(
                f"the stack takes {self.recurrent.inputs} features, sub-sampling gives {self.subsampling.outputs}"
            )

    @property
    def hop(self) -> int:
        """Samples a frame of scores."""
        return self.frontend.hop * self.subsampling.rate

    @staticmethod
    def from_dict(entries: dict[str, Any]) -> "SpeechConfig":
        """The inverse of `dataclasses.asdict`."""
        return SpeechConfig(
            labels=tuple(entries["labels"]),
            bidirectional=entries["bidirectional"],
            frontend=FrontEndConfig(**entries["frontend"]),
            subsampling=SubsamplingConfig(**entries["subsampling"]),
            recurrent=RecurrentConfig(**entries["recurrent"]),
        )


class SpeechState(NamedTuple):
    """What a stream carries from one chunk to the next."""

    history: Tensor
    """(B, window − hop of the front end) samples."""
    bands: Tensor
    """(B, M, frames): the last inputs of the first convolution."""
    channels: Tensor
    """(B, channels, frames): those of the second."""
    hidden: Tensor
    """(L, B, H)."""
    cell: Tensor
    """(L, B, H) for LSTM, (0, B, H) otherwise."""


class SpeechNet(nn.Module):
    """Front end, sub-sampling, bidirectional layers and a linear head; rows of a padded batch do not meet."""

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        self.config = config
        self.frontend = LogMel(config.frontend)
        self.subsampling = Subsampling(config.subsampling, config.frontend.mels)
        self.recurrent = BiRNN(config.recurrent)
        self.head = nn.Linear(self.recurrent.outputs, len(config.labels))

    def frames(self, lengths: Tensor) -> Tensor:
        """Frames of scores (B,) of rows of `lengths` (B,) samples; the last one may be filled up with silence."""
        return (lengths + self.config.hop - 1) // self.config.hop

    def encode(self, features: Tensor, frames: Tensor | None = None) -> Tensor:
        """Padded features (B, T R, M) with `frames` (B,) of scores to logits (B, T, C); without, every row is full."""
        return cast("Tensor", self.head(self.recurrent(self.subsampling(features), frames)))

    def forward(self, audio: Tensor, lengths: Tensor) -> Tensor:
        """Log-probabilities (B, T, C) of padded audio (B, S) with `lengths` (B,) in samples; zeros behind the ends.

        S is a multiple of the hop, and what lies behind a row's end is silence.
        """
        frames = self.frames(lengths)
        scores = torch.log_softmax(self.encode(self.frontend(audio), frames), dim=-1)
        inside = torch.arange(scores.shape[1], device=scores.device)[None] < frames.to(scores.device)[:, None]
        return scores * inside[..., None]


class LiveSpeechNet(nn.Module):
    """Front end, sub-sampling, unidirectional layers and a linear head: the streaming twin of `SpeechNet`."""

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        self.config = config
        self.frontend = LogMel(config.frontend)
        self.subsampling = Subsampling(config.subsampling, config.frontend.mels)
        self.recurrent = StackedRNN(config.recurrent)
        self.head = nn.Linear(self.recurrent.outputs, len(config.labels))

    def encode(
        self,
        features: Tensor,
        frames: Tensor | None = None,  # noqa: ARG002 - later frames change nothing earlier
    ) -> Tensor:
        """Padded features (B, T R, M) to logits (B, T, C)."""
        return cast("Tensor", self.head(self.recurrent(self.subsampling(features))))

    def initial_state(self, batch: int) -> SpeechState:
        """Zeros for `batch` streams."""
        return SpeechState(
            self.frontend.initial_state(batch),
            *self.subsampling.initial_state(batch),
            *self.recurrent.initial_state(batch),
        )

    def step(self, audio: Tensor, state: SpeechState) -> tuple[Tensor, SpeechState]:
        """A chunk (B, S), S a multiple of the hop, to log-probabilities (B, T, C) and the next state."""
        features, history = self.frontend.step(audio, state.history)
        x, conv = self.subsampling.step(features, SubsamplingState(state.bands, state.channels))
        y, recurrent = self.recurrent.step(x, RecurrentState(state.hidden, state.cell))
        return torch.log_softmax(self.head(y), dim=-1), SpeechState(history, *conv, *recurrent)

    def forward(self, audio: Tensor) -> Tensor:
        """Log-probabilities (B, T, C) of whole recordings (B, S)."""
        return self.step(audio, self.initial_state(audio.shape[0]))[0]


def speech_net(config: SpeechConfig) -> SpeechNet | LiveSpeechNet:
    """The network that a configuration describes."""
    return SpeechNet(config) if config.bidirectional else LiveSpeechNet(config)
