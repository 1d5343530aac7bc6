"""Bidirectional stacks as ONNX: whole sequences of different lengths in one padded batch, without state.

Letters: B batch, T time, F input features, H hidden units, O outputs.
"""

import numpy as np
import onnx
from onnx import TensorProto

from legato.export.builder import GraphBuilder
from legato.export.layers import Memory, layers_of, write_layer
from legato.models.recurrent import BiRNN


def bidirectional_model(stack: BiRNN) -> onnx.ModelProto:
    """A graph of inputs `features` (B, T, F) and `lengths` (B,) in frames, and the output `outputs` (B, T, O)."""
    graph = GraphBuilder()
    features = graph.input("features", ("B", "T", stack.config.inputs))
    lengths = graph.input("lengths", ("B",), TensorProto.INT64)
    frames = graph.add("Transpose", features, name="frames_first", perm=[1, 0, 2])
    outputs = write_bidirectional(graph, stack, frames, lengths)
    rows = graph.add("Transpose", outputs, name="rows_first", perm=[1, 0, 2])
    graph.output("outputs", rows, ("B", "T", stack.outputs))
    return graph.model("bidirectional")


def write_bidirectional(graph: GraphBuilder, stack: BiRNN, x: str, lengths: str) -> str:
    """All layers on (T, B, F): (T, B, O), each row as if it were alone, and zeros behind its end.

    `lengths` (B,) int64 are the rows' frames, at least 1 each.
    """
    ends = graph.add("Cast", lengths, name="ends", to=TensorProto.INT32)
    within = inside(graph, x, lengths)
    for index, layer in enumerate(layers_of(stack)):
        prefix = f"layer{index}"
        y, _ = write_layer(graph, layer, x, Memory(), kind=stack.config.cell, prefix=prefix, lengths=ends)
        x = graph.add("Mul", y, within, name=f"{prefix}.inside")
    return x


def inside(graph: GraphBuilder, x: str, lengths: str, name: str = "inside") -> str:
    """1 where a frame of x (T, B, …) lies within its row's length and 0 behind it, (T, B, 1)."""
    shape = graph.add("Shape", x, name=f"{name}.time", start=0, end=1)
    stop = graph.add("Squeeze", shape, name=f"{name}.stop")
    start, step = graph.shared("none", np.array(0)), graph.shared("each", np.array(1))
    places = graph.add("Range", start, stop, step, name=f"{name}.places")
    column = graph.add("Unsqueeze", places, graph.integers(1), name=f"{name}.column")
    within = graph.add("Less", column, lengths, name=f"{name}.within")  # (T, B)
    numbers = graph.add("Cast", within, name=f"{name}.numbers", to=TensorProto.FLOAT)
    return graph.add("Unsqueeze", numbers, graph.integers(2), name=name)
