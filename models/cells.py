"""The three recurrent cells written out: what `torch.nn`'s fused ones and ONNX Runtime's operators compute, to be read.

All take weights as `torch.nn.RNN`, `GRU` and `LSTM` hold them: `weight_ih` (G H, F), `weight_hh` (G H, H), `bias_ih`
and `bias_hh` (G H), the G gates one below the other. `*` is by elements, σ the logistic function.

    vanilla   h' = tanh(W x + b + R h + c)                                                      Elman 1990

    LSTM      i = σ(W_i x + b_i + R_i h + c_i)   what is let in                    Hochreiter & Schmidhuber 1997;
              f = σ(W_f x + b_f + R_f h + c_f)   what is kept                      f: Gers, Schmidhuber & Cummins 2000
              g = tanh(W_g x + b_g + R_g h + c_g)
              o = σ(W_o x + b_o + R_o h + c_o)   what is shown
              c' = f * c + i * g,   h' = o * tanh(c')

    GRU       r = σ(W_r x + b_r + R_r h + c_r)   how much of the past the new value looks at     Cho et al. 2014;
              z = σ(W_z x + b_z + R_z h + c_z)   how much of the past stays        r behind the product: as cuDNN, ONNX
              n = tanh(W_n x + b_n + r * (R_n h + c_n))
              h' = (1 - z) * n + z * h

The path from c to c' is a product with f and a sum, the one from h to h' in a GRU with z: where those are near 1,
neither a memory nor a gradient fades. The vanilla cell has only R between h and h'.

Shapes: B batch, T time, F inputs, H hidden units, G gates.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class Weights(NamedTuple):
    """One direction of one layer."""

    weight_ih: Tensor
    """(G H, F)"""
    weight_hh: Tensor
    """(G H, H)"""
    bias_ih: Tensor
    """(G H)"""
    bias_hh: Tensor
    """(G H)"""

    @classmethod
    def of(cls, layer: nn.RNNBase, number: int = 0, *, reverse: bool = False) -> "Weights":
        """Those of a layer of `torch.nn`, the very tensors, so that gradients reach them."""
        suffix = f"_l{number}{'_reverse' if reverse else ''}"
        return cls(*(getattr(layer, f"{name}{suffix}") for name in cls._fields))


class Step(NamedTuple):
    """What a cell makes of a frame."""

    hidden: Tensor
    """(B, H) the next state, which is its output too"""
    cell: Tensor | None
    """(B, H) the next memory of an LSTM"""
    gates: Mapping[str, Tensor]
    """(B, H) each, by name, as the equations have them"""


def vanilla(x: Tensor, hidden: Tensor, weights: Weights) -> Step:
    """A frame (B, F) and a state (B, H) through a tanh cell."""
    given, recurrent = _products(x, hidden, weights)
    return Step(torch.tanh(given + recurrent), None, {})


def lstm(x: Tensor, hidden: Tensor, cell: Tensor, weights: Weights) -> Step:
    """A frame (B, F), a state and a memory (B, H) through an LSTM."""
    given, recurrent = _products(x, hidden, weights)
    let_in, kept, new, shown = (given + recurrent).chunk(4, dim=1)
    gates = {
        "input": torch.sigmoid(let_in),
        "forget": torch.sigmoid(kept),
        "candidate": torch.tanh(new),
        "output": torch.sigmoid(shown),
    }
    cell = gates["forget"] * cell + gates["input"] * gates["candidate"]
    return Step(gates["output"] * torch.tanh(cell), cell, gates)


def gru(x: Tensor, hidden: Tensor, weights: Weights) -> Step:
    """A frame (B, F) and a state (B, H) through a GRU."""
    given, recurrent = _products(x, hidden, weights)
    (given_r, given_z, given_n), (past_r, past_z, past_n) = given.chunk(3, dim=1), recurrent.chunk(3, dim=1)
    reset, update = torch.sigmoid(given_r + past_r), torch.sigmoid(given_z + past_z)
    candidate = torch.tanh(given_n + reset * past_n)
    gates = {"reset": reset, "update": update, "candidate": candidate}
    return Step((1 - update) * candidate + update * hidden, None, gates)


def step(kind: str, x: Tensor, hidden: Tensor, cell: Tensor | None, weights: Weights) -> Step:
    """A frame (B, F), a state and for an LSTM a memory (B, H) through a cell, `rnn`, `gru` or `lstm`.

    ValueError for another name, or an LSTM without a memory.
    """
    match kind:
        case "rnn":
            return vanilla(x, hidden, weights)
        case "gru":
            return gru(x, hidden, weights)
        case "lstm" if cell is not None:
            return lstm(x, hidden, cell, weights)
    raise ValueError(f"no cell is called {kind!r}, or its memory is missing")


def run(kind: str, x: Tensor, weights: Weights, hidden: Tensor, cell: Tensor | None = None) -> tuple[Tensor, Step]:
    """A sequence (B, T, F) through a cell, `rnn`, `gru` or `lstm`: outputs (B, T, H), and the last step.

    ValueError for a sequence without frames, or an LSTM without a memory to begin with.
    """
    outputs: list[Tensor] = []
    last: Step | None = None
    for frame in x.unbind(dim=1):
        last = step(kind, frame, hidden, cell, weights)
        hidden, cell = last.hidden, last.cell
        outputs.append(hidden)
    if last is None:
        raise ValueError("a sequence needs at least one frame")
    return torch.stack(outputs, dim=1), last


def _products(x: Tensor, hidden: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    """What the frame and what the past give to all gates, (B, G H) each."""
    return (
        functional.linear(x, weights.weight_ih, weights.bias_ih),
        functional.linear(hidden, weights.weight_hh, weights.bias_hh),
    )
