"""The tensors that a stream carries from call to call, on the host or on the device.

A chunk is audio (B, S), landmarks (B, T, F) or text (B, T); its scores are (B, T, C) or (B, T, 2, C).

Letters: B batch, S samples, T frames, F numbers a frame of hands, C labels.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from legato.app.engine.contract import Contract, StateSpec
from legato.app.engine.inputs import Chunk

Array = NDArray[Any]
Floats = NDArray[np.float32]
Rows = NDArray[np.bool_]


def zeros(states: Sequence[StateSpec], batch: int) -> tuple[Array, ...]:
    """The state of `batch` streams that have heard nothing."""
    return tuple(np.zeros(state.sized(batch), dtype=state.dtype) for state in states)


def clear_rows(states: Sequence[StateSpec], values: Sequence[Array], rows: Rows) -> tuple[Array, ...]:
    """Copies of `values` with zeros in the given rows (B,) of the batch axis and the rest as it was."""
    cleared = []
    for state, value in zip(states, values, strict=True):
        copy = value.copy()
        np.moveaxis(copy, state.batch_axis, 0)[rows] = 0
        cleared.append(copy)
    return tuple(cleared)


class State(Protocol):
    """State of a batch of streams together with the way to advance it."""

    def step(self, chunk: Chunk) -> Floats:
        """Scores of a chunk."""

    def values(self) -> tuple[Array, ...]:
        """The tensors as they are now, on the host."""

    def clear(self, rows: Rows | None) -> None:
        """Zeros in the given rows (B,), or in all."""


class HostState:
    """State as numpy arrays, handed to the graph with every call."""

    def __init__(self, session: onnxruntime.InferenceSession, contract: Contract, batch: int) -> None:
        self._specs = contract.states
        self._batch = batch
        self._input = contract.inputs[0]
        self._names = [state.name for state in contract.states]
        self._outputs = ["scores", *(f"next_{name}" for name in self._names)]
        self._run: Callable[[list[str], dict[str, Array]], list[Array]] = session.run
        self._feed: dict[str, Array] = {}
        self.clear(None)

    def step(self, chunk: Chunk) -> Floats:
        """Scores of a chunk."""
        self._feed[self._input] = chunk
        scores, *values = self._run(self._outputs, self._feed)
        self._feed.update(zip(self._names, values, strict=True))
        return scores

    def values(self) -> tuple[Array, ...]:
        """The tensors as they are now."""
        return tuple(self._feed[name] for name in self._names)

    def clear(self, rows: Rows | None) -> None:
        """Zeros in the given rows (B,), or in all."""
        values = zeros(self._specs, self._batch) if rows is None else clear_rows(self._specs, self.values(), rows)
        self._feed.update(zip(self._names, values, strict=True))


class BoundState:
    """State that stays in the memory of a device between calls, by IO binding.

    Two sets of tensors take turns: what one call writes, the next one reads, and nothing is allocated on the way. Only
    the chunk goes to the device and only scores come back.
    """

    def __init__(self, session: onnxruntime.InferenceSession, contract: Contract, batch: int, device: str) -> None:
        """`device` is ONNX Runtime's name of it: "cuda" or "cpu"."""
        self._session = session
        self._specs = contract.states
        self._input = contract.inputs[0]
        self._batch = batch
        self._sets = tuple(self._allocate(device) for _ in range(2))
        self._bindings = tuple(self._bind(read, write) for read, write in (self._sets, self._sets[::-1]))
        self._turn = 0
        """Which set holds the state"""

    def _allocate(self, device: str) -> list[onnxruntime.OrtValue]:
        return [onnxruntime.OrtValue.ortvalue_from_numpy(value, device, 0) for value in zeros(self._specs, self._batch)]

    def _bind(self, read: list[onnxruntime.OrtValue], write: list[onnxruntime.OrtValue]) -> onnxruntime.IOBinding:
        binding = self._session.io_binding()
        for state, source, target in zip(self._specs, read, write, strict=True):
            binding.bind_ortvalue_input(state.name, source)
            binding.bind_ortvalue_output(f"next_{state.name}", target)
        return binding

    def step(self, chunk: Chunk) -> Floats:
        """Scores of a chunk."""
        binding = self._bindings[self._turn]
        binding.bind_cpu_input(self._input, chunk)
        binding.bind_output("scores", "cpu")  # its length changes with the chunk, so that each call allocates it
        binding.synchronize_inputs()
        self._session.run_with_iobinding(binding)
        binding.synchronize_outputs()
        self._turn = 1 - self._turn
        scores: Floats = binding.get_outputs()[-1].numpy()
        return scores

    def values(self) -> tuple[Array, ...]:
        """The tensors as they are now."""
        return tuple(value.numpy() for value in self._sets[self._turn])

    def clear(self, rows: Rows | None) -> None:
        """Zeros in the given rows (B,), or in all."""
        values = zeros(self._specs, self._batch) if rows is None else clear_rows(self._specs, self.values(), rows)
        for target, value in zip(self._sets[self._turn], values, strict=True):
            target.update_inplace(value)
