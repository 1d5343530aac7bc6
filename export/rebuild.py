"""From an exported file back to the PyTorch network: the inverse of writing the graph.

It reads the weights that the runtime computes with, rounding of a quantised file included, so that a file can be
verified without the checkpoint that it was made from.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper, reference
from torch import nn

from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError
from legato.export.layers import GATES, layers_of
from legato.export.tasks import TASKS, Net
from legato.models.characters import CharacterNet
from legato.models.gesture import GestureNet
from legato.models.recurrent import Layer
from legato.models.speech import LiveSpeechNet, SpeechNet
from legato.models.subsampling import Subsampling

Weights = Mapping[str, torch.Tensor]


def rebuild(path: Path, contract: Contract) -> Net | None:
    """The network in the file, ready to step, or None where its contract does not hold the configuration.

    ModelError, naming the file, where weights are missing or of another shape than the configuration says.
    """
    config = contract.provenance.get("config")
    if not isinstance(config, dict):
        return None
    try:
        known = {**config, "phones": 0} if contract.task == "keywords" else config
        net = TASKS[contract.task].build(known)
        with torch.no_grad():
            _fill(net, read_weights(path))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"{path}: contract field 'provenance.config' does not fit the weights ({' '.join(str(error).split())})"
        ) from None
    return net.eval()


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Every weight of the file by the name that the operators use it under, in float32."""
    graph = onnx.load(path).graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if all(name in weights for name in node.input):  # stored in fewer bits, restored before use
            weights[node.output[0]] = _restored(node, [weights[name] for name in node.input])
    return {name: torch.tensor(array) for name, array in weights.items()}


def _restored(node: onnx.NodeProto, values: list[NDArray[Any]]) -> NDArray[Any]:
    (result,) = reference.ReferenceEvaluator(node).run(None, dict(zip(node.input, values, strict=True)))
    return np.asarray(result)


def _fill(net: Net, weights: Weights) -> None:
    cell = "gru" if isinstance(net, GestureNet) else net.config.recurrent.cell
    if isinstance(net, CharacterNet):
        net.embedding.weight.copy_(weights["embedding"])
    else:
        features = net.features if isinstance(net, GestureNet) else net.frontend
        features.mean.copy_(weights["mean"])
        features.scale.copy_(weights["scale"])
    if isinstance(net, (SpeechNet, LiveSpeechNet)):
        _fill_subsampling(net.subsampling, weights)
    for index, layer in enumerate(layers_of(net if isinstance(net, GestureNet) else net.recurrent)):
        _fill_layer(layer, cell, weights, f"layer{index}")
    _fill_linear(net.head, weights, "head")


def _fill_subsampling(conv: Subsampling, weights: Weights) -> None:
    for name, module in (("conv0", conv.first), ("conv1", conv.second)):
        module.weight.copy_(weights[f"{name}.weight"])
        cast("torch.Tensor", module.bias).copy_(weights[f"{name}.bias"])
    conv.norm.weight.copy_(weights["subsampling.gain"])
    conv.norm.bias.copy_(weights["subsampling.shift"])


def _fill_layer(layer: Layer, kind: str, weights: Weights, prefix: str) -> None:
    size = layer.rnn.hidden_size * len(GATES[kind])
    for direction, suffix in enumerate(("", "_reverse") if layer.rnn.bidirectional else ("",)):
        biases = weights[f"{prefix}.b"][direction].view(2, size)
        parts = (weights[f"{prefix}.w"][direction], weights[f"{prefix}.r"][direction], *biases)
        for name, values in zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), parts, strict=True):
            gates = values.chunk(len(GATES[kind]))
            ordered = torch.cat([gates[GATES[kind].index(place)] for place in range(len(gates))])
            getattr(layer.rnn, f"{name}_l0{suffix}").copy_(ordered)
    if isinstance(layer.norm, nn.LayerNorm):
        layer.norm.weight.copy_(weights[f"{prefix}.norm.gain"])
        layer.norm.bias.copy_(weights[f"{prefix}.norm.bias"])
    if isinstance(layer.projection, nn.Linear):
        _fill_linear(layer.projection, weights, f"{prefix}.projection")


def _fill_linear(linear: nn.Linear, weights: Weights, prefix: str) -> None:
    linear.weight.copy_(weights[f"{prefix}.weight"].T)
    linear.bias.copy_(weights[f"{prefix}.bias"])
