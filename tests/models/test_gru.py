"""The GRU that learns faster on a CPU: outputs and gradients are those of PyTorch's."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from legato.models.gru import GRU


def pair(inputs: int, hidden: int, bidirectional: bool) -> tuple[nn.GRU, GRU]:
    """PyTorch's and ours with the same weights, in double precision."""
    theirs = nn.GRU(inputs, hidden, batch_first=True, bidirectional=bidirectional).double()
    ours = GRU(inputs, hidden, bidirectional=bidirectional).double()
    ours.load_state_dict(theirs.state_dict())
    return theirs, ours


def learned(net: nn.GRU, x: Tensor, hx: Tensor | None, lengths: Tensor | None) -> list[Tensor]:
    """Outputs, last states, and the gradients of inputs, first states and weights of a loss that all of them have."""
    x = x.clone().requires_grad_()
    hx = None if hx is None else hx.clone().requires_grad_()
    packed = x if lengths is None else pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    y, hidden = net(packed, hx)
    data = y.data if isinstance(y, PackedSequence) else y
    weights = torch.linspace(0.5, 1.5, data.numel(), dtype=x.dtype).view_as(data)
    net.zero_grad()
    ((data * weights).sin().sum() + (hidden * 1.5).cos().sum()).backward()
    gradients = [x.grad, *([] if hx is None else [hx.grad]), *(weight.grad for weight in net.parameters())]
    return [data.detach(), hidden.detach(), *(gradient for gradient in gradients if gradient is not None)]


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**31),
    rows=st.integers(1, 5),
    frames=st.integers(1, 9),
    inputs=st.integers(1, 6),
    hidden=st.integers(1, 7),
    bidirectional=st.booleans(),
    packed=st.booleans(),
    begun=st.booleans(),
)
def test_outputs_and_gradients_are_those_of_pytorch(
    *, seed: int, rows: int, frames: int, inputs: int, hidden: int, bidirectional: bool, packed: bool, begun: bool
) -> None:
    torch.manual_seed(seed)
    theirs, ours = pair(inputs, hidden, bidirectional)
    x = torch.randn(rows, frames, inputs, dtype=torch.float64)
    hx = torch.randn(1 + bidirectional, rows, hidden, dtype=torch.float64) if begun else None
    lengths = torch.randint(1, frames + 1, (rows,)) if packed else None
    expected, found = learned(theirs, x, hx, lengths), learned(ours, x, hx, lengths)
    assert len(expected) == len(found)
    for one, other in zip(expected, found, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-9, atol=1e-10)


def test_without_learning_it_is_pytorch_itself() -> None:
    theirs, ours = pair(3, 4, bidirectional=False)
    x = torch.randn(2, 5, 3, dtype=torch.float64)
    ours.eval()
    assert torch.equal(theirs(x)[0], ours(x)[0])


@pytest.mark.parametrize("bidirectional", [False, True])
def test_in_sixteen_bits_gradients_point_the_same_way(bidirectional: bool) -> None:
    torch.manual_seed(1)
    net = GRU(24, 32, bidirectional=bidirectional)
    x = torch.randn(6, 40, 24)
    lengths = torch.tensor([40, 40, 33, 21, 9, 1])
    exact = learned(net, x, None, lengths)
    with torch.autocast("cpu", torch.bfloat16):
        rough = learned(net, x, None, lengths)
    for one, other in zip(exact, rough, strict=True):
        assert other.dtype == one.dtype
        assert torch.cosine_similarity(one.flatten(), other.flatten(), dim=0) > 0.99
