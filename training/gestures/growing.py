"""A gesture network with more units beside those that it has, which alone learn.

The units that are there hear none of the new ones, so that what they make of hands, and give to the labels that are
there, stays as it was; the new ones begin as their copies and hear all (progressive networks, Rusu et al. 2016, within
plain GRU layers). They may add to every label's score: a wave begins as a swipe does, and must be taken for none.

Letters: H units a layer before, C classes before.
"""

from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor

from legato.models.gesture import GestureNet
from legato.models.recurrent import Layer

_GATES = 3
_ORDERS = 2
"""Inputs of every layer that hold and reset it; the last ones"""


@dataclass(frozen=True)
class Kept:
    """What of a network does not learn."""

    hidden: int
    """The first units of each layer."""
    labels: tuple[str, ...]
    """Labels whose scores are read from these units as they are."""


def grown(net: GestureNet) -> GestureNet:
    """The same network with twice the units, the second half copies of the first that no score is read from yet."""
    hidden = net.config.hidden
    wide = GestureNet(replace(net.config, hidden=2 * hidden))
    weights = net.state_dict()
    for index in range(net.config.layers):
        name = f"layers.{index}.rnn."
        weights[name + "weight_ih_l0"] = _both(weights[name + "weight_ih_l0"], hidden if index else 0)
        weights[name + "weight_hh_l0"] = _both(weights[name + "weight_hh_l0"], hidden)
        for bias in ("bias_ih_l0", "bias_hh_l0"):
            weights[name + bias] = weights[name + bias].view(_GATES, hidden).repeat(1, 2).flatten()
    weights["head.weight"] = torch.cat((weights["head.weight"], torch.zeros_like(weights["head.weight"])), dim=1)
    wide.load_state_dict(weights)
    return wide


def _both(weight: Tensor, hidden: int) -> Tensor:
    """A weight (3 H, inputs) for both halves; of the first `hidden` inputs each half has its own."""
    own, shared = weight.unflatten(0, (_GATES, -1)).split((hidden, weight.shape[1] - hidden), dim=2)
    none = torch.zeros_like(own)
    first, second = torch.cat((own, none, shared), dim=2), torch.cat((none, own, shared), dim=2)
    return torch.cat((first, second), dim=1).flatten(0, 1)


def keep(net: GestureNet, kept: Kept) -> None:
    """Let what is `kept` of a network have no gradient."""
    for layer in net.layers:
        rnn = cast("Layer", layer).rnn
        for parameter in rnn.parameters():
            free = torch.zeros_like(parameter.data).unflatten(0, (_GATES, -1))
            free[:, kept.hidden :] = 1.0
            _only(parameter, free.flatten(0, 1))
    free = torch.ones_like(net.head.weight.data)
    bias = torch.ones_like(net.head.bias.data)
    for place in [0, *(1 + net.config.labels.index(label) for label in kept.labels)]:
        free[place, : kept.hidden] = bias[place] = 0.0
    _only(net.head.weight, free)
    _only(net.head.bias, bias)


def _only(parameter: Tensor, free: Tensor) -> None:
    parameter.register_hook(lambda gradient: gradient * free)
