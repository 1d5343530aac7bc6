"""Stacked recurrent networks with explicit state, for vanilla tanh RNN, GRU and LSTM cells.

Shapes: B batch, T time, F input features, H hidden units, L layers, O outputs of a layer (H, or the projection's
width).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from legato.models.gru import GRU

CELLS: dict[str, type[nn.RNN] | type[GRU] | type[nn.LSTM]] = {"rnn": nn.RNN, "gru": GRU, "lstm": nn.LSTM}


@dataclass(frozen=True)
class RecurrentConfig:
    """What a stack of recurrent layers looks like."""

    cell: str = "gru"
    """`rnn` (tanh), `gru` or `lstm`."""
    inputs: int = 40
    """Features a frame."""
    hidden: int = 128
    """Units a layer (and a direction, where there are two)."""
    layers: int = 2
    residual: bool = False
    """Whether a layer whose input and output are equally wide adds the one to the other."""
    projection: int = 0
    """Width of a linear map after each layer; 0 for none."""
    dropout: float = 0.0
    """Share of a layer's outputs dropped while training, between layers."""
    layer_norm: bool = False
    """Whether each layer's outputs are normalised over its units."""

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise ValueError(f"cell must be one of {', '.join(CELLS)}, not {self.cell!r}")
        if min(self.inputs, self.hidden, self.layers) < 1 or self.projection < 0:
            raise ValueError("inputs, hidden and layers must be at least 1, projection at least 0")


class RecurrentState(NamedTuple):
    """What a stack remembers between two chunks."""

    hidden: Tensor
    """(L, B, H)."""
    cell: Tensor
    """(L, B, H) for LSTM; (0, B, H) for the cells that have no second memory."""


def _remember(rnn: nn.RNNBase) -> None:
    """Sets the bias of LSTM's forget gate to 1, so that learning starts from cells that keep what they hold.

    Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015. Other cells stay as PyTorch makes them.
    """
    if isinstance(rnn, nn.LSTM):
        for name, bias in rnn.named_parameters():
            if name.startswith("bias_ih"):
                # PyTorch orders the gates input, forget, cell, output and adds two biases.
                bias.data[rnn.hidden_size : 2 * rnn.hidden_size] = 1.0


class Layer(nn.Module):
    """One recurrent layer: the cell, then, where asked for, layer normalisation, projection and residual."""

    def __init__(self, config: RecurrentConfig, inputs: int, bidirectional: bool = False) -> None:
        super().__init__()
        width = config.hidden * (2 if bidirectional else 1)
        self.rnn = CELLS[config.cell](inputs, config.hidden, batch_first=True, bidirectional=bidirectional)
        self.norm = nn.LayerNorm(width) if config.layer_norm else nn.Identity()
        self.projection = nn.Linear(width, config.projection) if config.projection else nn.Identity()
        self.outputs = config.projection or width
        self.residual = config.residual and inputs == self.outputs
        _remember(self.rnn)

    def finish(self, x: Tensor, y: Tensor) -> Tensor:
        """What follows the cell: its input (B, T, F) and output (B, T, H) to the layer's output (B, T, O)."""
        y = self.projection(self.norm(y))
        return x + y if self.residual else y

    def step(self, x: Tensor, hidden: Tensor, cell: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
        """A chunk (B, T, F) and states (B, H) to (B, T, O) and the next states."""
        if cell is None:
            y, hidden = self.rnn(x, hidden[None])
            return self.finish(x, y), hidden[0], None
        y, (hidden, cell) = self.rnn(x, (hidden[None], cell[None]))
        return self.finish(x, y), hidden[0], cell[0]


def _layers(config: RecurrentConfig, bidirectional: bool) -> nn.ModuleList:
    layers, width = nn.ModuleList(), config.inputs
    for _ in range(config.layers):
        layer = Layer(config, width, bidirectional)
        layers.append(layer)
        width = layer.outputs
    return layers


def _each(layers: nn.ModuleList) -> Iterator[Layer]:
    """The layers, with their type."""
    return cast("Iterator[Layer]", iter(layers))


class StackedRNN(nn.Module):
    """Unidirectional layers, run chunk by chunk: `forward` is `step` from the initial state."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = _layers(config, bidirectional=False)
        self.dropout = nn.Dropout(config.dropout)
        self.outputs = config.projection or config.hidden

    def initial_state(self, batch: int) -> RecurrentState:
        """Zeros for `batch` streams."""
        weight = next(self.parameters())
        config = self.config
        cells = config.layers if config.cell == "lstm" else 0
        return RecurrentState(
            weight.new_zeros(config.layers, batch, config.hidden), weight.new_zeros(cells, batch, config.hidden)
        )

    def step(self, x: Tensor, state: RecurrentState) -> tuple[Tensor, RecurrentState]:
        """A chunk (B, T, F) to outputs (B, T, O) and the next state."""
        hiddens, cells = [], []
        for index, layer in enumerate(_each(self.layers)):
            cell = state.cell[index] if self.config.cell == "lstm" else None
            x, hidden, cell = layer.step(self.dropout(x) if index else x, state.hidden[index], cell)
            hiddens.append(hidden)
            if cell is not None:
                cells.append(cell)
        return x, RecurrentState(torch.stack(hiddens), torch.stack(cells) if cells else state.cell)

    def forward(self, x: Tensor) -> Tensor:
        """Whole sequences (B, T, F) to (B, T, O)."""
        return self.step(x, self.initial_state(x.shape[0]))[0]


class BiRNN(nn.Module):
    """Bidirectional layers for recordings that are there as a whole; it cannot be stepped.

    Rows of a padded batch give what each gives alone, and zeros behind their ends.
    """

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = _layers(config, bidirectional=True)
        self.dropout = nn.Dropout(config.dropout)
        self.outputs = config.projection or 2 * config.hidden

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Padded sequences (B, T, F) with `lengths` (B,) in frames, each at least 1, to (B, T, O).

        Without lengths every row is full; nothing then depends on values that only the CPU knows.
        """
        if lengths is None:
            for index, layer in enumerate(_each(self.layers)):
                x = self.dropout(x) if index else x
                x = layer.finish(x, layer.rnn(x)[0])
            return x
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        for index, layer in enumerate(_each(self.layers)):
            frames = self.dropout(packed.data) if index else packed.data  # (frames of all rows, F)
            y, _ = layer.rnn(packed._replace(data=frames))
            packed = packed._replace(data=layer.finish(frames, y.data))
        return pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])[0]
