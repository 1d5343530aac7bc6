"""Tasks whose answer stands far back: what has to be remembered is separated from the question by a lag.

Adding problem, temporal order: Hochreiter & Schmidhuber 1997; copy memory: there, and Arjovsky, Shah & Bengio 2016.
The fourth is a lecture's example, "I grew up in France, … I speak French".

Shapes: B sequences, T steps, F inputs, Q steps that are asked about, C answers to choose from.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

_SYMBOLS, _KEPT = 6, 4
"""Of the copy memory: how many there are, and how many of them are to be remembered"""
_COUNTRIES, _FILLERS = 8, 6


@dataclass(frozen=True)
class Examples:
    """Sequences with what is to be answered."""

    inputs: Tensor
    """(B, T, F)"""
    answers: Tensor
    """(B, Q) places among the choices, or (B, Q) numbers"""


@dataclass(frozen=True)
class Task:
    """What is to be learned."""

    title: str
    about: str
    """One sentence"""
    inputs: int
    choices: int
    """C; 0 where the answer is a number"""
    chance: float
    """Score of one who remembers nothing"""
    solved: float
    """Score from which on a task counts as solved"""
    make: Callable[[int, int, Generator], Examples]
    """From the lag in steps, the number of sequences and chance"""
    both_ways: bool
    """Whether all of a sequence is there before the answer is wanted, so that it may be read from its end too"""

    def loss(self, told: Tensor, answers: Tensor) -> Tensor:
        """What is minimised, of what a network tells (B, Q, C) or (B, Q, 1)."""
        if self.choices:
            return functional.cross_entropy(told.flatten(0, 1), answers.flatten())
        return nn.functional.mse_loss(told[..., 0], answers)

    def score(self, told: Tensor, answers: Tensor) -> float:
        """Share of right answers, 0..1; a number is right within 0.1."""
        right = told.argmax(dim=2) == answers if self.choices else (told[..., 0] - answers).abs() < 0.1
        return float(right.float().mean())


def adding(lag: int, count: int, chance: Generator) -> Examples:
    """Two of many numbers are marked, one in each half: their sum, halved, is the answer."""
    length = max(lag, 2)
    numbers = torch.rand(count, length, generator=chance)
    marks = torch.zeros(count, length)
    half = length // 2
    rows = torch.arange(count)
    # The earlier one stands in the first tenth, so that the lag is what it says.
    first = torch.randint(0, max(length // 10, 1), (count,), generator=chance)
    second = torch.randint(half, length, (count,), generator=chance)
    marks[rows, first] = marks[rows, second] = 1.0
    answers = (numbers[rows, first] + numbers[rows, second])[:, None] / 2
    return Examples(torch.stack([numbers, marks], dim=2), answers)


def copying(lag: int, count: int, chance: Generator) -> Examples:
    """Some symbols, nothing for the lag, then a signal for each to be told again."""
    symbols = torch.randint(0, _SYMBOLS, (count, _KEPT), generator=chance)
    inputs = torch.zeros(count, _KEPT + lag + _KEPT, _SYMBOLS + 2)
    inputs[:, :_KEPT, :_SYMBOLS] = functional.one_hot(symbols, _SYMBOLS).float()
    inputs[:, _KEPT : _KEPT + lag, _SYMBOLS] = 1.0
    inputs[:, _KEPT + lag :, _SYMBOLS + 1] = 1.0
    return Examples(inputs, symbols)


def order(lag: int, count: int, chance: Generator) -> Examples:
    """Two marks of two kinds among distractors, early and in the middle: which, and in which order."""
    length = max(lag, 4)
    kinds = torch.randint(0, 2, (count, 2), generator=chance)
    places = torch.randint(2, 6, (count, length), generator=chance)
    rows = torch.arange(count)
    places[rows, torch.randint(0, max(length // 10, 1), (count,), generator=chance)] = kinds[:, 0]
    middle = torch.randint(length // 2, length // 2 + max(length // 10, 1), (count,), generator=chance)
    places[rows, middle] = kinds[:, 1]
    return Examples(functional.one_hot(places, 6).float(), (2 * kinds[:, 0] + kinds[:, 1])[:, None])


def france(lag: int, count: int, chance: Generator) -> Examples:
    """A country, other words, and the question which language is spoken."""
    countries = torch.randint(0, _COUNTRIES, (count,), generator=chance)
    words = torch.randint(_COUNTRIES, _COUNTRIES + _FILLERS, (count, lag + 2), generator=chance)
    words[:, 0], words[:, -1] = countries, _COUNTRIES + _FILLERS
    return Examples(functional.one_hot(words, _COUNTRIES + _FILLERS + 1).float(), countries[:, None])


TASKS = {
    "adding": Task(
        "Adding", "Two marked numbers of a long row are to be added.", 2, 0, chance=0.36, solved=0.95, make=adding,
        both_ways=False,
    ),
    "copy": Task(
        "Copy memory",
        f"{_KEPT} symbols are shown, and asked for again after the lag.",
        _SYMBOLS + 2,
        _SYMBOLS,
        chance=1 / _SYMBOLS,
        solved=0.95,
        make=copying,
        both_ways=False,
    ),
    "order": Task(
        "Temporal order", "Which two marks stood among distractors, and in which order?", 6, 4, chance=0.25,
        solved=0.95, make=order, both_ways=True,
    ),
    "france": Task(
        "France → French",
        "“I grew up in France …”: after the lag the language is asked for.",
        _COUNTRIES + _FILLERS + 1,
        _COUNTRIES,
        chance=1 / _COUNTRIES,
        solved=0.95,
        make=france,
        both_ways=True,
    ),
}  # fmt: skip
