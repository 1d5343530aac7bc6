"""How much of an error reaches the past: the norm of ∂L/∂state by lag, of any recurrent layer, and what it means.

Where a product of many Jacobians has factors below 1, gradients vanish; where above, they explode: Hochreiter 1991;
Bengio, Simard & Frasconi 1994; Pascanu, Mikolov & Bengio 2013.

Shapes: B sequences, T frames, F inputs, H hidden units.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from legato.models.cells import Weights, step

_ROWS, _FRAMES = 8, 200
"""Of a batch that are looked at"""
_LEFT = 0.01
"""Share of a gradient at which it is as good as gone"""
_SHORT = 10
"""Frames within which it is remarkable for a gradient to be gone"""
_GROWN = 100.0
"""Times a gradient grows over the frames for that to be remarkable"""


@dataclass(frozen=True)
class Flow:
    """Norms of the gradient of a loss at the last frame with respect to the state at each one before."""

    norms: tuple[float, ...]
    """By lag: first that of the last frame, then those further and further back; means over the sequences"""

    @property
    def reach(self) -> int | None:
        """The lag in frames at which less than a hundredth of the gradient is left; None where that is nowhere."""
        least = _LEFT * self.norms[0]
        return next((lag for lag, norm in enumerate(self.norms) if norm < least), None)

    @property
    def growth(self) -> float:
        """The largest norm against that of the last frame."""
        return max(self.norms) / self.norms[0] if self.norms[0] else 0.0

    @property
    def factor(self) -> float:
        """What a frame multiplies the norm by, in the mean of all of them; 0 where nothing is left."""
        norms = [norm for norm in self.norms if norm > 0]
        if len(norms) < 2:
            return 0.0
        ratios = [second / first for first, second in pairwise(norms)]
        return float(torch.tensor(ratios, dtype=torch.float64).log().mean().exp())


def flow(kind: str, x: Tensor, weights: Weights, loss: Callable[[Tensor], Tensor] | None = None) -> Flow:
    """The flow through a cell (`rnn`, `gru` or `lstm`) that reads sequences (B, T, F) from a state of zeros.

    `loss` makes a number of the last state (B, H), the sum over sequences of what each costs; without one it is how
    far the state goes in a fixed direction. An LSTM's state is both that and its memory.
    """
    size = weights.weight_hh.shape[1]
    hidden = x.new_zeros(x.shape[0], size)
    cell = x.new_zeros(x.shape[0], size) if kind == "lstm" else None
    handed: list[tuple[Tensor, ...]] = []
    with torch.enable_grad():
        hidden.requires_grad_()
        for frame in x.detach().unbind(dim=1):
            told = step(kind, frame, hidden, cell, weights)
            # Clones, so that a gradient is of what is handed on and not of what the same frame makes of it.
            hidden, cell = told.hidden.clone(), told.cell.clone() if told.cell is not None else None
            handed.append((hidden,) if cell is None else (hidden, cell))
        total = loss(hidden) if loss else (hidden * _direction(size, hidden)).sum()
        wanted = [part for parts in handed for part in parts]
        gradients: Iterator[Tensor | None] = iter(torch.autograd.grad(total, wanted, allow_unused=True))
    norms = []
    for parts in handed:
        found = [next(gradients) for _ in parts]
        squares = [one.square().sum(dim=1) for one in found if one is not None]
        norms.append(float(torch.stack(squares).sum(dim=0).sqrt().mean()) if squares else 0.0)
    return Flow(tuple(norms[::-1]))


def _direction(size: int, like: Tensor) -> Tensor:
    chance = torch.Generator().manual_seed(1)
    direction = torch.randn(size, generator=chance).to(like)
    unit: Tensor = direction / direction.norm()
    return unit


def kind_of(layer: nn.RNNBase) -> str:
    """The name of a layer's cell."""
    if isinstance(layer, nn.LSTM):
        return "lstm"
    return "gru" if isinstance(layer, nn.GRU) else "rnn"


class FlowWatch:
    """Looks now and then at the flow through every recurrent layer of what is being trained, and tells what is wrong.

    It reads what a layer is given in a step of the training, from a state of zeros; the training is not touched.
    """

    def __init__(self, objective: nn.Module, clip: float, tell: Callable[[str], None], every: int = 100) -> None:
        """`clip` is the largest norm of the gradient in training, `tell` takes warnings, one a line."""
        self._layers = {name: one for name, one in objective.named_modules() if isinstance(one, nn.RNNBase)}
        self._clip, self._tell, self._every = clip, tell, every
        self._norms = deque[float](maxlen=every)
        self._given: dict[str, Tensor] = {}
        self._told = set[str]()

    @contextmanager
    def looking(self, number: int) -> Iterator[None]:
        """Around the forward pass of step `number`."""
        if number % self._every:
            yield
            return
        hooks = [
            one.register_forward_pre_hook(lambda _module, given, name=name: self._take(name, given[0]))
            for name, one in self._layers.items()
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def found(self, loss: float, norm: float) -> Mapping[str, Flow]:
        """After a step, with its loss and the gradient's norm before clipping: flows by layer, if it was looked.

        What is remarkable is told, each thing once.
        """
        self._norms.append(norm)
        if math.isnan(loss):
            self._warn("the loss is no number any more: the run has exploded; lower the rate or loop.clip")
        flows = {}
        for name, x in self._given.items():
            layer = self._layers[name]
            flows[name] = flow(kind_of(layer), x.float(), Weights(*(one.float() for one in Weights.of(layer))))
            self._judge(name, flows[name], x.shape[1])
        if flows and len(self._norms) == self._every and median(self._norms) > 3 * self._clip:
            self._warn(
                f"clipping cuts most gradients down (their norm is {median(self._norms):.2g}, the limit "
                f"{self._clip:g}): the rate may be too high"
            )
        self._given = {}
        return flows

    def _take(self, name: str, given: Any) -> None:
        x = pad_packed_sequence(given, batch_first=True)[0] if isinstance(given, PackedSequence) else given
        self._given[name] = x.detach()[:_ROWS, :_FRAMES]

    def _judge(self, name: str, found: Flow, frames: int) -> None:
        reach = found.reach
        if reach is not None and reach < min(_SHORT, frames):
            self._warn(f"{name}: a gradient is gone after {reach} frames: it vanishes; what is earlier is not learned")
        if found.growth > _GROWN:
            self._warn(f"{name}: a gradient grows {found.growth:.2g}-fold on its way back: it explodes; keep clipping")

    def _warn(self, line: str) -> None:
        """Tell a line once, whatever numbers are in it."""
        plain = "".join(one for one in line if not one.isdigit())
        if plain not in self._told:
            self._told.add(plain)
            self._tell(f"warning: {line}")
