"""A tiny recurrent model that is made of a few numbers, so that tests know what it answers.

At 400 Hz with hops of 8 samples (20 ms), a frame's mean m drives three units h = tanh(w·m + b + h'/4): "hey" answers to
loud positive levels, "go" to negative ones, "stop" to both when very loud. Scores are max(h, 0).
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from legato.app.engine.contract import METADATA_KEY, VERSION, Contract, DecoderSettings, StateSpec

LABELS = ("hey", "go", "stop")
RATE, HOP = 400, 8

Write = Callable[..., Path]


def settings(**changes: object) -> DecoderSettings:
    plain = DecoderSettings(
        thresholds=dict.fromkeys(LABELS, 0.5),
        smoothing=0.0,
        hysteresis=0.5,
        refractory=0.0,
        warmup=0.0,
        delay=0.0,
        durations=dict.fromkeys(LABELS, 0.1),
        wake=("hey",),
        command_window=1.0,
        conflict=0.0,
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def contract(**changes: object) -> Contract:
    plain = Contract(
        version=VERSION,
        task="keywords",
        cell="rnn",
        labels=LABELS,
        sample_rate=RATE,
        hop=HOP,
        lookahead=0.0,
        inputs=("audio",),
        outputs=("scores",),
        states=(StateSpec("hidden", (1, None, 3), "float32"),),
        settings=settings(),
        provenance={"made by": "a test"},
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


def graph() -> onnx.ModelProto:
    weights: dict[str, np.ndarray] = {
        "w": np.array([[[4.0], [-4.0], [0.0]]], np.float32),
        "r": np.eye(3, dtype=np.float32)[None] / 4,
        "b": np.array([[-1.0, -1.0, -1.0, 0.0, 0.0, 0.0]], np.float32),
        "frames": np.array([0, -1, HOP], np.int64),
        "axes": np.array([1], np.int64),
        "last": np.array([2], np.int64),
    }
    nodes = [
        helper.make_node("Reshape", ["audio", "frames"], ["framed"]),
        helper.make_node("ReduceMean", ["framed", "last"], ["means"], keepdims=1),
        helper.make_node("Transpose", ["means"], ["x"], perm=[1, 0, 2]),
        helper.make_node("RNN", ["x", "w", "r", "b", "", "hidden"], ["y", "next_hidden"], hidden_size=3),
        helper.make_node("Squeeze", ["y", "axes"], ["rows"]),
        helper.make_node("Transpose", ["rows"], ["batched"], perm=[1, 0, 2]),
        helper.make_node("Relu", ["batched"], ["scores"]),
    ]
    value = helper.make_tensor_value_info
    hidden: list[int | str | None] = [1, "B", 3]
    built = helper.make_graph(
        nodes,
        "tiny",
        [value("audio", TensorProto.FLOAT, ["B", "S"]), value("hidden", TensorProto.FLOAT, hidden)],
        [value("scores", TensorProto.FLOAT, ["B", "T", 3]), value("next_hidden", TensorProto.FLOAT, hidden)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(built, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.fixture
def write_model(tmp_path: Path) -> Write:
    """Writes the tiny model with the contract given, or with any text in its place; None for no metadata."""

    def write(promise: Contract | str | None = contract(), name: str = "tiny.onnx") -> Path:  # noqa: B008 - immutable
        model = graph()
        if promise is not None:
            text = promise if isinstance(promise, str) else promise.to_json()
            helper.set_model_props(model, {METADATA_KEY: text})
        path = tmp_path / name
        onnx.save(model, path)
        return path

    return write


@pytest.fixture
def make_contract() -> Callable[..., Contract]:
    return contract


@pytest.fixture
def make_settings() -> Callable[..., DecoderSettings]:
    return settings
