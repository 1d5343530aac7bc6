"""What graphs take: sound, the landmarks of hands, or text.

Letters: B batch, S samples, T frames, C labels, F = 133 numbers a frame of hands.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from legato.app.engine.contract import Contract

Floats = NDArray[np.float32]

HANDS = 2
"""Hands in a frame"""
POINTS = 21
"""Points of a hand, as MediaPipe orders them"""
FRAME = HANDS * POINTS * 3 + HANDS + HANDS + 2 + 1
"""Numbers a frame of hands, in this order: x, y, z in pixels of each point of each hand; each hand's presence, 0..1;
how likely each is a right hand; width and height of the picture; seconds since the frame before"""


Chunk = NDArray[np.float32] | NDArray[np.int64]
"""Sound or hands, or a text"""


def checked(contract: "Contract", chunk: Chunk) -> Chunk:
    """A chunk as contiguous float32: audio (B, S) or landmarks (B, T, F); or int64: places of characters (B, T).

    ValueError where it has another shape, S is no multiple of the hop, or a place is none of a label.
    """
    if contract.inputs[0] == "text":
        if chunk.ndim != 2 or (chunk.size and not 0 <= chunk.min() <= chunk.max() < len(contract.labels)):
            raise ValueError(f"text must be (B, T) places of {len(contract.labels)} characters, not {chunk.shape}")
        return np.ascontiguousarray(chunk, dtype=np.int64)
    if contract.inputs[0] == "landmarks":
        if chunk.ndim != 3 or chunk.shape[2] != FRAME:
            raise ValueError(f"landmarks must be (B, T, {FRAME}), not {chunk.shape}")
    elif chunk.ndim != 2 or chunk.shape[1] % contract.hop:
        raise ValueError(f"audio must be (B, S) with S a multiple of {contract.hop}, not {chunk.shape}")
    return np.ascontiguousarray(chunk, dtype=np.float32)


def smallest(contract: "Contract") -> Chunk:
    """One frame of silence, or of no hands; or one character."""
    if contract.inputs[0] == "text":
        return np.zeros((1, 1), np.int64)
    if contract.inputs[0] == "landmarks":
        return np.zeros((1, 1, FRAME), np.float32)
    return np.zeros((1, contract.hop), np.float32)


def no_scores(contract: "Contract", batch: int) -> Floats:
    """The scores of no time at all: (B, 0, C), or (B, 0, hands, C)."""
    shape = (batch, 0, HANDS) if contract.inputs[0] == "landmarks" else (batch, 0)
    return np.zeros((*shape, len(contract.labels)), dtype=np.float32)
