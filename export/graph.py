"""The keyword network as one ONNX file: audio and state in, scores and the next state out.

Letters: B batch, S samples, T = S / hop frames, L layers, H hidden units, C labels.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import onnx
from onnx import helper

from legato.app.engine.contract import METADATA_KEY, VERSION, Contract, DecoderSettings, StateSpec
from legato.export.builder import GraphBuilder
from legato.export.frontend import write_frontend
from legato.export.layers import Memory, layers_of, write_layer, write_linear
from legato.models.keyword import KeywordConfig, KeywordNet
from legato.models.recurrent import StackedRNN


def keyword_model(net: KeywordNet, contract: Contract) -> onnx.ModelProto:
    """The network with its contract in the metadata."""
    graph = GraphBuilder()
    audio = graph.input("audio", ("B", "S"))
    states = {spec.name: graph.input(spec.name, _axes(spec)) for spec in contract.states}
    features, history = write_frontend(graph, net.frontend, audio, states["history"])
    frames = graph.add("Transpose", features, name="frames_first", perm=[1, 0, 2])  # (T, B, M)
    outputs, following = write_stack(graph, net.recurrent, frames, states)
    logits = write_linear(graph, net.head, "head", outputs)  # (T, B, 1 + C)
    probabilities = graph.add("Softmax", logits, name="probabilities", axis=-1)
    end = graph.integers(1 + len(contract.labels))
    heard = graph.add("Slice", probabilities, graph.integers(1), end, graph.integers(2), name="heard")
    scores = graph.add("Transpose", heard, name="rows_first", perm=[1, 0, 2])  # (B, T, C)
    graph.output("scores", scores, ("B", "T", len(contract.labels)))
    for spec in contract.states:
        graph.output(f"next_{spec.name}", {"history": history, **following}[spec.name], _axes(spec))
    model = graph.model("keywords")
    helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    return model


def write_stack(
    graph: GraphBuilder, stack: StackedRNN, x: str, states: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """All layers after one another, on (T, B, F), each with its slice of the states (L, B, H) by name."""
    names = tuple(name for name in ("hidden", "cell") if name in states)
    count = len(stack.layers)
    slices = {name: _slices(graph, states[name], name, count) for name in names}
    memories = []
    for index, layer in enumerate(layers_of(stack)):
        memory = Memory(**{name: slices[name][index] for name in names})
        x, following = write_layer(graph, layer, x, memory, kind=stack.config.cell, prefix=f"layer{index}")
        memories.append(following)
    return x, {name: _joined(graph, [getattr(memory, name) for memory in memories], name) for name in names}


def keyword_contract(
    config: KeywordConfig, decoder: DecoderSettings, provenance: Mapping[str, Any] | None = None
) -> Contract:
    """What the graph of a network with this configuration promises; the configuration goes into the provenance."""
    frontend, recurrent = config.frontend, config.recurrent
    memories = ("hidden", "cell") if recurrent.cell == "lstm" else ("hidden",)
    stacked = (recurrent.layers, None, recurrent.hidden)
    return Contract(
        version=VERSION,
        task="keywords",
        cell=recurrent.cell,
        labels=config.labels,
        sample_rate=frontend.sample_rate,
        hop=frontend.hop,
        lookahead=0.0,
        inputs=("audio",),
        outputs=("scores",),
        states=(
            StateSpec("history", (None, frontend.window - frontend.hop), "float32"),
            *(StateSpec(name, stacked, "float32") for name in memories),
        ),
        settings=decoder,
        provenance={**(provenance or {}), "config": dataclasses.asdict(config)},
    )


def _axes(spec: StateSpec) -> tuple[int | str, ...]:
    return tuple("B" if size is None else size for size in spec.shape)


def _slices(graph: GraphBuilder, state: str, name: str, count: int) -> tuple[str, ...]:
    """Each layer's part (1, B, H) of a state (L, B, H)."""
    if count == 1:
        return (state,)
    names = tuple(f"layer{index}.{name}" for index in range(count))
    return graph.add_many("Split", state, names=names, axis=0, num_outputs=count)


def _joined(graph: GraphBuilder, parts: list[str], name: str) -> str:
    return graph.add("Concat", *parts, name=f"joined_{name}", axis=0)
