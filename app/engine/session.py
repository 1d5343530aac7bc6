"""A model file ready to run (`Session`, shared) and what one stream or batch of streams remembers (`Stream`, its own).

A chunk is audio (B, S), the landmarks of hands (B, T, F) or text (B, T), as `engine.inputs` describes; its scores are
(B, T, C), or (B, T, 2, C) for two hands.

Letters: B batch, S samples (a multiple of the hop), T = S / hop frames, F numbers a frame of hands, C labels.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from legato.app.engine import inputs, providers
from legato.app.engine.contract import Contract, read_contract
from legato.app.engine.errors import ModelError
from legato.app.engine.graph import open_graph
from legato.app.engine.inputs import Chunk
from legato.app.engine.promises import check_graph
from legato.app.engine.states import Array, BoundState, Floats, HostState, State, zeros


class Session:
    """An opened model: immutable, and safe to use from many threads at once."""

    def __init__(self, session: onnxruntime.InferenceSession, contract: Contract, path: Path) -> None:
        """Use `Session.open`."""
        self.contract = contract
        self.path = path
        self.provider = providers.in_use(session)
        """What it really runs on: "CUDA" or "CPU" """
        self._session = session
        self._input = contract.inputs[0]
        self._names = tuple(state.name for state in contract.states)
        self._outputs = ["scores", *(f"next_{name}" for name in self._names)]

    @classmethod
    def open(cls, path: str | os.PathLike[str], device: str = "auto", threads: int = 1) -> "Session":
        """The model in the file `path`, checked against its own contract.

        `device` is "auto", "cpu" or "cuda"; `threads` is how many of them one call may use. ModelError for a file that
        cannot be read or contradicts its contract, DeviceError for "cuda" where there is none.
        """
        path = Path(path)
        session = open_graph(path, device, threads)
        contract = read_contract(session, str(path))
        check_graph(contract, session, str(path))
        return cls(session, contract, path)

    def initial_state(self, batch: int = 1) -> tuple[Array, ...]:
        """Zeros: the state of `batch` streams that have heard nothing, in the contract's order."""
        return zeros(self.contract.states, batch)

    def run(self, chunk: Chunk, state: Sequence[Array]) -> tuple[Floats, tuple[Array, ...]]:
        """Scores of a chunk, and the next state. ValueError where the chunk has a shape that cannot be."""
        chunk = inputs.checked(self.contract, chunk)
        if not chunk.size:
            return inputs.no_scores(self.contract, len(chunk)), tuple(state)
        feed = dict(zip(self._names, state, strict=True)) | {self._input: chunk}
        scores, *following = self._session.run(self._outputs, feed)
        return scores, tuple(following)

    def whole(self, audio: Floats, lengths: NDArray[np.int64]) -> Floats:
        """Scores (B, T, C) of padded recordings (B, S) with `lengths` (B,) in samples, each at least 1.

        What lies behind a row's end is silence; each row scores as if it were alone, zeros behind its last frame.
        ValueError where the audio has a shape that cannot be.
        """
        sound = inputs.checked(self.contract, audio)
        if lengths.shape != (len(audio),) or lengths.min(initial=1) < 1 or lengths.max(initial=1) > audio.shape[1]:
            raise ValueError(f"lengths must be {len(audio)} numbers from 1 to {audio.shape[1]}, not {lengths}")
        (scores,) = self._session.run(["scores"], {"audio": sound, "lengths": lengths})
        return np.asarray(scores, np.float32)

    def stream(self, batch: int = 1) -> "Stream":
        """A new batch of streams, all at their start; ModelError for a model that reads whole recordings."""
        if "lengths" in self.contract.inputs:
            raise ModelError(f"{self.path}: reads whole recordings, not sound as it comes")
        state: State
        if self.provider == "CUDA":
            state = BoundState(self._session, self.contract, batch, "cuda")
        else:
            state = HostState(self._session, self.contract, batch)
        return Stream(self, state, batch)


class Stream:
    """A batch of streams through one session. It belongs to one thread at a time."""

    def __init__(self, session: Session, state: State, batch: int) -> None:
        """Use `Session.stream`."""
        self.session = session
        self.batch = batch
        self.consumed = 0
        """Samples or frames a row that were consumed; a reset does not turn it back"""
        self._state = state

    def step(self, chunk: Chunk) -> Floats:
        """Scores of the next chunk. ValueError where it has a shape that cannot be."""
        chunk = inputs.checked(self.session.contract, chunk)
        if len(chunk) != self.batch:
            raise ValueError(f"{len(chunk)} rows of {self.session.contract.inputs[0]} for {self.batch} streams")
        if not chunk.size:
            return inputs.no_scores(self.session.contract, self.batch)
        scores = self._state.step(chunk)
        self.consumed += chunk.shape[1]
        return scores

    def reset(self, rows: Sequence[bool] | NDArray[np.bool_] | None = None) -> None:
        """Zero the state of the rows where `rows` (B,) is true, or of all; nothing else changes."""
        if rows is None:
            self._state.clear(None)
            return
        mask = np.asarray(rows, dtype=np.bool_)
        if mask.shape != (self.batch,):
            raise ValueError(f"rows must be ({self.batch},), not {mask.shape}")
        self._state.clear(mask)

    def state(self) -> tuple[Array, ...]:
        """The state as it is now, in the contract's order; `Session.run` goes on from it."""
        return tuple(value.copy() for value in self._state.values())
