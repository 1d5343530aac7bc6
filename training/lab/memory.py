"""How far back each cell remembers: it learns a task at a short lag, then at longer and longer ones, until it fails.

Lags grow as the learning goes on, as a curriculum: Bengio et al. 2009; Zaremba & Sutskever 2014.
"""

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Generator, nn

from legato.app.evaluation.intervals import Share
from legato.training.lab.nets import NAMES, Beginning, LabNet, begin
from legato.training.lab.tasks import TASKS, Task

_TRIED, _LOOKED_AT = 400, 200
"""Sequences that a score is taken over: one that is told, and one that tells whether to learn on"""
_LONG = 200
"""Lag above which a batch has half as many sequences"""
_LOOK = 25
"""Steps between two looks at whether a task is solved"""
_SPARE = 0.03
"""Above the score from which on a task counts as solved: learning goes on to this, as a score wavers"""


@dataclass(frozen=True)
class MemoryConfig:
    """What is tried, and how it is learned."""

    tasks: tuple[str, ...] = tuple(TASKS)
    lags: tuple[int, ...] = (10, 20, 50, 100, 200, 500, 1000)
    """Steps between what is to be remembered and the question, in rising order."""
    before: tuple[int, ...] = (2, 5)
    """Lags to begin with, which are not told of."""
    seeds: int = 5
    hidden: int = 64
    batch: int = 32
    rate: float = 1e-2
    """Of Adam."""
    vanilla_rate: float = 3e-3
    """The same for the vanilla cell, which more does no good; its recurrent weights begin orthogonal."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    steps: int = 500
    """Optimiser steps at a lag, at most."""
    first: int = 2500
    """The same at lags of ten and less, where the task itself is learned."""
    spread: int = 30
    """Steps that gates begin with remembering, from 1 to this."""


@dataclass(frozen=True)
class Outcome:
    """What came of a lag."""

    lag: int
    score: float
    """Share of right answers"""
    steps: int
    """Optimiser steps taken at it; 0 where a shorter one was not learned"""
    solved: bool


@dataclass(frozen=True)
class Attempt:
    """A cell that is to be tried on a task, from one seed."""

    task: str
    kind: str
    both_ways: bool
    seed: int

    @property
    def cell(self) -> str:
        """Its name."""
        return f"{NAMES[self.kind]}, both ways" if self.both_ways else NAMES[self.kind]


@dataclass(frozen=True)
class Memory:
    """What came of an attempt."""

    attempt: Attempt
    outcomes: tuple[Outcome, ...]

    @property
    def breaks(self) -> int | None:
        """The first lag that is not solved; None where all are."""
        return next((one.lag for one in self.outcomes if not one.solved), None)

    def solved(self, lag: int) -> bool:
        """Whether that lag was solved."""
        return any(one.lag == lag and one.solved for one in self.outcomes)


def attempts(config: MemoryConfig) -> list[Attempt]:
    """All of them; both ways the vanilla cell and the LSTM, where a task allows."""
    found = []
    for seed in range(config.seeds):
        for name in config.tasks:
            cells = [(kind, False) for kind in NAMES]
            cells += [("rnn", True), ("lstm", True)] if TASKS[name].both_ways else []
            found += [Attempt(name, kind, both, seed) for kind, both in cells]
    return found


def attempt(which: Attempt, config: MemoryConfig) -> Memory:
    """Learn at each lag what the one before left; after the first that fails, the rest are only tried."""
    task = TASKS[which.task]
    net, chance = new_net(which, config)
    learner = Learner(net, task, config, chance)
    outcomes: list[Outcome] = []
    failed = False
    for lag in (*config.before, *config.lags):
        steps = 0 if failed else learner.learn(lag)
        score = learner.score(lag)
        solved = not failed and score >= task.solved
        if lag in config.lags:
            failed = not solved
            outcomes.append(Outcome(lag, score, steps, solved))
    return Memory(which, tuple(outcomes))


def new_net(which: Attempt, config: MemoryConfig) -> tuple[LabNet, Generator]:
    """An attempt's network as it begins, and its chance."""
    task = TASKS[which.task]
    torch.manual_seed(which.seed)
    chance = Generator().manual_seed(which.seed)
    net = LabNet(which.kind, task.inputs, config.hidden, max(task.choices, 1), both_ways=which.both_ways)
    begin(net.layer, which.kind, Beginning(orthogonal=which.kind == "rnn", lag=config.spread), chance)
    return net, chance


class Learner:
    """A network that learns a task, lag after lag."""

    def __init__(self, net: LabNet, task: Task, config: MemoryConfig, chance: Generator) -> None:
        self.net, self._task, self._config, self._chance = net, task, config, chance
        rate = config.vanilla_rate if net.kind == "rnn" else config.rate
        self._optimiser = torch.optim.Adam(net.parameters(), lr=rate)

    def learn(self, lag: int) -> int:
        """Learn at lags from half of this on until it is solved; steps taken."""
        config = self._config
        most = config.first if lag <= 10 else config.steps
        for number in range(1, most + 1):
            self.step(int(torch.randint((lag + 1) // 2, lag + 1, (1,), generator=self._chance)))
            if number % _LOOK == 0 and self.score(lag, _LOOKED_AT) >= self._task.solved + _SPARE:
                return number
        return most

    def step(self, lag: int) -> float:
        """One optimiser step at a lag; its loss."""
        count = self._config.batch if lag <= _LONG else self._config.batch // 2
        examples = self._task.make(lag, count, self._chance)
        told = self.net(examples.inputs, examples.answers.shape[1])
        loss = self._task.loss(told, examples.answers)
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), self._config.clip)
        self._optimiser.step()
        return float(loss.detach())

    @torch.no_grad()
    def score(self, lag: int, count: int = _TRIED) -> float:
        """Share of right answers at a lag, on so many sequences that were never seen."""
        examples = self._task.make(lag, count, self._chance)
        return self._task.score(self.net(examples.inputs, examples.answers.shape[1]), examples.answers)


def summary(found: list[Memory], config: MemoryConfig) -> dict[str, Any]:
    """By task and cell: scores at each lag, where it breaks, and how many seeds solve each lag."""
    told: dict[str, Any] = {"config": asdict(config), "tasks": {}}
    for name in config.tasks:
        cells: dict[str, Any] = {}
        for one in found:
            if one.attempt.task == name:
                cells.setdefault(one.attempt.cell, []).append(one)
        told["tasks"][name] = {cell: _cell(ones, config) for cell, ones in cells.items()}
    return told


def _cell(found: list[Memory], config: MemoryConfig) -> dict[str, Any]:
    scores = [[one.outcomes[place].score for one in found] for place in range(len(config.lags))]
    solved = [Share(sum(one.solved(lag) for one in found), len(found)) for lag in config.lags]
    return {
        "lags": list(config.lags),
        "scores": [[round(score, 4) for score in row] for row in scores],
        "solved": [share.count for share in solved],
        "intervals": [[round(edge, 4) for edge in share.interval] for share in solved],
        "seeds": len(found),
        "breaks": [one.breaks for one in found],
    }


def findings(told: dict[str, Any]) -> list[str]:
    """What was found, a sentence a task."""
    lines = []
    for name, cells in told["tasks"].items():
        parts = [f"{cell} {_reach(figures)}" for cell, figures in cells.items()]
        lines.append(f"{TASKS[name].title}: {'; '.join(parts)}.")
    return lines


def _reach(figures: dict[str, Any]) -> str:
    """The longest lag that all seeds solve, and where the first one breaks."""
    every = [lag for lag, count in zip(figures["lags"], figures["solved"], strict=True) if count == figures["seeds"]]
    some = [lag for lag, count in zip(figures["lags"], figures["solved"], strict=True) if count]
    seeds = f"all {figures['seeds']} seeds" if figures["seeds"] > 1 else "its one seed"
    if every == figures["lags"]:
        return f"solves every lag up to {every[-1]} from {seeds}"
    held = f"up to {every[-1]} from {seeds}" if every else "no lag from every seed"
    return f"{held}, up to {some[-1]} from the best" if some and some[-1:] != every[-1:] else held
