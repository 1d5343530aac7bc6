"""The weights of Kokoro-82M out of its quantised ONNX file, as the network in PyTorch names them."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper

Weights = dict[str, torch.Tensor]
Arrays = dict[str, npt.NDArray[np.float32]]


def read_weights(path: Path) -> Weights:
    """Every weight of the file, in 32-bit floating point."""
    graph = onnx.load(path).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found: Arrays = {}
    for node in graph.node:
        if "albert_layers" in node.name and re.search(r"_\d+/MatMul", node.name):
            continue
        place = _place(node.name)
        if node.op_type == "DynamicQuantizeLSTM":
            found |= _recurrent(node, stored, place)
        elif node.op_type in ("ConvInteger", "MatMulInteger"):
            weight = _plain(stored, node.input[1], node.input[3] if len(node.input) > 3 else "")
            found[f"{place}.weight"] = weight.T if node.op_type == "MatMulInteger" else weight
        elif node.op_type in ("Conv", "ConvTranspose") and "istft" not in node.name:
            found[f"{place}.weight"] = stored[node.input[1]]
        elif node.op_type == "DequantizeLinear":
            found |= _embedding(node, graph, stored)
        elif node.name.endswith("l_linear/MatMul"):
            found[f"{place}.weight"] = stored[node.input[1]].T
    for name, values in stored.items():
        if re.search(r"\.(bias|beta|gamma|alpha\d\.\d)$|LayerNorm\.weight$|layer_norm\.weight$", name):
            found[_place(name)] = values
    return {name: torch.from_numpy(np.array(values, np.float32)) for name, values in found.items()}


def _place(name: str) -> str:
    """A module's path from a node's name or a stored array's."""
    path = name.strip("/").replace("/", ".")
    path = re.sub(r"\.(Conv|MatMul|Gemm_MatMul|LSTM|ConvTranspose)(_quant)?$", "", path)
    path = (
        path.replace("encoder.", "", 1)
        if path.startswith("encoder.")
        else path.replace("decoder.decoder.", "decoder.", 1)
    )
    path = re.sub(r"(cnn\.\d)\.cnn\.\d\.0", r"\1.0", path)
    path = re.sub(r"^(F0|N|shared|F0_proj|N_proj)\b", r"predictor.\1", path)
    path = re.sub(r"^bert\.(encoder|embeddings)\.", "bert.", path)
    path = path.replace("albert_layer_groups.0.albert_layers.0.", "layer.")
    return path.replace("asr_res.asr_res", "asr_res")


def _plain(stored: dict[str, npt.NDArray[np.float32]], name: str, zero: str) -> npt.NDArray[np.float32]:
    values = stored[name].astype(np.float32)
    if zero:
        values -= stored[zero].astype(np.float32)
    scaled: npt.NDArray[np.float32] = values * stored[re.sub("_quantized$", "_scale", name)]
    return scaled


def _embedding(node: onnx.NodeProto, graph: onnx.GraphProto, stored: Arrays) -> Arrays:
    gather = next(other for other in graph.node if node.input[0] in other.output)
    name = gather.input[0]
    return {re.sub("_quantized$", "", _place(name)): _plain(stored, name, node.input[2] if len(node.input) > 2 else "")}


def _recurrent(node: onnx.NodeProto, stored: Arrays, place: str) -> Arrays:
    """The LSTM's weights: ONNX orders the gates input, output, forget, cell; PyTorch input, forget, cell, output."""
    found: Arrays = {}
    biases = stored[node.input[3]]
    for kind, name, zero in (("ih", node.input[1], node.input[9]), ("hh", node.input[2], node.input[11])):
        scale = stored[re.sub("_quantized$", "_scale", name)].reshape(2, 1, -1)
        values = (stored[name].astype(np.float32) - stored[zero].astype(np.float32).reshape(2, 1, -1)) * scale
        half = biases[:, :1024] if kind == "ih" else biases[:, 1024:]
        for direction, suffix in ((0, ""), (1, "_reverse")):
            found[f"{place}.weight_{kind}_l0{suffix}"] = _gates(values[direction].T)
            found[f"{place}.bias_{kind}_l0{suffix}"] = _gates(half[direction])
    return found


def _gates(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    entry, out, forget, cell = np.split(values, 4)
    return np.concatenate([entry, forget, cell, out])
