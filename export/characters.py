"""The character model as one ONNX file: characters and state in, log-probabilities and the next state out.

Letters: B texts, T characters, E embedding, L layers, H hidden units, C labels.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import onnx
from onnx import TensorProto, helper

from legato.app.engine.contract import CHARACTERS, METADATA_KEY, VERSION, Contract, LineSettings, StateSpec
from legato.export.builder import GraphBuilder
from legato.export.graph import write_stack
from legato.export.layers import write_linear
from legato.models.characters import CharacterConfig, CharacterNet

_SPOKEN = 15
"""Characters a second that people usually speak"""


def character_model(net: CharacterNet, contract: Contract) -> onnx.ModelProto:
    """The network with its contract in the metadata."""
    graph = GraphBuilder()
    text = graph.input("text", ("B", "T"), TensorProto.INT64)
    axes = {spec.name: tuple("B" if size is None else size for size in spec.shape) for spec in contract.states}
    states = {name: graph.input(name, shape) for name, shape in axes.items()}
    characters = graph.add("Transpose", text, name="characters_first", perm=[1, 0])  # (T, B)
    embedded = graph.add("Gather", graph.weight("embedding", net.embedding.weight), characters, name="embedded")
    outputs, following = write_stack(graph, net.recurrent, embedded, states)
    scores = graph.add("LogSoftmax", write_linear(graph, net.head, "head", outputs), name="log_probabilities", axis=-1)
    rows = graph.add("Transpose", scores, name="rows_first", perm=[1, 0, 2])
    graph.output("scores", rows, ("B", "T", len(contract.labels)))
    for name, shape in axes.items():
        graph.output(f"next_{name}", following[name], shape)
    model = graph.model("characters")
    helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    return model


def character_contract(
    config: CharacterConfig, settings: LineSettings, provenance: Mapping[str, Any] | None = None
) -> Contract:
    """What the graph of a network with this configuration promises; the configuration goes into the provenance."""
    recurrent = config.recurrent
    memories = ("hidden", "cell") if recurrent.cell == "lstm" else ("hidden",)
    return Contract(
        version=VERSION,
        task=CHARACTERS,
        cell=recurrent.cell,
        labels=config.labels,
        sample_rate=_SPOKEN,
        hop=1,
        lookahead=0.0,
        inputs=("text",),
        outputs=("scores",),
        states=tuple(StateSpec(name, (recurrent.layers, None, recurrent.hidden), "float32") for name in memories),
        settings=settings,
        provenance={**(provenance or {}), "config": dataclasses.asdict(config)},
    )
