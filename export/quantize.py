"""Weights in fewer bits: the file shrinks, the arithmetic stays in float32.

ONNX Runtime's own quantiser rounds the weights, and its session restores them once, at loading. Rounding activations as
well (its `quantize_dynamic`) is not for streams: it takes its scale from all frames of a call, so that the same audio
in other chunks scores differently, by 0.02 and more; and it does not know the GRU.
"""

from collections.abc import Callable

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization.quant_utils import compute_scale_zp, quantize_onnx_initializer

KINDS = ("int8", "fp16")
_SMALLEST = 1024
"""Numbers in a tensor below which there is nothing to gain"""
_EXACT = ("cosines", "sines", "mel", "points.linear")
"""The front end's transform: rounded, it would fill quiet bands with the noise of loud ones; and differences of points,
which rounded would depend on where in the picture a hand is"""
_AXIS = 1
"""Rows of recurrent weights (D, G·H, F) and columns of linear ones (F, O): one scale for each output"""

Floats = NDArray[np.float32]
Stored = tuple[list[onnx.TensorProto], onnx.NodeProto]


def quantized(model: onnx.ModelProto, kind: str) -> onnx.ModelProto:
    """A copy of the model with the network's large weights stored as `int8`, one scale an output, or as `fp16`.

    Weights for which `int8` is too coarse are stored as `fp16` there as well.
    """
    if kind not in KINDS:
        raise ValueError(f"quantisation must be one of {', '.join(KINDS)}, not {kind!r}")
    store: Callable[[onnx.TensorProto], Stored] = _as_int8 if kind == "int8" else _as_fp16
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    kept, restoring = [], []
    for tensor in model.graph.initializer:
        if _worth_it(tensor):
            tensors, node = store(tensor)
            kept.extend(tensors)
            restoring.append(node)
        else:
            kept.append(tensor)
    del copy.graph.initializer[:]
    copy.graph.initializer.extend(kept)
    del copy.graph.node[:]
    copy.graph.node.extend([*restoring, *model.graph.node])
    onnx.checker.check_model(copy, full_check=True)
    return copy


def _worth_it(tensor: onnx.TensorProto) -> bool:
    large = tensor.data_type == TensorProto.FLOAT and int(np.prod(tensor.dims)) >= _SMALLEST
    return large and tensor.name not in _EXACT


def _as_fp16(tensor: onnx.TensorProto) -> Stored:
    half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{tensor.name}.fp16")
    node = helper.make_node("Cast", [half.name], [tensor.name], name=f"{tensor.name}.restore", to=TensorProto.FLOAT)
    return [half], node


def _as_int8(tensor: onnx.TensorProto) -> Stored:
    values: Floats = numpy_helper.to_array(tensor)
    scales = _scales(values)
    if _too_coarse(values, scales):
        return _as_fp16(tensor)
    names = [f"{tensor.name}.int8", f"{tensor.name}.scale"]
    zeros = np.zeros(len(scales), np.int8)
    rounded = quantize_onnx_initializer(tensor, TensorProto.INT8, zeros, scales, _AXIS, names[0])
    node = helper.make_node("DequantizeLinear", names, [tensor.name], name=f"{tensor.name}.restore", axis=_AXIS)
    return [rounded, numpy_helper.from_array(scales, names[1])], node


def _too_coarse(values: Floats, scales: Floats) -> bool:
    """Whether a step is larger than most weights of its output, as where a few of them drive a gate to its ends."""
    rows = np.abs(np.moveaxis(values, _AXIS, 0)).reshape(len(scales), -1)
    return bool((scales > np.median(rows, axis=1)).any())


def _scales(values: Floats) -> Floats:
    """The size of one step for each output, so that its largest weight is 127 of them."""
    rows = np.moveaxis(values, _AXIS, 0).reshape(values.shape[_AXIS], -1)
    steps = [
        compute_scale_zp(low, high, np.array(-127, np.int8), np.array(127, np.int8), symmetric=True)[1]
        for low, high in zip(rows.min(axis=1), rows.max(axis=1), strict=True)
    ]
    return np.array(steps, dtype=np.float32)
