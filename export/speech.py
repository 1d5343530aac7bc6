"""Speech networks as ONNX files: of whole recordings with `lengths`, and their streaming twin with its state.

Letters: B batch, S samples, T = S / hop frames of scores, M mel bands, R frames of features a frame of scores,
L layers, H hidden units, C labels.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import onnx
from onnx import TensorProto, helper
from torch import nn

from legato.app.engine.contract import METADATA_KEY, SPEECH, VERSION, Contract, StateSpec, TranscriptSettings
from legato.export.builder import GraphBuilder
from legato.export.frontend import write_frontend
from legato.export.graph import write_stack
from legato.export.layers import write_linear
from legato.export.offline import inside, write_bidirectional
from legato.models.speech import LiveSpeechNet, SpeechConfig, SpeechNet
from legato.models.subsampling import Subsampling


def speech_model(net: SpeechNet | LiveSpeechNet, contract: Contract) -> onnx.ModelProto:
    """The network with its contract in the metadata."""
    model = _offline(net) if isinstance(net, SpeechNet) else _live(net, contract)
    helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    return model


def speech_contract(
    config: SpeechConfig, settings: TranscriptSettings, provenance: Mapping[str, Any] | None = None
) -> Contract:
    """What the graph of a network with this configuration promises; the configuration goes into the provenance."""
    return Contract(
        version=VERSION,
        task=SPEECH,
        cell=config.recurrent.cell,
        labels=config.labels,
        sample_rate=config.frontend.sample_rate,
        hop=config.hop,
        lookahead=0.0,
        inputs=("audio", "lengths") if config.bidirectional else ("audio",),
        outputs=("scores",),
        states=() if config.bidirectional else _states(config),
        settings=settings,
        provenance={**(provenance or {}), "config": dataclasses.asdict(config)},
    )


def _states(config: SpeechConfig) -> tuple[StateSpec, ...]:
    frontend, conv, recurrent = config.frontend, config.subsampling, config.recurrent
    memories = ("hidden", "cell") if recurrent.cell == "lstm" else ("hidden",)
    return (
        StateSpec("history", (None, frontend.window - frontend.hop), "float32"),
        StateSpec("bands", (None, frontend.mels, conv.first - 1), "float32"),
        StateSpec("channels", (None, conv.channels, conv.second - conv.rate), "float32"),
        *(StateSpec(name, (recurrent.layers, None, recurrent.hidden), "float32") for name in memories),
    )


def _offline(net: SpeechNet) -> onnx.ModelProto:
    graph = GraphBuilder()
    audio = graph.input("audio", ("B", "S"))
    lengths = graph.input("lengths", ("B",), TensorProto.INT64)
    features, _ = write_frontend(graph, net.frontend, audio, _silence(graph, audio, "silence", net.frontend.history))
    conv = net.subsampling
    before = (
        _silence(graph, audio, "no_features", conv.inputs, conv.config.first - 1),
        _silence(graph, audio, "no_channels", conv.config.channels, conv.config.second - conv.config.rate),
    )
    x, *_ = write_subsampling(graph, conv, features, *before)
    last = graph.integers(net.config.hop - 1)
    frames = graph.add(
        "Div", graph.add("Add", lengths, last, name="reaching"), graph.integers(net.config.hop), name="frames_of_scores"
    )
    scores = _scores(graph, net.head, write_bidirectional(graph, net.recurrent, x, frames))
    scores = graph.add("Mul", scores, inside(graph, scores, frames, "scored"), name="heard")
    rows = graph.add("Transpose", scores, name="rows_first", perm=[1, 0, 2])
    graph.output("scores", rows, ("B", "T", len(net.config.labels)))
    return graph.model("speech")


def _live(net: LiveSpeechNet, contract: Contract) -> onnx.ModelProto:
    graph = GraphBuilder()
    audio = graph.input("audio", ("B", "S"))
    states = {spec.name: graph.input(spec.name, _axes(spec)) for spec in contract.states}
    features, history = write_frontend(graph, net.frontend, audio, states["history"])
    x, seen, convolved = write_subsampling(graph, net.subsampling, features, states["bands"], states["channels"])
    y, following = write_stack(graph, net.recurrent, x, states)
    rows = graph.add("Transpose", _scores(graph, net.head, y), name="rows_first", perm=[1, 0, 2])
    graph.output("scores", rows, ("B", "T", len(net.config.labels)))
    values = {"history": history, "bands": seen, "channels": convolved, **following}
    for spec in contract.states:
        graph.output(f"next_{spec.name}", values[spec.name], _axes(spec))
    return graph.model("speech-live")


def write_subsampling(
    graph: GraphBuilder, conv: Subsampling, features: str, seen: str, convolved: str
) -> tuple[str, str, str]:
    """Outputs (T, B, O) of features (B, T R, M) after the last inputs of both convolutions, and the next of those."""
    config = conv.config
    bands = graph.add("Transpose", features, name="bands_first", perm=[0, 2, 1])  # (B, M, T R)
    first = graph.add("Concat", seen, bands, name="all_features", axis=2)
    channels = _convolved(graph, conv.first, "conv0", first, 1)
    second = graph.add("Concat", convolved, channels, name="all_channels", axis=2)
    outputs = _convolved(graph, conv.second, "conv1", second, config.rate)
    frames = graph.add("Transpose", outputs, name="subsampled", perm=[2, 0, 1])  # (T, B, O)
    gain, bias = graph.weight("subsampling.gain", conv.norm.weight), graph.weight("subsampling.shift", conv.norm.bias)
    y = graph.add("LayerNormalization", frames, gain, bias, name="subsampling", axis=-1, epsilon=conv.norm.eps)
    return (
        y,
        _last(graph, first, "following_features", config.first - 1),
        _last(graph, second, "following_channels", config.second - config.rate),
    )


def _convolved(graph: GraphBuilder, conv: nn.Conv1d, name: str, x: str, stride: int) -> str:
    if conv.bias is None:
        raise ValueError("a convolution has biases")
    weight, bias = graph.weight(f"{name}.weight", conv.weight), graph.weight(f"{name}.bias", conv.bias)
    y = graph.add("Conv", x, weight, bias, name=f"{name}.convolved", strides=[stride])
    return graph.add("Relu", y, name=name)


def _last(graph: GraphBuilder, x: str, name: str, count: int) -> str:
    return graph.add("Slice", x, graph.integers(-count), graph.integers(2**62), graph.integers(2), name=name)


def _scores(graph: GraphBuilder, head: nn.Linear, y: str) -> str:
    return graph.add("LogSoftmax", write_linear(graph, head, "head", y), name="log_probabilities", axis=-1)


def _silence(graph: GraphBuilder, audio: str, name: str, *sizes: int) -> str:
    """Zeros (B, …): what there is before a recording."""
    batch = graph.add("Shape", audio, name=f"{name}.batch", start=0, end=1)
    shape = graph.add("Concat", batch, graph.integers(*sizes), name=f"{name}.shape", axis=0)
    return graph.add("ConstantOfShape", shape, name=name)


def _axes(spec: StateSpec) -> tuple[int | str, ...]:
    return tuple("B" if size is None else size for size in spec.shape)
