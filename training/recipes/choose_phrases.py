"""Chooses phrases that are said in recordings, and writes where: a manifest for `legato eval keywords`.

    python training/recipes/choose_phrases.py TEXTS.tsv MANIFEST [--words WORDS.tsv] [--count 20] [--seed 1]

TEXTS.tsv names recordings with their text; phrases are runs of two to four words of its dev lines, drawn by the seed.
WORDS.tsv (path, word, start, end) tells when they are said; where it does not, a phrase may be heard anywhere in its
recording.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from legato.app.transcription.texts import normalise

FEWEST_LETTERS = 8
Times = Mapping[str, Sequence[tuple[str, float, float]]]


def choose(texts: Sequence[str], count: int, seed: int) -> list[str]:
    """Phrases that occur in the texts, each once; SystemExit where there are too few."""
    chance = np.random.default_rng(seed)
    chosen: list[str] = []
    for _ in range(100 * count):
        words = texts[int(chance.integers(len(texts)))].split()
        length = int(chance.integers(2, 5))
        if len(words) < length:
            continue
        first = int(chance.integers(len(words) - length + 1))
        phrase = " ".join(words[first : first + length])
        if len(phrase.replace(" ", "")) >= FEWEST_LETTERS and phrase not in chosen:
            chosen.append(phrase)
        if len(chosen) == count:
            return chosen
    raise SystemExit("the texts hold too few phrases")


def said(text: str, phrase: str) -> Iterator[int]:
    """The places of the words at which a phrase begins in a text."""
    words, sought = text.split(), phrase.split()
    return (place for place in range(len(words)) if words[place : place + len(sought)] == sought)


def span(times: Sequence[tuple[str, float, float]], text: str, place: int, length: int) -> tuple[str, str]:
    """Seconds at which so many words of a text begin and end, as a manifest has them; empty where it is unknown."""
    if [word for word, _, _ in times] != text.split():
        return "", ""
    return f"{times[place][1]:.2f}", f"{times[place + length - 1][2]:.2f}"


def main() -> None:
    """Write the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--words", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with options.texts.open(encoding="utf-8", newline="") as file:
        lines = [row for row in csv.DictReader(file, delimiter="\t") if row["split"] == "dev"]
    times = _times(options.words)
    phrases = choose([normalise(row["text"]) for row in lines], options.count, options.seed)
    with options.manifest.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("path", "label", "start", "end", "speaker"))
        for row in lines:
            text, path = normalise(row["text"]), (options.texts.parent / row["path"]).resolve()
            found = [
                (phrase, *span(times[row["path"]], text, place, len(phrase.split())))
                for phrase in phrases
                for place in said(text, phrase)
            ]
            for about in found or [("", "", "")]:
                table.writerow((path, *about, row["speaker"]))
    print("\n".join(phrases))


def _times(path: Path | None) -> Times:
    times = defaultdict[str, list[tuple[str, float, float]]](list)
    if path is not None:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                times[row["path"]].append((row["word"], float(row["start"]), float(row["end"])))
    return times


if __name__ == "__main__":
    main()
