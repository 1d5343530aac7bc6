"""A model run with its layers open: the same scores, and beside them what each cell does, checked against the model.

The file is loaded a second time with its layers' inputs and weights as further outputs; the gates are computed from
those (`legato.app.inside.gates`), and the states that come of them are compared with the ones that the model itself
goes on with.

Letters: B batch, S samples, frames of hands or characters, T frames, L layers, D directions, H hidden units, C labels.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime

from legato.app.engine import inputs
from legato.app.engine.contract import read_contract
from legato.app.engine.errors import ModelError
from legato.app.engine.graph import settings
from legato.app.engine.inputs import Chunk
from legato.app.engine.states import Array, Floats, zeros
from legato.app.inside.gates import Inside, recompute
from legato.app.inside.recurrences import Recurrence, recurrences, with_outputs


class OpenModel:
    """A streaming model of one direction whose layers can be looked into. Immutable, for any number of streams."""

    def __init__(self, path: Path) -> None:
        """ModelError where the file cannot be read, or has no layer that is run frame by frame."""
        try:
            data = path.read_bytes()
            self.layers = tuple(one for one in recurrences(data) if one.hidden)
        except (OSError, ValueError) as error:
            raise ModelError(f"{path}: cannot be looked into: {error}") from error
        if not self.layers:
            raise ModelError(f"{path}: has no recurrent layer that is run frame by frame")
        self.path = path
        self._wanted = [*(one.x for one in self.layers), *(one.sequence for one in self.layers)]
        weights = [name for one in self.layers for name in one.weights]
        session = onnxruntime.InferenceSession(
            with_outputs(data, [*self._wanted, *weights]), settings(1), providers=["CPUExecutionProvider"]
        )
        self.contract = read_contract(session, str(path))
        self._session = session
        self.names = tuple(state.name for state in self.contract.states)
        self._weights = self._read(weights)

    def stream(self, state: Sequence[Array] | None = None) -> "OpenStream":
        """A new stream, at its start or from a state in the contract's order."""
        return OpenStream(self, state)

    def run(
        self, chunk: Chunk, state: Sequence[Array], *, looking: bool = True
    ) -> tuple[Floats, list[Array], list[Array]]:
        """Scores of a chunk of one stream, the next state, and each layer's input (T, B, F) and output (T, D, B, H).

        Without looking, nothing of the last two.
        """
        feed = dict(zip(self.names, state, strict=True)) | {self.contract.inputs[0]: chunk}
        following = [f"next_{name}" for name in self.names]
        scores, *rest = self._session.run(["scores", *following, *(self._wanted if looking else ())], feed)
        return scores, rest[: len(following)], rest[len(following) :]

    def weights(self, layer: Recurrence) -> tuple[Floats, Floats, Floats]:
        """Those of a layer's one direction: (G H, F), (G H, H) and (2 G H)."""
        w, r, b = (self._weights[name][0] for name in layer.weights)
        return w, r, b

    def _read(self, names: Sequence[str]) -> dict[str, Floats]:
        """The weights as the model computes with them, those kept in eight bits restored."""
        feed = dict(zip(self.names, zeros(self.contract.states, 1), strict=True))
        feed[self.contract.inputs[0]] = inputs.smallest(self.contract)
        unique = list(dict.fromkeys(names))
        return dict(zip(unique, self._session.run(unique, feed), strict=True))


class OpenStream:
    """One stream; it belongs to one thread at a time."""

    def __init__(self, model: OpenModel, state: Sequence[Array] | None) -> None:
        """Use `OpenModel.stream`."""
        self.model = model
        self._start = state
        self.looking = True
        """Whether the layers are looked into; else a step costs what it costs elsewhere"""
        self.row = 0
        """Which row of the states is looked into: of two hands the first or the second"""
        self.inside: list[tuple[Inside, ...]] = []
        """Each layer over the frames of each step since it was taken out here"""
        self.difference = 0.0
        """Largest difference, so far, between states as recomputed and as the model has them"""
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._state = list(zeros(self.model.contract.states, 1) if self._start is None else self._start)
        self._start = None

    def step(self, chunk: Chunk) -> Floats:
        """Scores (1, T, C) of a chunk (1, S)."""
        model = self.model
        before = self._before()
        chunk = inputs.checked(model.contract, chunk)
        scores, self._state, seen = model.run(chunk, self._state, looking=self.looking)
        if not self.looking:
            return scores
        given, outputs = seen[: len(model.layers)], seen[len(model.layers) :]
        inside = tuple(
            recompute(layer.kind, x[:, self.row], model.weights(layer), *memory)
            for layer, x, memory in zip(model.layers, given, before, strict=True)
        )
        for one, output in zip(inside, outputs, strict=True):
            self.difference = max(self.difference, float(np.abs(one.hidden - output[:, 0, self.row]).max(initial=0.0)))
        self.inside.append(inside)
        return scores

    def state(self) -> tuple[Array, ...]:
        """The state as it is now, in the contract's order."""
        return tuple(self._state)

    def _before(self) -> list[tuple[Floats, Floats]]:
        """State and memory (H) of each layer before a step."""
        held = dict(zip(self.model.names, self._state, strict=True))
        hidden = held["hidden"]
        cell = held.get("cell", hidden)
        layers = len(self.model.layers)
        hidden, cell = (value.reshape(layers, -1, value.shape[-1]) for value in (hidden, cell))
        return [(hidden[index, self.row], cell[index, self.row]) for index in range(layers)]
