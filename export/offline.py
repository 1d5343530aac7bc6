"""Bidirectional stacks as ONNX: whole sequences of different lengths in one padded batch, without state.

Letters: B batch, T time, F input features, H hidden units, O outputs.
"""

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
    inside = _inside(graph, x, lengths)
    for index, layer in enumerate(layers_of(stack)):
        prefix = f"layer{index}"
        y, _ = write_layer(graph, layer, x, Memory(), kind=stack.config.cell, prefix=prefix, lengths=ends)
        x = graph.add("Mul", y, inside, name=f"{prefix}.inside")
    return x


def _inside(graph: GraphBuilder, x: str, lengths: str) -> str:
    """1 where a frame lies within its row's length and 0 behind it, (T, B, 1)."""
    shape = graph.add("Shape", x, name="time", start=0, end=1)
    stop = graph.add("Squeeze", shape, name="stop")
    places = graph.add("Range", graph.scalar("zero", 0), stop, graph.scalar("one", 1), name="places")
    column = graph.add("Unsqueeze", places, graph.integers(1), name="column")
    within = graph.add("Less", column, lengths, name="within")  # (T, B)
    numbers = graph.add("Cast", within, name="numbers", to=TensorProto.FLOAT)
    return graph.add("Unsqueeze", numbers, graph.integers(2), name="inside")
