"""Sentences made up from frames and from words of each kind, as `training/recipes/phrases.toml` lists them."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

RECIPES = Path(__file__).parents[1] / "recipes"
PARTS: dict[str, str] = tomllib.loads((RECIPES / "phrases.toml").read_text(encoding="utf-8"))
FRAMES = PARTS.pop("frames").strip().splitlines()
WORDS = {kind: [word.strip() for word in words.replace("\n", " ").split(",")] for kind, words in PARTS.items()}

Maker = Callable[[np.random.Generator], str]
"""Makes words up that stand in no list"""


def made_up(chance: np.random.Generator, count: int, makers: Mapping[str, Maker] | None = None) -> Iterator[str]:
    """`count` sentences, some of them alike, of the frames whose words are all listed or made by the `makers`."""
    known = {*WORDS, *(makers or {})}
    frames = [frame for frame in FRAMES if all(piece.partition("}")[0] in known for piece in frame.split("{")[1:])]
    for _ in range(count):
        first, *slots = str(chance.choice(frames)).split("{")
        line = first
        for slot in slots:
            kind, _, after = slot.partition("}")
            line += _filled(kind, chance, makers or {}) + after
        yield line[0].upper() + line[1:]


def _filled(kind: str, chance: np.random.Generator, makers: Mapping[str, Maker]) -> str:
    return makers[kind](chance) if kind in makers else str(chance.choice(WORDS[kind]))
