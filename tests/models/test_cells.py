"""The written-out cells against PyTorch's fused ones: outputs, states and gradients."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from legato.models import cells
from legato.models.cells import Weights
from legato.models.gru import GRU

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
TOLERANCE, GRADIENT = 1e-5, 1e-4
SIZES = st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 9), st.integers(1, 20))
"""Rows, frames, inputs, units"""


def largest(ours: Tensor, theirs: Tensor) -> float:
    return float((ours - theirs).detach().abs().max())


@pytest.mark.parametrize("kind", LAYERS)
@settings(max_examples=12, deadline=None)
@given(sizes=SIZES, seed=st.integers(0, 99))
def test_outputs_states_and_gradients_are_pytorchs(kind: str, sizes: tuple[int, int, int, int], seed: int) -> None:
    batch, frames, inputs, width = sizes
    torch.manual_seed(seed)
    layer = LAYERS[kind](inputs, width, batch_first=True)
    x = torch.randn(batch, frames, inputs, requires_grad=True)
    hidden, cell = (torch.randn(batch, width, requires_grad=True) for _ in range(2))
    begin = (hidden[None], cell[None]) if kind == "lstm" else hidden[None]
    theirs, after = layer(x, begin)
    ours, last = cells.run(kind, x, Weights.of(layer), hidden, cell)
    last_hidden, last_cell = after if kind == "lstm" else (after, None)
    assert largest(ours, theirs) <= TOLERANCE, f"outputs differ by {largest(ours, theirs)}"
    assert largest(last.hidden, last_hidden[0]) <= TOLERANCE
    if last_cell is not None and last.cell is not None:
        assert largest(last.cell, last_cell[0]) <= TOLERANCE
    wanted = [x, hidden, *([cell] if kind == "lstm" else []), *layer.parameters()]
    weight = torch.randn_like(theirs)
    one, other = (torch.autograd.grad((y * weight).sum(), wanted) for y in (ours, theirs))
    differences = [largest(*pair) for pair in zip(one, other, strict=True)]
    assert max(differences) <= GRADIENT, f"gradients differ by {max(differences)}"


@pytest.mark.parametrize("kind", LAYERS)
def test_both_directions_of_a_layer(kind: str) -> None:
    torch.manual_seed(3)
    layer = LAYERS[kind](5, 7, batch_first=True, bidirectional=True)
    x, zeros = torch.randn(2, 9, 5), torch.zeros(2, 7)
    forward, _ = cells.run(kind, x, Weights.of(layer), zeros, zeros)
    backward, _ = cells.run(kind, x.flip(1), Weights.of(layer, reverse=True), zeros, zeros)
    assert largest(torch.cat([forward, backward.flip(1)], dim=2), layer(x)[0]) <= TOLERANCE


def test_the_quick_gru_is_the_same() -> None:
    torch.manual_seed(4)
    layer, x, zeros = GRU(4, 6), torch.randn(3, 8, 4), torch.zeros(3, 6)
    assert largest(cells.run("gru", x, Weights.of(layer), zeros)[0], layer(x)[0]) <= TOLERANCE


def test_gates_lie_between_their_ends() -> None:
    torch.manual_seed(5)
    layer, x, zeros = nn.LSTM(4, 6, batch_first=True), 9 * torch.randn(3, 8, 4), torch.zeros(3, 6)
    _, step = cells.run("lstm", x, Weights.of(layer), zeros, zeros)
    assert list(step.gates) == ["input", "forget", "candidate", "output"]
    for name, gate in step.gates.items():
        assert (-1 if name == "candidate" else 0) <= float(gate.detach().min()) <= float(gate.detach().max()) <= 1


def test_what_cannot_be_run() -> None:
    layer, zeros = nn.LSTM(4, 6), torch.zeros(1, 6)
    with pytest.raises(ValueError, match="memory is missing"):
        cells.run("lstm", torch.zeros(1, 2, 4), Weights.of(layer), zeros)
    with pytest.raises(ValueError, match="at least one frame"):
        cells.run("gru", torch.zeros(1, 0, 4), Weights.of(layer), zeros)
