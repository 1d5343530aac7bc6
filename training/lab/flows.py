"""Gradients on their way back, cell by cell: at the start and after learning, and what the remedies do.

Vanishing and exploding: Hochreiter 1991; Bengio, Simard & Frasconi 1994. Clipping: by norm, Pascanu, Mikolov & Bengio
2013; by value, Mikolov 2012. Truncated back-propagation: Williams & Peng 1990.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn

from legato.models.cells import Weights
from legato.training.gradient_flow import Flow, flow
from legato.training.lab.memory import Attempt, Learner, MemoryConfig, new_net
from legato.training.lab.nets import NAMES, Beginning, LabNet, begin, recurrent_radius
from legato.training.lab.tasks import TASKS, Examples

_ROWS = 16
"""Sequences that a flow is the mean of"""
_EXPLODED = 10.0
"""Times the loss at the start at which a run counts as one that exploded"""


@dataclass(frozen=True)
class FlowConfig:
    """What is looked at."""

    lag: int = 200
    """Steps that gradients are followed back."""
    learned: int = 100
    """Lag at which the cells learn that are looked at after it."""
    radii: tuple[float, ...] = (0.5, 0.9, 1.0, 1.2, 1.6)
    """Spectral radii of the vanilla cell's recurrent weights."""
    steps: int = 300
    """Of the runs that show clipping and truncation."""
    cut: int = 10
    """Steps that truncated back-propagation goes back."""
    seed: int = 0


BEGINNINGS = {
    "vanilla, as PyTorch begins": ("rnn", Beginning()),
    "vanilla, orthogonal": ("rnn", Beginning(orthogonal=True)),
    "GRU, as PyTorch begins": ("gru", Beginning()),
    "GRU, orthogonal": ("gru", Beginning(orthogonal=True)),
    "GRU, gates spread over 200 steps": ("gru", Beginning(lag=200)),
    "LSTM, as PyTorch begins": ("lstm", Beginning()),
    "LSTM, orthogonal": ("lstm", Beginning(orthogonal=True)),
    "LSTM, forget bias 1": ("lstm", Beginning(forget=1.0)),
    "LSTM, forget bias 3": ("lstm", Beginning(forget=3.0)),
    "LSTM, gates spread over 200 steps": ("lstm", Beginning(lag=200)),
}
"""The ways to begin that are compared"""


def at_start(config: FlowConfig) -> dict[str, Any]:
    """Flows of the three cells over noise, in each way to begin, and of vanilla cells of several spectral radii."""
    told = {}
    for name, (kind, how) in BEGINNINGS.items():
        told[name] = _figures(*_fresh(kind, how, config))
    by_radius = {}
    for radius in config.radii:
        # Small inputs leave tanh where its slope is 1, so that the weights alone decide.
        by_radius[f"{radius:g}"] = _figures(*_fresh("rnn", Beginning(radius=radius), config, loud=0.01))
    return {"beginnings": told, "radii": by_radius}


def after_learning(kind: str, config: FlowConfig) -> dict[str, Any]:
    """Flows of a cell on the adding problem, with the task's own loss, before and after learning it."""
    memory = MemoryConfig()
    which = Attempt("adding", kind, False, config.seed)
    net, chance = new_net(which, memory)
    task = TASKS[which.task]
    examples = task.make(config.lag, _ROWS, Generator().manual_seed(99))
    before = _task_flow(net, examples)
    learner = Learner(net, task, memory, chance)
    for lag in (*memory.before, *(lag for lag in memory.lags if lag <= config.learned)):
        learner.learn(lag)
        if learner.score(lag) < task.solved:
            break
    radius = recurrent_radius(net.layer, kind)
    return {
        "before": _figures(before, None),
        "after": _figures(_task_flow(net, examples), radius),
        "score": round(learner.score(config.learned), 4),
    }


def clipping(how: str, config: FlowConfig) -> dict[str, Any]:
    """A run with recurrent weights that are too large: losses and gradient norms, clipped by norm, by value or not."""
    task, chance = TASKS["adding"], Generator().manual_seed(config.seed)
    torch.manual_seed(config.seed)
    net = LabNet("rnn", task.inputs, 64, 1)
    begin(net.layer, "rnn", Beginning(radius=1.6), chance)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    losses, norms = [], []
    for _ in range(config.steps):
        examples = task.make(50, 32, chance)
        loss = task.loss(net(examples.inputs), examples.answers)
        optimiser.zero_grad()
        loss.backward()
        norms.append(float(nn.utils.get_total_norm([one.grad for one in net.parameters() if one.grad is not None])))
        if how == "norm":
            nn.utils.clip_grad_norm_(net.parameters(), 0.1)
        elif how == "value":
            nn.utils.clip_grad_value_(net.parameters(), 0.01)
        optimiser.step()
        losses.append(float(loss.detach()))
    worst = max((loss for loss in losses if math.isfinite(loss)), default=math.inf)
    return {
        "losses": [_number(loss) for loss in losses],
        "norms": [_number(norm) for norm in norms],
        "exploded": not all(map(math.isfinite, losses)) or worst > _EXPLODED * losses[0],
        "last": _number(sum(losses[-20:]) / 20),
    }


def truncation(cut: int, config: FlowConfig) -> dict[str, Any]:
    """An LSTM that learns the France task over 40 steps, with errors that go back `cut` steps, 0 for all the way."""
    task, chance = TASKS["france"], Generator().manual_seed(config.seed)
    torch.manual_seed(config.seed)
    net = LabNet("lstm", task.inputs, 64, task.choices)
    begin(net.layer, "lstm", Beginning(lag=30), chance)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    scores = []
    for number in range(config.steps):
        examples = task.make(40, 32, chance)
        loss = task.loss(_cut_off(net, examples.inputs, cut), examples.answers)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        if number % 10 == 9:
            with torch.no_grad():
                examples = task.make(40, 200, chance)
                scores.append(round(task.score(net(examples.inputs), examples.answers), 4))
    return {"scores": scores}


def _cut_off(net: LabNet, x: Tensor, cut: int) -> Tensor:
    """What a network answers at a sequence's end; its state is taken as given `cut` steps before that."""
    if not cut:
        whole: Tensor = net(x)
        return whole
    with torch.no_grad():
        _, state = net.layer(x[:, :-cut])
    states, _ = net.layer(x[:, -cut:], state)
    return net.answer(states[:, -1:])


def _fresh(kind: str, how: Beginning, config: FlowConfig, loud: float = 1.0) -> tuple[Flow, float]:
    """The flow through a cell that has learned nothing, over noise, and its spectral radius."""
    torch.manual_seed(config.seed)
    chance = Generator().manual_seed(config.seed)
    net = LabNet(kind, 8, 64, 1)
    begin(net.layer, kind, how, chance)
    x = loud * torch.randn(_ROWS, config.lag + 1, 8, generator=chance)
    if loud < 1:
        with torch.no_grad():
            for name in ("bias_ih_l0", "bias_hh_l0"):
                getattr(net.layer, name).zero_()
    return flow(kind, x, Weights.of(net.layer)), recurrent_radius(net.layer, kind)


def _task_flow(net: LabNet, examples: Examples) -> Flow:
    """The flow of the adding problem's squared error."""

    def loss(hidden: Tensor) -> Tensor:
        errors: Tensor = net.answer(hidden[:, None])[..., 0] - examples.answers
        total: Tensor = errors.square().sum()
        return total

    return flow(net.kind, examples.inputs, Weights.of(net.layer), loss)


def _figures(found: Flow, radius: float | None) -> dict[str, Any]:
    return {
        "norms": [float(f"{norm:.4g}") for norm in found.norms],
        "reach": found.reach,
        "growth": _number(found.growth),
        "factor": round(found.factor, 5),
        "radius": None if radius is None else round(radius, 4),
    }


def _number(value: float) -> float | None:
    """A number as JSON takes it: none where it is infinite."""
    return float(f"{value:.5g}") if math.isfinite(value) else None


def findings(told: dict[str, Any]) -> list[str]:
    """What was found, in sentences."""
    lines = []
    for name, figures in told["beginnings"].items():
        if name.endswith("as PyTorch begins"):
            lines.append(f"{name}: a gradient {_reaches(figures)}, {figures['factor']:.3f} a step.")
    best = max(told["beginnings"], key=lambda name: told["beginnings"][name]["norms"][-1])
    lines.append(f"Of all ways to begin, “{best}” leaves most of a gradient at the last lag.")
    left = [f"{radius}: {_share(figures['norms'])}" for radius, figures in told["radii"].items()]
    lag = len(next(iter(told["radii"].values()))["norms"]) - 1
    lines.append(f"What is left of a vanilla cell's gradient after {lag} steps, by spectral radius: {'; '.join(left)}.")
    for name in NAMES:
        figures = told["learned"][name]
        lines.append(
            f"{NAMES[name]}, after learning to add (score {figures['score']:.2f}): a gradient "
            f"{_reaches(figures['after'])}; before, it {_reaches(figures['before'])}."
        )
    runs = told["clipping"]
    exploded = [name for name, run in runs.items() if run["exploded"]]
    lines.append(f"The run that is too large explodes {_listed(exploded)}, and does not otherwise.")
    whole, cut = (told["truncation"][name]["scores"][-1] for name in ("whole", "cut"))
    lines.append(f"Errors that go all the way back bring {whole:.0%} right answers, truncated ones {cut:.0%}.")
    return lines


def _reaches(figures: dict[str, Any]) -> str:
    return "reaches all the way back" if figures["reach"] is None else f"is gone after {figures['reach']} steps"


def _share(norms: list[float]) -> str:
    """What the last lag has of the first one's gradient."""
    share = norms[-1] / norms[0] if norms[0] else 0.0
    if share < 1e-12:
        return "nothing"
    return f"{share:.3g} ×" if share >= 0.001 else f"{share:.0e} ×"


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "none"
