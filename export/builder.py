"""A small hand for writing ONNX graphs: nodes in order, weights by name."""

from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
IR_VERSION = 8
"""The format's revision that belongs to the opset; any ONNX Runtime that knows the one reads the other"""

Axes = tuple[int | str, ...]


class GraphBuilder:
    """Collects operators and weights; every method that adds an operator returns the names of its results."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, axes: Axes, kind: int = TensorProto.FLOAT) -> str:
        """An input of the graph; axes with a name are free."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, axes))
        return name

    def output(self, name: str, value: str, axes: Axes, kind: int = TensorProto.FLOAT) -> None:
        """Give out `value` as the output `name` of the graph."""
        self._nodes.append(helper.make_node("Identity", [value], [name], name=f"give_{name}"))
        self._outputs.append(helper.make_tensor_value_info(name, kind, axes))

    def told(self, name: str, axes: Axes, kind: int = TensorProto.FLOAT) -> None:
        """Give out what an operator made, under the name that it has already."""
        self._outputs.append(helper.make_tensor_value_info(name, kind, axes))

    def weight(self, name: str, values: torch.Tensor | NDArray[Any]) -> str:
        """A tensor of the file; one name stands for one tensor."""
        array = values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else values
        if name in self._weights:
            raise ValueError(f"the graph has a weight {name!r} already")
        self._weights[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def scalar(self, name: str, value: int) -> str:
        """A single integer."""
        return self.weight(name, np.array(value, dtype=np.int64))

    def shared(self, name: str, values: NDArray[Any]) -> str:
        """A tensor that all who ask for the same name share."""
        return name if name in self._weights else self.weight(name, values)

    def integers(self, *values: int) -> str:
        """A constant list of integers, shared by all that ask for the same."""
        name = "integers_" + "_".join(str(value).replace("-", "minus") for value in values)
        return self.shared(name, np.array(values, dtype=np.int64))

    def add(self, operator: str, *inputs: str, name: str, **attributes: Any) -> str:
        """An operator with one result, called `name`; an input "" is left out."""
        return self.add_many(operator, *inputs, names=(name,), **attributes)[0]

    def add_many(self, operator: str, *inputs: str, names: tuple[str, ...], **attributes: Any) -> tuple[str, ...]:
        """An operator with the results `names`; "" for one that nobody wants."""
        label = next(name for name in names if name)
        self._nodes.append(helper.make_node(operator, inputs, names, name=label, **attributes))
        return names

    def graph(self, name: str) -> onnx.GraphProto:
        """All of it as a graph, for instance the body of an operator of another one, whose names it must not use."""
        return helper.make_graph(self._nodes, name, self._inputs, self._outputs, list(self._weights.values()))

    def model(self, name: str) -> onnx.ModelProto:
        """The graph as a checked model."""
        model = helper.make_model(
            self.graph(name),
            producer_name="legato",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        onnx.checker.check_model(model, full_check=True)
        return model
