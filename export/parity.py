"""Measurements that a file gives what the network gives, in whatever pieces the input comes.

Letters: B batch, S samples, T frames, F numbers a frame of hands, C labels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from legato.app.engine.contract import Contract
from legato.app.engine.inputs import HANDS, POINTS
from legato.app.engine.session import Session
from legato.export.tasks import Net, stream

LIMIT = 1e-4
"""Largest difference of a score between two ways to compute it"""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Parity:
    """Largest differences of any score; None for what was not measured."""

    seconds: float
    """Length of the input"""
    chunkings: int
    """Random chunkings tried, after the one that gives one frame at a time"""
    onnx_chunked: float
    """ONNX in chunks against ONNX as a whole"""
    torch_chunked: float | None = None
    """PyTorch in chunks against PyTorch as a whole"""
    torch_onnx: float | None = None
    """ONNX as a whole against PyTorch as a whole"""

    @property
    def largest(self) -> float:
        """The worst of them; NaN where any score was none."""
        measured = (self.onnx_chunked, self.torch_chunked, self.torch_onnx)
        return float(np.max([value for value in measured if value is not None]))

    @property
    def holds(self) -> bool:
        """Whether nothing differs by more than LIMIT."""
        return self.largest <= LIMIT


def measure(session: Session, net: Net | None, seconds: float, chunkings: int = 3, seed: int = 0) -> Parity:
    """Parity over `seconds` of made-up input, for ONNX alone or, with `net`, for PyTorch too.

    Chunks are one frame at a time, and then `chunkings` times of random lengths.
    """
    random = np.random.default_rng(seed)
    hop = session.contract.hop
    frames = max(1, round(seconds / session.contract.hop_seconds))
    given = made_up(session.contract, frames, random)
    cuts = [np.ones(frames, np.int64), *(random_chunks(frames, random) for _ in range(chunkings))]
    pieces = [np.split(given, np.cumsum(cut)[:-1] * hop, axis=1) for cut in cuts]
    whole, _ = session.run(given, session.initial_state())
    onnx_chunked = max(difference(whole, _joined(session.stream().step, chunks)) for chunks in pieces)
    if net is None:
        return Parity(seconds, chunkings, onnx_chunked)
    expected = _torch_stream(net)(given)
    torch_chunked = max(difference(expected, _joined(_torch_stream(net), chunks)) for chunks in pieces)
    return Parity(seconds, chunkings, onnx_chunked, torch_chunked, torch_onnx=difference(whole, expected))


def difference(a: Floats, b: Floats) -> float:
    """The largest difference of two arrays of one shape; NaN where either holds one."""
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    return float(np.abs(a - b).max(initial=0))


def made_up(contract: Contract, frames: int, random: np.random.Generator) -> Floats:
    """One row of input for a model: audio (1, S), or hands (1, T, F)."""
    if contract.inputs[0] == "landmarks":
        return hands(frames, random)
    return sound(frames * contract.hop, contract.sample_rate, random)


def hands(frames: int, random: np.random.Generator) -> Floats:
    """One row (1, T, F) of two hands that wander, come and go, before a camera whose rate wanders from 10 to 90."""
    knots = max(2, frames // 8)
    at, ticks = np.linspace(0, 1, frames), np.linspace(0, 1, knots)

    def wander(low: float, high: float, count: int) -> Floats:
        values = random.uniform(low, high, (count, knots))
        return np.stack([np.interp(at, ticks, one) for one in values], axis=1).astype(np.float32)

    points = wander(-60, 60, HANDS * POINTS * 3).reshape(frames, HANDS, POINTS, 3)
    points[..., :2] += wander(100, 500, HANDS * 2).reshape(frames, HANDS, 1, 2)
    present = (wander(0, 1, HANDS) > 0.35) * wander(0.3, 1, HANDS)
    points[present == 0] = 0
    size = np.broadcast_to(np.array([640, 480], np.float32), (frames, 2))
    parts = (points.reshape(frames, -1), present, random.random((frames, HANDS)), size, 1 / wander(10, 90, 1))
    return np.concatenate(parts, axis=1).astype(np.float32)[None]


def sound(samples: int, rate: int, random: np.random.Generator) -> Floats:
    """One row (1, S) of noise and gliding tones whose loudness wanders between silence and clipping."""
    time = np.arange(samples) / rate
    knots = max(2, samples // (rate // 2))
    level = np.interp(time, np.linspace(0, max(time.max(initial=0), 1e-9), knots), random.uniform(-80, 6, knots))
    pitch = np.interp(time, np.linspace(0, max(time.max(initial=0), 1e-9), knots), random.uniform(80, 3000, knots))
    tone = np.sin(2 * np.pi * np.cumsum(pitch) / rate)
    mixed = 10 ** (level / 20) * (0.5 * tone + 0.3 * random.standard_normal(samples))
    mixed[level < -70] = 0.0
    return np.clip(mixed, -1, 1).astype(np.float32)[None]


def random_chunks(frames: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Lengths in frames that add up to `frames`: many short ones and a few long ones."""
    lengths: list[int] = []
    while frames > 0:
        lengths.append(min(frames, int(random.geometric(random.choice([0.5, 0.1, 0.01])))))
        frames -= lengths[-1]
    return np.array(lengths, dtype=np.int64)


def _joined(step: Callable[[Floats], Floats], chunks: Sequence[Floats]) -> Floats:
    """What a fresh stream gives for chunk after chunk, as one array."""
    return np.concatenate([step(chunk) for chunk in chunks], axis=1)


def _torch_stream(net: Net) -> Callable[[Floats], Floats]:
    """A stream through the PyTorch network that takes and gives numpy arrays."""
    step = stream(net)
    return lambda chunk: np.asarray(step(torch.from_numpy(chunk)).numpy())
