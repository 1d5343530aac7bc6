"""A tiny character model that knows a few lines by heart: the last character and the one before tell what comes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from legato.app.engine.contract import METADATA_KEY, VERSION, Contract, LineSettings, StateSpec

LINES = ("the cat sat", "the hat sat", "that cat", "a bat")


def save_line_model(path: Path, lines: Sequence[str] = LINES) -> Path:
    """Counts pairs and triples of characters in lines; both kinds of lines are the same here."""
    text = "".join(f"\n{line}\n\t{line}\t" for line in lines)
    labels = tuple(sorted(set(text)))
    size = len(labels)
    places = [labels.index(character) for character in text]
    pairs, skips = np.full((size, size), 0.01, np.float32), np.full((size, size), 0.01, np.float32)
    for before, last, following in zip(places, places[1:], places[2:], strict=False):
        pairs[last, following] += 1
        skips[before, following] += 1
    logs: NDArray[np.float32] = np.log(pairs / pairs.sum(axis=1, keepdims=True))
    far: NDArray[np.float32] = 0.5 * np.log(skips / skips.sum(axis=1, keepdims=True))
    contract = Contract(
        version=VERSION,
        task="characters",
        cell="rnn",
        labels=labels,
        sample_rate=15,
        hop=1,
        lookahead=0.0,
        inputs=("text",),
        outputs=("scores",),
        states=(StateSpec("before", (None, 1, size), "float32"),),
        settings=LineSettings("\n", "\t"),
        provenance={"made by": "a test"},
    )
    model = _graph(size, logs, far)
    helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    onnx.save(model, path)
    return path


def _graph(size: int, logs: NDArray[np.float32], far: NDArray[np.float32]) -> onnx.ModelProto:
    weights = {
        "eye": np.eye(size, dtype=np.float32),
        "logs": logs,
        "far": far,
        "minus": np.array([-1]),
        "zero": np.array([0]),
        "end": np.array([2**40]),
        "axis": np.array([1]),
    }
    nodes = [
        helper.make_node("Gather", ["eye", "text"], ["now"]),
        helper.make_node("Concat", ["before", "now"], ["all"], axis=1),
        helper.make_node("Slice", ["all", "zero", "minus", "axis"], ["past"]),
        helper.make_node("Slice", ["all", "minus", "end", "axis"], ["next_before"]),
        helper.make_node("MatMul", ["now", "logs"], ["near"]),
        helper.make_node("MatMul", ["past", "far"], ["distant"]),
        helper.make_node("Add", ["near", "distant"], ["sums"]),
        helper.make_node("LogSoftmax", ["sums"], ["scores"], axis=-1),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "lines",
        [value("text", TensorProto.INT64, ["B", "T"]), value("before", TensorProto.FLOAT, ["B", 1, size])],
        [value("scores", TensorProto.FLOAT, ["B", "T", size]), value("next_before", TensorProto.FLOAT, ["B", 1, size])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


@pytest.fixture
def line_model(tmp_path: Path) -> Path:
    return save_line_model(tmp_path / "lines.onnx")
