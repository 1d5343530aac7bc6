"""Texts as an endless stream of characters, in as many rows as are learned from at once.

Every line comes as it is written or plain: in lower case, letters and apostrophes only, as models of speech write. A
mark stands before it that tells which, so that one network writes both ways.

Everything is a pure function of a seed and the step, so that a run can stop anywhere and go on exactly, in any number
of processes.

Shapes: B rows, T characters a row and step, N characters of an epoch.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from legato.app.transcription.texts import normalise

WRITTEN, PLAIN = "\n", "\t"
"""The marks before lines"""

Places = NDArray[np.uint8]
"""Places of characters among those that a model knows"""
MOST = 256
"""Characters that a model may know"""


@dataclass(frozen=True)
class TextConfig:
    """How texts become what is learned from."""

    length: int = 100
    """Characters a step, through which errors go back; the state goes on to the next."""
    plain: float = 0.5
    """Probability that a line comes plain."""
    rarest: int = 20
    """Characters that are seen less often are left out."""

    def __post_init__(self) -> None:
        if self.length < 1 or not 0 <= self.plain <= 1 or self.rarest < 1:
            raise ValueError("length and rarest must be at least 1, plain from 0 to 1")


@dataclass(frozen=True)
class Batch:
    """A stretch of every row."""

    text: Tensor
    """(B, T)"""
    following: Tensor
    """(B, T) the character after each."""


def read_lines(paths: Iterable[Path]) -> list[str]:
    """The lines of texts that hold anything, without the space around them; ValueError where there are none."""
    lines = []
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines += [" ".join(line.split()) for line in file if line.strip()]
    if not lines:
        raise ValueError("the texts hold nothing")
    return lines


def characters_of(lines: Iterable[str], config: TextConfig) -> tuple[str, ...]:
    """The characters that are worth knowing, the marks first; those of plain lines are among them."""
    counts = Counter[str]()
    for line in lines:
        counts.update(line)
    seen = {character for character, count in counts.most_common(MOST - 30) if count >= config.rarest}
    plain = set("abcdefghijklmnopqrstuvwxyz' ") if config.plain else {" "}
    marks = (WRITTEN, PLAIN) if config.plain else (WRITTEN,)
    return (*marks, *sorted((seen | plain) - set(marks)))


def encode(text: str, labels: Sequence[str]) -> Places:
    """The places of a text's characters among the labels; what is not among them is left out."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    table = np.full(max(*map(ord, labels), int(codes.max(initial=0))) + 1, -1, np.int16)
    table[[ord(label) for label in labels]] = np.arange(len(labels))
    places = table[codes]
    return places[places >= 0].astype(np.uint8)


def marked(lines: Iterable[str], *, plain: bool) -> str:
    """Lines of one kind as the network reads them, each behind its mark, and the mark of one that would follow."""
    if plain:
        lines = [line for line in map(normalise, lines) if line]
    mark = PLAIN if plain else WRITTEN
    return "".join(f"{mark}{line}" for line in lines) + mark


class Text:
    """Lines to learn from, in another order every time that all of them have been read."""

    def __init__(self, lines: Sequence[str], labels: Sequence[str], config: TextConfig, seed: int) -> None:
        self._lines, self._labels, self._config, self._seed = lines, labels, config, seed

    def epoch(self, number: int) -> Places:
        """All lines once (N,), some of them plain."""
        chance = np.random.default_rng([self._seed, number])
        plain = chance.random(len(self._lines)) < self._config.plain
        parts = []
        for place in chance.permutation(len(self._lines)):
            line = self._lines[place]
            parts.append(f"{PLAIN}{normalise(line)}" if plain[place] else f"{WRITTEN}{line}")
        return encode("".join(parts), self._labels)

    def batches(self, start: int, batch: int, rank: int, world: int) -> Iterator[Batch]:
        """One process's share of every step's rows, from step `start` on, without an end.

        ValueError where the text is too short for so many rows.
        """
        length, step, number = self._config.length, 0, 0
        while True:
            rows = self.epoch(number)
            rows = rows[: len(rows) // (batch * world) * batch * world].reshape(batch * world, -1)
            steps = (rows.shape[1] - 1) // length
            if steps < 1:
                raise ValueError(f"the text is too short for {batch * world} rows of {length} characters")
            own = torch.from_numpy(rows[rank * batch : (rank + 1) * batch])
            for place in range(max(start - step, 0) * length, steps * length, length):
                stretch = own[:, place : place + length + 1].long()
                yield Batch(stretch[:, :-1], stretch[:, 1:])
            step, number = step + steps, number + 1
