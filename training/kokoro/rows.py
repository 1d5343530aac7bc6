"""What a synthesiser is to say, in whose voice and how fast, with the pronunciation worked out beforehand."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

LETTERS = 500
"""Phonetic letters at most in one utterance."""
ENGLISH = 0.75
"""Share of utterances in voices made for English; the others speak English with an accent."""
SPEEDS = (0.75, 1.3)
"""Slowest and fastest, 1 being a voice's own."""

Styles = npt.NDArray[np.float32]
Pronounce = Callable[[str, str], str]


@dataclass(frozen=True)
class Row:
    """An utterance."""

    text: str
    tokens: tuple[int, ...]
    """Phonetic letters as the synthesiser numbers them."""
    voices: tuple[tuple[str, float], ...]
    """Voices and their shares."""
    speed: float

    @property
    def speaker(self) -> str:
        """The voice's name, or those of a blend with the first one's share."""
        names = "+".join(name for name, _ in self.voices)
        return names if len(self.voices) == 1 else f"{names}@{self.voices[0][1]}"


def choose_rows(
    texts: Sequence[str], names: Sequence[str], vocabulary: dict[str, int], pronounce: Pronounce, *, seed: int
) -> list[Row]:
    """A row for each text, in a random voice of those named, or in a blend of two; their order is the texts'."""
    chance, rows = np.random.default_rng(seed), list[Row]()
    english = [name for name in names if name[0] in "ab"]
    for text in texts:
        one, two = (str(chance.choice(english if english and chance.random() < ENGLISH else names)) for _ in range(2))
        share = round(float(chance.uniform(0.3, 0.7)), 2)
        blend = ((one, share), (two, round(1 - share, 2))) if one != two and chance.random() < 0.5 else ((one, 1.0),)
        speed = round(float(chance.uniform(*SPEEDS)), 3)
        letters = pronounce(text, "en-gb" if one.startswith("b") else "en-us")
        tokens = tuple(vocabulary[letter] for letter in letters if letter in vocabulary)[:LETTERS]
        if tokens:
            rows.append(Row(text, tokens, blend, speed))
    return rows


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Writes rows for `read_rows`."""
    path.write_bytes(gzip.compress(json.dumps([asdict(row) for row in rows]).encode()))


def read_rows(path: Path) -> list[Row]:
    """The rows of a file."""
    return [
        Row(
            entry["text"],
            tuple(entry["tokens"]),
            tuple((str(name), float(share)) for name, share in entry["voices"]),
            entry["speed"],
        )
        for entry in json.loads(gzip.decompress(path.read_bytes()))
    ]


def read_styles(folder: Path, names: Sequence[str]) -> dict[str, Styles]:
    """Each voice's styles (L, 256): one for each number of letters, up to as many as are kept."""
    return {name: np.fromfile(folder / "voices" / f"{name}.bin", np.float32).reshape(-1, 256) for name in names}


def style(row: Row, styles: dict[str, Styles]) -> Styles:
    """A row's style (256,)."""
    place = min(len(row.tokens), min(len(styles[name]) for name, _ in row.voices) - 1)
    blend: Styles = np.sum([share * styles[name][place] for name, share in row.voices], axis=0)
    return blend
