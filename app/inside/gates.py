"""What happens inside a recurrent cell, computed anew from its weights: the gates that the operator keeps to itself.

The equations are those of `legato.models.cells`; ONNX's operators stack the gates as z, r, n (GRU) and i, o, f, c
(LSTM).

Letters: T frames, F inputs, H hidden units, G gates.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Frame = tuple[Floats, Floats, dict[str, Floats]]
"""The next state, the next memory, and the gates"""

MEANINGS: Mapping[str, str] = {
    "hidden": "What the cell passes on: its memory as far as it is shown, from -1 to 1.",
    "cell": "What an LSTM remembers. It changes only by what the forget gate takes away and the input gate lets in.",
    "forget": "How much of each unit's memory is kept: 1 keeps all of it, 0 empties it.",
    "input": "How much of the new value is let into the memory: 0 shuts the present out.",
    "output": "How much of the memory is shown to the next layer: a unit may remember what it does not show yet.",
    "candidate": "The new value that the present frame proposes, from -1 to 1.",
    "reset": "How much of the past the new value looks at: 0 begins anew, as if nothing had been heard.",
    "update": "How much of the past stays as it is: near 1 a unit holds what it knows, near 0 it follows the sound.",
}
"""A sentence on each, for people"""


@dataclass(frozen=True)
class Inside:
    """One layer over some frames."""

    kind: str
    values: Mapping[str, Floats]
    """(T, H) of the hidden state, of an LSTM's cell, and of each gate"""

    @property
    def hidden(self) -> Floats:
        """The hidden state, (T, H)."""
        return self.values["hidden"]


def recompute(kind: str, x: Floats, weights: tuple[Floats, Floats, Floats], hidden: Floats, cell: Floats) -> Inside:
    """Frames (T, F) through a cell from a state and, for an LSTM, a memory (H); weights of one direction, as in ONNX.

    `weights` are (G H, F), (G H, H) and (2 G H).
    """
    w, r, b = weights
    offset, inner = np.split(b, 2)
    given = x @ w.T + offset  # (T, G H)
    step = _STEPS[kind]
    rows: list[dict[str, Floats]] = []
    for frame in given:
        hidden, cell, gates = step(frame, r @ hidden + inner, hidden, cell)
        rows.append({"hidden": hidden, **({"cell": cell} if kind == "lstm" else {}), **gates})
    names = rows[0] if rows else {"hidden": hidden}
    stacked = {name: np.array([row[name] for row in rows], np.float32).reshape(-1, len(hidden)) for name in names}
    return Inside(kind, stacked)


def _vanilla(given: Floats, past: Floats, _hidden: Floats, cell: Floats) -> Frame:
    return np.tanh(given + past), cell, {}


def _gru(given: Floats, past: Floats, hidden: Floats, cell: Floats) -> Frame:
    (given_z, given_r, given_n), (past_z, past_r, past_n) = np.split(given, 3), np.split(past, 3)
    update, reset = _sigmoid(given_z + past_z), _sigmoid(given_r + past_r)
    candidate = np.tanh(given_n + reset * past_n)
    following = (1 - update) * candidate + update * hidden
    return following, cell, {"reset": reset, "update": update, "candidate": candidate}


def _lstm(given: Floats, past: Floats, _hidden: Floats, cell: Floats) -> Frame:
    let_in, shown, kept, new = np.split(given + past, 4)
    gates = {
        "forget": _sigmoid(kept),
        "input": _sigmoid(let_in),
        "output": _sigmoid(shown),
        "candidate": np.tanh(new),
    }
    cell = gates["forget"] * cell + gates["input"] * gates["candidate"]
    return gates["output"] * np.tanh(cell), cell, gates


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), np.float32)  # without overflow


_STEPS: Mapping[str, Callable[[Floats, Floats, Floats, Floats], Frame]] = {"rnn": _vanilla, "gru": _gru, "lstm": _lstm}
