"""A model tried on made-up input: chunks must give what the whole gives, rows of a batch what each gives alone.

Letters: B batch, S samples, T frames.
"""

import numpy as np

from legato.app.engine import inputs
from legato.app.engine.session import Session

HOLDS = 1e-4
"""Largest difference of a score that is rounding"""
_SECONDS = 4.0
_PEAK = 0.1
_CHARACTERS = 200


def largest_difference(session: Session, seed: int = 0) -> float:
    """The largest difference of a score between two ways that must give the same."""
    chance = np.random.default_rng(seed)
    if "lengths" in session.contract.inputs:
        return _padded(session, chance)
    whole = _made_up(session, chance)
    expected = session.stream().step(whole)
    stream, parts, begin = session.stream(), [], 0
    hop = session.contract.hop
    while begin < whole.shape[1]:
        size = hop * int(chance.integers(1, 12))
        parts.append(stream.step(whole[:, begin : begin + size]))
        begin += size
    return float(np.abs(np.concatenate(parts, axis=1) - expected).max())


def _made_up(session: Session, chance: np.random.Generator) -> inputs.Chunk:
    """Noise (1, S) that swells and fades, hands (1, T, F) that move at random, or characters (1, T)."""
    contract = session.contract
    if contract.inputs[0] == "text":
        return chance.integers(0, len(contract.labels), (1, _CHARACTERS))
    if contract.inputs[0] == "landmarks":
        frames = round(_SECONDS * contract.sample_rate)
        moves = chance.normal(size=(1, frames, inputs.FRAME)).astype(np.float32)
        moves[..., -3:-1], moves[..., -1] = 640.0, 1 / contract.sample_rate
        return moves
    count = round(_SECONDS * contract.sample_rate / contract.hop) * contract.hop
    swell = np.sin(np.linspace(0, 12, count)) ** 2
    return (_PEAK * swell * chance.normal(size=count)).astype(np.float32)[None]


def _padded(session: Session, chance: np.random.Generator) -> float:
    """Two recordings together and each alone."""
    long = np.asarray(_made_up(session, chance), np.float32)
    size = long.shape[1] // 2 // session.contract.hop * session.contract.hop
    short = np.where(np.arange(long.shape[1]) < size, long, 0).astype(np.float32)
    together = session.whole(np.concatenate((long, short)), np.array([long.shape[1], size]))
    alone = session.whole(long[:, :size], np.array([size]))[0]
    return float(np.abs(together[1, : len(alone)] - alone).max())
