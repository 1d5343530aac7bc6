"""Whether a graph is what its contract promises: its inputs, outputs and states, by name, type and shape."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from legato.app.engine.contract import TENSORS, Contract
from legato.app.engine.errors import ModelError
from legato.app.engine.inputs import FRAME, HANDS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class _Tensor(Protocol):
    """What ONNX Runtime tells about an input or output."""

    name: str
    shape: Sequence[int | str | None]
    """A number where an axis is fixed, a name or None where it is not"""
    type: str


def check_graph(contract: Contract, session: "InferenceSession", source: str) -> None:
    """Raise ModelError, naming the file `source` and the field, where the graph contradicts the contract.

    Inputs are the contract's and one for each state, outputs the contract's and one `next_<state>` for each.
    """
    inputs: dict[str, _Tensor] = {tensor.name: tensor for tensor in session.get_inputs()}
    outputs: dict[str, _Tensor] = {tensor.name: tensor for tensor in session.get_outputs()}
    names = tuple(state.name for state in contract.states)
    _check_names(source, "inputs", (*contract.inputs, *names), tuple(inputs))
    _check_names(source, "outputs", (*contract.outputs, *(f"next_{name}" for name in names)), tuple(outputs))
    for state in contract.states:
        for tensor in (inputs[state.name], outputs[f"next_{state.name}"]):
            _check_tensor(source, f"states.{state.name}", tensor, state.shape, state.dtype)
    if "audio" in contract.inputs:
        _check_tensor(source, "inputs.audio", inputs["audio"], (None, None), "float32")
    if "lengths" in contract.inputs:
        _check_tensor(source, "inputs.lengths", inputs["lengths"], (None,), "int64")
    if "text" in contract.inputs:
        _check_tensor(source, "inputs.text", inputs["text"], (None, None), "int64")
    hands: tuple[int, ...] = ()
    if "landmarks" in contract.inputs:
        hands = (HANDS,)
        _check_tensor(source, "inputs.landmarks", inputs["landmarks"], (None, None, FRAME), "float32")
    if "scores" in contract.outputs:
        _check_tensor(source, "labels", outputs["scores"], (None, None, *hands, len(contract.labels)), "float32")


def _check_names(source: str, field: str, promised: tuple[str, ...], found: tuple[str, ...]) -> None:
    for name in promised:
        if name not in found:
            raise ModelError(f"{source}: contract field {field!r} promises {name!r}, which the graph lacks")
    for name in found:
        if name not in promised:
            raise ModelError(f"{source}: contract field {field!r} does not name {name!r}, which the graph has")


def _check_tensor(source: str, field: str, tensor: _Tensor, shape: tuple[int | None, ...], dtype: str) -> None:
    """Compare element type and axes, None standing for a free one."""
    found = tuple(size if isinstance(size, int) else None for size in tensor.shape)
    if tensor.type != f"tensor({TENSORS[dtype]})":
        raise ModelError(f"{source}: contract field {field!r} promises {dtype}, but {tensor.name!r} is {tensor.type}")
    if found != shape:
        raise ModelError(
            f"{source}: contract field {field!r} promises the shape {json.dumps(shape)}, "
            f"but {tensor.name!r} is {json.dumps(found)}"
        )
