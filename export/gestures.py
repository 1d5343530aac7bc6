"""The gesture network as one ONNX file: landmarks and state in, scores and the next state out.

Letters: B streams, T frames, F numbers a frame of hands, N = B × 2 hands, L layers, H hidden units, C labels.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import helper

from legato.app.engine.contract import METADATA_KEY, VERSION, Contract, DecoderSettings, StateSpec
from legato.app.engine.inputs import FRAME, HANDS
from legato.export.builder import GraphBuilder
from legato.export.hands import Frames, write_features
from legato.export.layers import Memory, layers_of, write_layer, write_linear
from legato.models.gesture import LONGEST, PRESENT, GestureConfig, GestureNet
from legato.models.hands import POINTS

RATE = 30
"""Frames a second that cameras usually give"""
_POINTS = HANDS * POINTS * 3


def gesture_model(net: GestureNet, contract: Contract) -> onnx.ModelProto:
    """The network with its contract in the metadata."""
    graph = GraphBuilder()
    landmarks = graph.input("landmarks", ("B", "T", FRAME))
    config, labels = net.config, len(contract.labels)
    remembered, stacked = net.features.memory, (config.layers, "B", HANDS, config.hidden)
    memory = graph.input("memory", ("B", HANDS, remembered))
    hidden = graph.input("hidden", stacked)
    rows = graph.add("Reshape", memory, graph.integers(-1, 1, remembered), name="memory_rows")
    features, course, following = write_features(graph, net.features, _unpack(graph, landmarks), rows)
    outputs, after = _write_layers(graph, net, features, course.orders, hidden)
    probabilities = graph.add("Softmax", write_linear(graph, net.head, "head", outputs), name="probabilities", axis=-1)
    gestures = graph.add(
        "Slice", probabilities, graph.integers(1), graph.integers(1 + labels), graph.integers(2), name="gestures"
    )
    seen = graph.add("Mul", gestures, course.seen, name="gestures_seen")
    by_hand = graph.add("Reshape", seen, graph.integers(0, -1, HANDS, labels), name="by_hand")
    graph.output(
        "scores", graph.add("Transpose", by_hand, name="rows_first", perm=[1, 0, 2, 3]), ("B", "T", HANDS, labels)
    )
    together = graph.add("Reshape", following, graph.integers(-1, HANDS, remembered), name="memory_after")
    graph.output("next_memory", together, ("B", HANDS, remembered))
    graph.output("next_hidden", after, stacked)
    model = graph.model("gestures")
    helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    return model


def _unpack(graph: GraphBuilder, landmarks: str) -> Frames:
    """The frames as `models.gesture.unpacked` gives them."""
    frames = graph.add("Transpose", landmarks, name="frames_first", perm=[1, 0, 2])
    widths = graph.integers(_POINTS, HANDS, FRAME - _POINTS - HANDS - 1, 1)
    names = ("all_points", "presence", "unused", "since")
    flat, presence, _, since = graph.add_many("Split", frames, widths, names=names, axis=-1)
    points = graph.add("Reshape", flat, graph.integers(0, -1, POINTS * 3), name="points")
    likely = graph.add("Greater", presence, graph.weight("present_above", np.array(PRESENT, np.float32)), name="likely")
    flags = graph.add("Cast", likely, name="present_flags", to=1)
    present = graph.add("Reshape", flags, graph.integers(0, -1, 1, 1), name="present")
    low, high = graph.shared("zero", np.array(0, np.float32)), graph.weight("longest", np.array(LONGEST, np.float32))
    passed = graph.add("Clip", since, low, high, name="passed")
    twice = graph.add("Concat", *(passed,) * HANDS, name="passed_each", axis=2)
    return Frames(points, present, graph.add("Reshape", twice, graph.integers(0, -1, 1, 1), name="seconds"))


def _write_layers(graph: GraphBuilder, net: GestureNet, features: str, orders: str, hidden: str) -> tuple[str, str]:
    """The last layer's outputs (T, N, H), and the next state of all (L, B, 2, H)."""
    count, size = net.config.layers, net.config.hidden
    flat = graph.add("Reshape", hidden, graph.integers(count, -1, size), name="hidden_rows")
    names = tuple(f"layer{index}.hidden" for index in range(count))
    before = graph.add_many("Split", flat, names=names, axis=0, num_outputs=count) if count > 1 else (flat,)
    x, after = features, []
    for index, layer in enumerate(layers_of(net)):
        heard = graph.add("Concat", x, orders, name=f"layer{index}.heard", axis=-1)
        x, following = write_layer(graph, layer, heard, Memory(before[index]), kind="gru", prefix=f"layer{index}")
        after.append(following.hidden)
    joined = graph.add("Concat", *after, name="joined_hidden", axis=0)
    return x, graph.add("Reshape", joined, graph.integers(count, -1, HANDS, size), name="hidden_after")


def gesture_contract(
    config: GestureConfig, decoder: DecoderSettings, provenance: Mapping[str, Any] | None = None
) -> Contract:
    """What the graph of a network with this configuration promises; the configuration goes into the provenance."""
    remembered = GestureNet(config).features.memory
    return Contract(
        version=VERSION,
        task="gestures",
        cell="gru",
        labels=config.labels,
        sample_rate=RATE,
        hop=1,
        lookahead=0.0,
        inputs=("landmarks",),
        outputs=("scores",),
        states=(
            StateSpec("memory", (None, HANDS, remembered), "float32"),
            StateSpec("hidden", (config.layers, None, HANDS, config.hidden), "float32"),
        ),
        settings=decoder,
        provenance={**(provenance or {}), "config": dataclasses.asdict(config)},
    )
