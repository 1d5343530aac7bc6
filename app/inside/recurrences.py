"""The recurrent operators of a model file, and the same file with more outputs than it has."""

from collections.abc import Iterable
from dataclasses import dataclass

from legato.app.inside.protobuf import field, fields

_GRAPH, _NODE, _OUTPUT = 7, 1, 12
"""Fields of ModelProto and GraphProto"""
_INPUTS, _OUTPUTS, _OPERATOR = 1, 2, 4
"""Of NodeProto"""
_KINDS = {b"RNN": "rnn", b"GRU": "gru", b"LSTM": "lstm"}


@dataclass(frozen=True)
class Recurrence:
    """One recurrent operator, by the names of its tensors."""

    kind: str
    """`rnn`, `gru` or `lstm`"""
    x: str
    """(T, B, F) what it is given"""
    weights: tuple[str, str, str]
    """(D, G H, F), (D, G H, H) and (D, 2 G H)"""
    hidden: str
    """(D, B, H) its state before; "" where it has none"""
    cell: str
    """The same of an LSTM's memory"""
    sequence: str
    """(T, D, B, H) its output"""


def recurrences(model: bytes) -> tuple[Recurrence, ...]:
    """Those of a model, in the order of the graph. ValueError where the file is none."""
    found = []
    for number, graph in fields(memoryview(model)):
        if number == _GRAPH and isinstance(graph, memoryview):
            nodes = [value for place, value in fields(graph) if place == _NODE and isinstance(value, memoryview)]
            found += [one for node in nodes if (one := _recurrence(node)) is not None]
    return tuple(found)


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """The model with tensors of float32 as further outputs: a message that comes twice is one with both's fields."""
    floats = field(2, field(1, b"\x08\x01"))
    outputs = b"".join(field(_OUTPUT, field(1, name.encode()) + floats) for name in dict.fromkeys(names))
    return model + field(_GRAPH, outputs)


def _recurrence(node: memoryview) -> Recurrence | None:
    inputs, outputs, operator = list[str](), list[str](), b""
    for number, value in fields(node):
        if not isinstance(value, memoryview):
            continue
        if number == _OPERATOR:
            operator = bytes(value)
        elif number in {_INPUTS, _OUTPUTS}:
            (inputs if number == _INPUTS else outputs).append(bytes(value).decode())
    if operator not in _KINDS or len(inputs) < 4:
        return None
    x, w, r, b, _, hidden, cell = (*inputs, "", "", "")[:7]
    return Recurrence(_KINDS[operator], x, (w, r, b), hidden, cell, outputs[0])
