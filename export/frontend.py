"""The log-mel front end as ONNX operators.

Letters: B batch, S samples, T frames, W window, K frequency bins, M mel bands.
"""

import numpy as np
import torch

from legato.export.builder import GraphBuilder
from legato.models.frontend import LogMel


def write_frontend(graph: GraphBuilder, frontend: LogMel, audio: str, history: str) -> tuple[str, str]:
    """Features (B, T, M) of `audio` (B, S) after `history` (B, W − hop), and the next history."""
    samples = graph.add("Concat", history, audio, name="samples", axis=1)  # (B, W − hop + S)
    following = _last(graph, samples, frontend.history)
    early, late = _halves(graph, frontend, audio, samples)
    power = _power(graph, frontend, early, late)
    energy = graph.add("MatMul", power, graph.weight("mel", frontend.mel[: len(frontend.mel) // 2]), name="energy")
    raised = graph.add("Add", energy, graph.weight("floor", np.array(frontend.config.floor, np.float32)), name="raised")
    logarithm = graph.add("Log", raised, name="logarithm")
    centred = graph.add("Sub", logarithm, graph.weight("mean", frontend.mean), name="centred")
    return graph.add("Mul", centred, graph.weight("scale", frontend.scale), name="features"), following


def _last(graph: GraphBuilder, samples: str, count: int) -> str:
    """The last `count` samples; ValueError for none, since a state has at least one number."""
    if count < 1:
        raise ValueError("the front end's hop must be shorter than its window")
    begin, end, axis = graph.integers(-count), graph.integers(2**62), graph.integers(1)
    return graph.add("Slice", samples, begin, end, axis, name="following")


def _halves(graph: GraphBuilder, frontend: LogMel, audio: str, samples: str) -> tuple[str, str]:
    """Every frame's samples 1..W/2 in order, and W−1..W/2 backwards, (B, T, W/2) each.

    They are gathered by an index matrix, each frame's beginning plus offsets. Sample 0 meets the window's zero.
    """
    config = frontend.config
    length = graph.add("Shape", audio, name="length", start=1, end=2)
    stop = graph.add("Squeeze", length, name="stop")
    zero, hop = graph.scalar("zero", 0), graph.scalar("hop", config.hop)
    begins = graph.add("Range", zero, stop, hop, name="begins")
    column = graph.add("Unsqueeze", begins, graph.integers(1), name="column")  # (T, 1)
    forward = np.arange(1, config.window // 2 + 1)
    offsets = graph.weight("offsets", np.concatenate([forward, config.window - forward]))
    places = graph.add("Add", column, offsets, name="places")  # (T, W)
    frames = graph.add("Gather", samples, places, name="frames", axis=1)  # (B, T, W)
    early, late = graph.add_many("Split", frames, names=("early", "late"), axis=2, num_outputs=2)
    return early, late


def _power(graph: GraphBuilder, frontend: LogMel, early: str, late: str) -> str:
    """Squared magnitudes (B, T, K) of every frame's spectrum.

    The window and the cosines are the same at n and W − n, the sines opposite: two sums of half the length give what
    one of the whole length gives, with half the weights to read.
    """
    cosines, sines = _folded(frontend)
    even = graph.add("Add", early, late, name="even")
    odd = graph.add("Sub", early, late, name="odd")
    real = graph.add("MatMul", even, graph.weight("cosines", cosines), name="real")
    imaginary = graph.add("MatMul", odd, graph.weight("sines", sines), name="imaginary")
    squares = [graph.add("Mul", part, part, name=f"{part}_squared") for part in (real, imaginary)]
    return graph.add("Add", *squares, name="power")


def _folded(frontend: LogMel) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines (W/2, K) for samples 1..W/2; ValueError for a basis without the symmetry."""
    half = frontend.config.window // 2
    cosines, sines = frontend.basis.chunk(2, dim=1)
    symmetric = (
        frontend.config.window % 2 == 0
        and torch.allclose(cosines[1:], cosines[1:].flip(0), atol=1e-6)
        and torch.allclose(sines[1:], -sines[1:].flip(0), atol=1e-6)
        and not frontend.basis[0].any()
    )
    if not symmetric:
        raise ValueError("the front end's window must have an even length and be symmetric with a zero at its start")
    cosines = cosines[1 : half + 1].clone()
    cosines[-1] /= 2  # the middle sample is its own mirror image and would count twice
    return cosines, sines[1 : half + 1]
