"""PyTorch's GRU, which learns two to four times faster on a CPU from packed streams of several lengths.

PyTorch differentiates such a layer as a chain of small operations, and adds up the gradient of the recurrent weights
frame by frame. Here back-propagation through time is written out: a frame costs one matrix product in each direction,
and the weights' gradient is one product for all frames. The cell: Cho et al. 2014, with the reset gate behind the
product, as cuDNN has it. `training/recipes/measure_gru.py` times both.

Shapes: B streams, T frames, N = frames of all streams together, F inputs, H hidden units.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence


class GRU(nn.GRU):
    """`torch.nn.GRU` of one layer, batch first; the same weights, outputs and gradients."""

    def __init__(self, inputs: int, hidden: int, *, batch_first: bool = True, bidirectional: bool = False) -> None:
        super().__init__(inputs, hidden, batch_first=batch_first, bidirectional=bidirectional)

    def forward(self, input: Tensor | PackedSequence, hx: Tensor | None = None) -> Any:  # noqa: A002 - PyTorch's name
        """Frames (B, T, F), or packed ones, and states (directions, B, H) to outputs of the same form and states."""
        learns = self.training and torch.is_grad_enabled()
        if not (learns and isinstance(input, PackedSequence) and input.data.device.type == "cpu"):
            return super().forward(input, hx)
        hx = None if hx is None else self.permute_hidden(hx, input.sorted_indices)
        y, hidden = self._learn(input.data, hx, input.batch_sizes.tolist())
        return input._replace(data=y), self.permute_hidden(hidden, input.unsorted_indices)

    def _learn(self, x: Tensor, hx: Tensor | None, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Frames (N, F) in order of time, with so many `rows` each, to outputs (N, directions H) and last states."""
        outputs, states = [], []
        for place, suffix in enumerate(("", "_reverse") if self.bidirectional else ("",)):
            heard, recurrent = (getattr(self, f"weight_{name}_l0{suffix}") for name in ("ih", "hh"))
            offset, inner = (getattr(self, f"bias_{name}_l0{suffix}") for name in ("ih", "hh"))
            hidden = x.new_zeros(rows[0], self.hidden_size, dtype=recurrent.dtype) if hx is None else hx[place]
            y, last = _Recurrence.apply(functional.linear(x, heard, offset), recurrent, inner, hidden, rows, place == 1)
            outputs.append(y)
            states.append(last)
        return torch.cat(outputs, dim=1), torch.stack(states)


class _Recurrence(torch.autograd.Function):
    """What a layer adds to its inputs' share of the gates: products with the states before, in one direction.

    Under bfloat16 autocast the products are made in it; states and gates stay as they are.
    """

    @staticmethod
    def forward(  # noqa: PLR0917 - what a cell has
        ctx: Any, given: Tensor, weight: Tensor, bias: Tensor, hidden: Tensor, rows: Sequence[int], backward: bool
    ) -> tuple[Tensor, Tensor]:
        """Inputs' share of the gates (N, 3 H), reset, update, new; weights (3 H, H) and bias (3 H); states (B, H)."""
        width, given = weight.shape[1], given.to(weight.dtype)
        kind = torch.bfloat16 if torch.is_autocast_enabled("cpu") else weight.dtype
        with torch.autocast("cpu", enabled=False):
            order, turned = _spans(rows, backward), weight.to(kind).t()
            y, new, inner = (given.new_empty(len(given), width) for _ in range(3))
            gates = given[:, : 2 * width] + bias[: 2 * width]
            before = hidden
            for start, count in order:
                span = slice(start, start + count)
                joined = [before, hidden[len(before) : count]] if len(before) < count else None
                before = torch.cat(joined) if joined else before[:count]
                product = before.to(kind) @ turned
                gate = gates[span].add_(product[:, : 2 * width]).sigmoid_()
                torch.add(product[:, 2 * width :], bias[2 * width :], out=inner[span])
                torch.addcmul(given[span, 2 * width :], gate[:, :width], inner[span], out=new[span]).tanh_()
                before = torch.lerp(new[span], before, gate[:, width:], out=y[span])
            earlier, last = _places(rows, backward)
            every = torch.cat([hidden, y])
            ctx.save_for_backward(weight.to(kind), every[earlier], gates, new, inner)
        ctx.order = order
        return y, every[last]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, outputs: Tensor, last: Tensor) -> tuple[Tensor | None, ...]:
        """Gradients of everything that `forward` takes."""
        weight, before, gates, new, inner = ctx.saved_tensors
        width = weight.shape[1]
        reset, update = gates[:, :width], gates[:, width:]
        # How the gates' arguments, before their squashing, change the next state: all that is known without a gradient.
        candidate = (1 - update) * (1 - new * new)
        slopes = torch.stack(
            [candidate * inner * reset * (1 - reset), (before - new) * update * (1 - update), candidate * reset], dim=1
        )
        carried, each = last.clone(), outputs.clone()
        for start, count in reversed(ctx.order):
            span = slice(start, start + count)
            gradient = each[span].add_(carried[:count])
            product = slopes[span].mul_(gradient[:, None]).view(count, -1).to(weight.dtype) @ weight
            torch.addcmul(product, gradient, update[span], out=carried[:count])
        recurrent = slopes.view(len(slopes), -1)
        given = torch.cat([recurrent[:, : 2 * width], each * candidate], dim=1)
        weights = recurrent.to(weight.dtype).t() @ before.to(weight.dtype)
        return given, weights.to(given.dtype), recurrent.sum(dim=0), carried, None, None


def _spans(rows: Sequence[int], backward: bool) -> list[tuple[int, int]]:
    """Where each frame's rows begin and how many they are, in the order in which they are gone through."""
    spans, start = [], 0
    for count in rows:
        spans.append((start, count))
        start += count
    return spans[::-1] if backward else spans


def _places(rows: Sequence[int], backward: bool) -> tuple[Tensor, Tensor]:
    """Where in the first states (B) and then the outputs (N) the state before each output is, and each stream's last.

    Long tensors (N,) and (B,).
    """
    streams = torch.arange(rows[0])
    now, earlier = streams, [torch.empty(0, dtype=torch.long)] * len(rows)
    steps = range(len(rows) - 1, -1, -1) if backward else range(len(rows))
    starts = [start for start, _ in _spans(rows, backward=False)]
    for step in steps:
        count = rows[step]
        earlier[step] = now[:count]
        now = torch.cat([len(streams) + starts[step] + streams[:count], now[count:]])
    return torch.cat(earlier), now
