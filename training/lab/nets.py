"""The networks of the laboratory: one recurrent layer and a linear answer, with the ways to begin that are compared.

Shapes: B sequences, T steps, F inputs, H hidden units, G gates, Q steps that are asked about, C answers.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from legato.models.cells import Weights

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
NAMES = {"rnn": "vanilla RNN", "gru": "GRU", "lstm": "LSTM"}
GATES = {"rnn": 1, "gru": 3, "lstm": 4}


@dataclass(frozen=True)
class Beginning:
    """How a layer's recurrent weights and gates begin."""

    orthogonal: bool = False
    """Whether the recurrent weights of each gate are a rotation: Saxe, McClelland & Ganguli 2014."""
    radius: float = 0.0
    """Spectral radius that each gate's recurrent weights are scaled to; 0 leaves them as they are."""
    lag: int = 0
    """Steps that gates begin with remembering, spread from 1 to this: Tallec & Ollivier 2018; 0 for PyTorch's."""
    forget: float | None = None
    """Bias of an LSTM's forget gate, all of it: Gers, Schmidhuber & Cummins 2000; None leaves it as it is."""


class LabNet(nn.Module):
    """One layer and a linear map of its last states."""

    def __init__(self, kind: str, inputs: int, hidden: int, outputs: int, *, both_ways: bool = False) -> None:
        super().__init__()
        self.kind = kind
        self.layer = CELLS[kind](inputs, hidden, batch_first=True, bidirectional=both_ways)
        self.head = nn.Linear(hidden * (2 if both_ways else 1), outputs)

    def forward(self, x: Tensor, asked: int = 1) -> Tensor:
        """Sequences (B, T, F) to answers (B, Q, C) at their last `asked` steps; both ways, at their ends."""
        states, _ = self.layer(x)
        if self.layer.bidirectional:
            hidden = self.layer.hidden_size
            ends = torch.cat([states[:, -1:, :hidden], states[:, :1, hidden:]], dim=2)
            return self.answer(ends)
        return self.answer(states[:, -asked:])

    def answer(self, states: Tensor) -> Tensor:
        """States (B, Q, H) to answers (B, Q, C)."""
        answers: Tensor = self.head(states)
        return answers


@torch.no_grad()
def begin(layer: nn.RNNBase, kind: str, how: Beginning, chance: torch.Generator) -> None:
    """Sets a layer's weights as `how` says, in every direction."""
    for suffix in ("", "_reverse") if layer.bidirectional else ("",):
        recurrent = getattr(layer, f"weight_hh_l0{suffix}")
        for gate in recurrent.chunk(GATES[kind]):
            if how.orthogonal:
                nn.init.orthogonal_(gate, generator=chance)
            if how.radius:
                gate.mul_(how.radius / spectral_radius(gate))
        _set_gates(layer, kind, how, suffix, chance)


def spectral_radius(weights: Tensor) -> float:
    """The largest absolute eigenvalue of recurrent weights (H, H)."""
    return float(torch.linalg.eigvals(weights.double()).abs().max())


def recurrent_radius(layer: nn.RNNBase, kind: str) -> float:
    """The spectral radius of what leads from state to state: of the new value's weights, where there are gates."""
    place = {"rnn": 0, "gru": 2, "lstm": 2}[kind]
    return spectral_radius(Weights.of(layer).weight_hh.detach().chunk(GATES[kind])[place])


def _set_gates(layer: nn.RNNBase, kind: str, how: Beginning, suffix: str, chance: torch.Generator) -> None:
    size = layer.hidden_size
    given, past = (getattr(layer, f"bias_{name}_l0{suffix}") for name in ("ih", "hh"))
    if how.lag and kind != "rnn":
        spread = torch.log(1 + torch.rand(size, generator=chance) * max(how.lag - 2, 0))
        if kind == "lstm":  # gates are input, forget, candidate, output
            given[:size], given[size : 2 * size] = -spread, spread
            past[: 2 * size] = 0.0
        else:  # reset, update, candidate; update keeps
            given[size : 2 * size], past[size : 2 * size] = spread, 0.0
    if how.forget is not None and kind == "lstm":
        given[size : 2 * size], past[size : 2 * size] = how.forget, 0.0
