"""Recurrent layers as ONNX's own GRU, LSTM and RNN operators, one a layer.

Letters: B batch, T time, F input features, H hidden units, D directions, O outputs of a layer, L layers.
Sequences are time-major here, (T, B, F), as the operators want them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import nn

from legato.export.builder import GraphBuilder
from legato.models.gesture import GestureNet
from legato.models.recurrent import BiRNN, Layer, StackedRNN

# Where PyTorch's gates, in its order, stand in ONNX's: (r, z, n) → (z, r, h); (i, f, g, o) → (i, o, f, c).
GATES = {"rnn": (0,), "gru": (1, 0, 2), "lstm": (0, 3, 1, 2)}
_OPERATORS = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}


@dataclass(frozen=True)
class Memory:
    """Names of one layer's state tensors (D, B, H); "" where there is none."""

    hidden: str = ""
    cell: str = ""


def layers_of(stack: StackedRNN | BiRNN | GestureNet) -> list[Layer]:
    """The layers of a stack, which knows them only as modules."""
    return [cast("Layer", layer) for layer in stack.layers]


def write_layer(
    graph: GraphBuilder, layer: Layer, x: str, memory: Memory, *, kind: str, prefix: str, lengths: str = ""
) -> tuple[str, Memory]:
    """Output (T, B, O) of one layer for `x` (T, B, F), and its next state.

    `kind` is the cell; `lengths` (B,) int32 ends every row where its own sequence ends. All names begin with `prefix`.
    """
    y, following = _write_cell(graph, layer.rnn, x, memory, kind=kind, prefix=prefix, lengths=lengths)
    if isinstance(layer.norm, nn.LayerNorm):
        gain = graph.weight(f"{prefix}.norm.gain", layer.norm.weight)
        bias = graph.weight(f"{prefix}.norm.bias", layer.norm.bias)
        y = graph.add("LayerNormalization", y, gain, bias, name=f"{prefix}.norm", axis=-1, epsilon=layer.norm.eps)
    if isinstance(layer.projection, nn.Linear):
        y = write_linear(graph, layer.projection, f"{prefix}.projection", y)
    if layer.residual:
        y = graph.add("Add", x, y, name=f"{prefix}.residual")
    return y, following


def write_linear(graph: GraphBuilder, linear: nn.Linear, prefix: str, x: str) -> str:
    """An affine map of the last axis."""
    y = graph.add("MatMul", x, graph.weight(f"{prefix}.weight", linear.weight.T), name=f"{prefix}.product")
    return graph.add("Add", y, graph.weight(f"{prefix}.bias", linear.bias), name=prefix)


def _write_cell(
    graph: GraphBuilder, rnn: nn.RNNBase, x: str, memory: Memory, *, kind: str, prefix: str, lengths: str
) -> tuple[str, Memory]:
    """The operator itself: (T, B, D·H), and the state after the last frame."""
    names = [graph.weight(f"{prefix}.{part}", values) for part, values in zip("wrb", _weights(rnn, kind), strict=True)]
    lstm = kind == "lstm"
    initial = (memory.hidden, memory.cell) if lstm else (memory.hidden,)
    wanted = bool(memory.hidden)
    following = Memory(f"{prefix}.next_hidden", f"{prefix}.next_cell" if lstm else "") if wanted else Memory()
    results = (f"{prefix}.sequence", following.hidden, *((following.cell,) if lstm else ()))
    attributes = {"linear_before_reset": 1} if kind == "gru" else {}
    sequence, *_ = graph.add_many(
        _OPERATORS[kind],
        *_trimmed(x, *names, lengths, *initial),
        names=_trimmed(*results),
        hidden_size=rnn.hidden_size,
        direction="bidirectional" if rnn.bidirectional else "forward",
        **attributes,
    )  # (T, D, B, H)
    return _join_directions(graph, prefix, sequence, rnn), following


def _trimmed(*names: str) -> tuple[str, ...]:
    """The names without the empty ones at the end."""
    last = max(place for place, name in enumerate(names) if name)
    return names[: last + 1]


def _join_directions(graph: GraphBuilder, prefix: str, sequence: str, rnn: nn.RNNBase) -> str:
    if not rnn.bidirectional:
        return graph.add("Squeeze", sequence, graph.integers(1), name=f"{prefix}.output")
    together = graph.add("Transpose", sequence, name=f"{prefix}.together", perm=[0, 2, 1, 3])  # (T, B, D, H)
    return graph.add("Reshape", together, graph.integers(0, 0, -1), name=f"{prefix}.output")


def _weights(rnn: nn.RNNBase, kind: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Input weights (D, G·H, F), recurrent weights (D, G·H, H) and both biases (D, 2·G·H), gates in ONNX's order."""
    if rnn.num_layers != 1 or not rnn.bias:
        raise ValueError("a layer holds one recurrent layer with biases")
    suffixes = ("", "_reverse") if rnn.bidirectional else ("",)
    stacked = []
    for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        directions = [_reorder(getattr(rnn, f"{part}_l0{suffix}"), GATES[kind]) for suffix in suffixes]
        stacked.append(torch.stack(directions))
    inputs, recurrent, *biases = stacked
    return inputs, recurrent, torch.cat(biases, dim=1)


def _reorder(weights: torch.Tensor, order: Sequence[int]) -> torch.Tensor:
    gates = weights.chunk(len(order))
    return torch.cat([gates[place] for place in order])
