"""Measurements that a file gives what the network gives, in whatever pieces the input comes.

Scores are compared as probabilities, also those of models that write or know text, whose scores are logarithms.

Letters: B batch, S samples, T frames, F numbers a frame of hands, C labels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from legato.app.engine.contract import CHARACTERS, SPEECH, Contract
from legato.app.engine.inputs import HANDS, POINTS, Chunk
from legato.app.engine.session import Session
from legato.export.tasks import Net, Streaming, stream
from legato.models.speech import SpeechNet

LIMIT = 1e-4
"""Largest difference of a score between two ways to compute it"""

_ROWS = 8
"""Recordings in a batch that is tried"""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Parity:
    """Largest differences of any score; None for what was not measured."""

    seconds: float
    """Length of the input"""
    pieces: str
    """What the input was tried in, beside as a whole"""
    onnx_pieces: float
    """ONNX in pieces against ONNX as a whole"""
    torch_pieces: float | None = None
    """PyTorch in pieces against PyTorch as a whole"""
    torch_onnx: float | None = None
    """ONNX as a whole against PyTorch as a whole"""

    @property
    def largest(self) -> float:
        """The worst of them; NaN where any score was none."""
        measured = (self.onnx_pieces, self.torch_pieces, self.torch_onnx)
        return float(np.max([value for value in measured if value is not None]))

    @property
    def holds(self) -> bool:
        """Whether nothing differs by more than LIMIT."""
        return self.largest <= LIMIT


def measure(session: Session, net: Net | None, seconds: float, chunkings: int = 3, seed: int = 0) -> Parity:
    """Parity over `seconds` of made-up input, for ONNX alone or, with `net`, for PyTorch too.

    A model that streams gets it one frame at a time, and then in `chunkings` times of random lengths; one that reads
    whole recordings gets recordings of different lengths, together in a padded batch and each alone.
    """
    random = np.random.default_rng(seed)
    frames = max(1, round(seconds / session.contract.hop_seconds))
    if "lengths" in session.contract.inputs:
        return _in_batches(session, net, frames, random)
    return _in_chunks(session, net, frames, chunkings, random)


def _in_chunks(session: Session, net: Net | None, frames: int, chunkings: int, random: np.random.Generator) -> Parity:
    hop, seconds = session.contract.hop, frames * session.contract.hop_seconds
    given = made_up(session.contract, frames, random)
    cuts = [np.ones(frames, np.int64), *(random_chunks(frames, random) for _ in range(chunkings))]
    chunks = [cast("list[Chunk]", np.split(given, np.cumsum(cut)[:-1] * hop, axis=1)) for cut in cuts]
    told = _probabilities(session.contract)
    whole = told(session.run(given, session.initial_state())[0])
    onnx_pieces = max(difference(whole, told(_joined(session.stream().step, one))) for one in chunks)
    pieces = f"1 frame at a time and {chunkings} random chunkings"
    if net is None or isinstance(net, SpeechNet):
        return Parity(seconds, pieces, onnx_pieces)
    expected = told(_torch_stream(net)(given))
    torch_pieces = max(difference(expected, told(_joined(_torch_stream(net), one))) for one in chunks)
    return Parity(seconds, pieces, onnx_pieces, torch_pieces, torch_onnx=difference(whole, expected))


def _in_batches(session: Session, net: Net | None, frames: int, random: np.random.Generator) -> Parity:
    hop, rows = session.contract.hop, min(_ROWS, frames)
    counts = np.sort(random_lengths(frames, rows, random))[::-1]
    lengths = np.maximum(counts * hop - random.integers(0, hop, rows), 1)
    audio = np.zeros((rows, int(counts[0]) * hop), np.float32)
    for row, length in zip(audio, lengths, strict=True):
        row[:length] = sound(int(length), session.contract.sample_rate, random)[0]
    whole, onnx_pieces = _batch_and_rows(session.whole, audio, lengths, counts)
    seconds, pieces = frames * session.contract.hop_seconds, f"{rows} recordings alone, and in one padded batch"
    if not isinstance(net, SpeechNet):
        return Parity(seconds, pieces, onnx_pieces)

    def run(sounds: Floats, samples: NDArray[np.int64]) -> Floats:
        with torch.inference_mode():
            return np.asarray(net(torch.from_numpy(sounds), torch.from_numpy(samples)).numpy())

    expected, torch_pieces = _batch_and_rows(run, audio, lengths, counts)
    return Parity(seconds, pieces, onnx_pieces, torch_pieces, torch_onnx=difference(whole, expected))


def _batch_and_rows(
    run: Callable[[Floats, NDArray[np.int64]], Floats],
    audio: Floats,
    lengths: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> tuple[Floats, float]:
    """Probabilities of a padded batch, and by how much they differ from those of its rows alone."""
    together, hop = np.exp(run(audio, lengths)), audio.shape[1] // counts[0]
    alone = [
        np.exp(run(audio[row : row + 1, : count * hop], lengths[row : row + 1])) for row, count in enumerate(counts)
    ]
    worst = max(difference(together[row : row + 1, : one.shape[1]], one) for row, one in enumerate(alone))
    return together, worst


def _probabilities(contract: Contract) -> Callable[[Floats], Floats]:
    """What makes probabilities of a model's scores."""
    return np.exp if contract.task in {SPEECH, CHARACTERS} else lambda scores: scores


def random_lengths(frames: int, rows: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Lengths in frames of `rows` recordings, at least 1 each, that add up to `frames`."""
    cuts = np.sort(random.choice(np.arange(1, frames), rows - 1, replace=False))
    return np.diff(np.concatenate([[0], cuts, [frames]])).astype(np.int64)


def difference(a: Floats, b: Floats) -> float:
    """The largest difference of two arrays of one shape; NaN where either holds one."""
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    return float(np.abs(a - b).max(initial=0))


def made_up(contract: Contract, frames: int, random: np.random.Generator) -> Chunk:
    """One row of input for a model: audio (1, S), hands (1, T, F), or text (1, T)."""
    if contract.inputs[0] == "text":
        return random.integers(0, len(contract.labels), (1, frames))
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


def _joined(step: Callable[[Chunk], Floats], chunks: Sequence[Chunk]) -> Floats:
    """What a fresh stream gives for chunk after chunk, as one array."""
    return np.concatenate([step(chunk) for chunk in chunks], axis=1)


def _torch_stream(net: Streaming) -> Callable[[Chunk], Floats]:
    """A stream through the PyTorch network that takes and gives numpy arrays."""
    step = stream(net)
    return lambda chunk: np.asarray(step(torch.from_numpy(chunk)).numpy())
