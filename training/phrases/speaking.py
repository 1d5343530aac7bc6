"""What is spoken so that a network can learn phrases: the phrases, what sounds nearly like them, and other sentences.

Everything is spoken once for learning, and again, less of it, in voices that are kept for measuring. Clips that are
there already are not spoken again.
"""

import csv
import time
import wave
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from legato.app.transcription.texts import normalise
from legato.training.phrases.engines import Engine, Spoken
from legato.training.phrases.sentences import RECIPES, made_up
from legato.training.trimming import RATE
from legato.training.voices import HELD_OUT_VOICES

SOURCE = "spoken"
"""The set that the clips make up"""
SENTENCES = RECIPES / "sentences.txt"
KEPT = (*HELD_OUT_VOICES, "slt", "f5", "Andy")
"""Voices of all engines that are kept for measuring, and no blend has a share of them"""
_COLUMNS = ("path", "speaker", "text", "seconds", "split")
_TRIED = 2
"""Texts that each engine speaks so that its speed is known"""


@dataclass(frozen=True)
class Amounts:
    """How many clips, of each phrase but for the last."""

    phrase: int = 240
    near_misses: int = 200
    sentences: int = 160
    kept: float = 0.25
    """As many again of the first two, by this share, in the voices that are kept"""
    kept_sentences: int = 600
    """Other sentences in those voices, for all phrases together: about 25 minutes in which nothing is to be heard"""

    def times(self, share: float) -> "Amounts":
        """So many times as much, in the same proportions."""
        phrase, near_misses = round(share * self.phrase), round(share * self.near_misses)
        sentences, kept_sentences = round(share * self.sentences), round(share * self.kept_sentences)
        return Amounts(phrase, near_misses, sentences, self.kept, kept_sentences)


@dataclass(frozen=True)
class Script:
    """What one engine says."""

    engine: Engine
    texts: tuple[str, ...]
    kept: bool
    """Whether in the voices that are kept"""


def scripts(
    phrases: Sequence[str],
    near: Sequence[str],
    sentences: Sequence[str],
    *,
    engines: Sequence[Engine],
    amounts: Amounts,
    seed: int,
) -> list[Script]:
    """Who says what: each text goes to an engine by the engines' shares; those without kept voices say no kept text.

    No sentence has a phrase in it, and those in the kept voices are others than those learned from.
    """
    chance = np.random.default_rng(seed)
    other = [text for text in made_up(chance, 2 * amounts.kept_sentences) if not holds(text, phrases)]
    sentences = [text for text in sentences if not holds(text, phrases)]
    found = []
    for kept in (False, True):
        able = [engine for engine in engines if not kept or engine.name != "piper"]
        if not able:
            continue
        scale = len(phrases) * (amounts.kept if kept else 1.0)
        rest = (other, amounts.kept_sentences) if kept else (sentences, len(phrases) * amounts.sentences)
        pools = ((phrases, round(scale * amounts.phrase)), (near, round(scale * amounts.near_misses)), rest)
        texts = [str(text) for pool, count in pools for text in np.resize(chance.permutation(pool), count)]
        shares = np.array([engine.share for engine in able])
        turns = chance.choice(len(able), len(texts), p=shares / shares.sum())
        for number, engine in enumerate(able):
            mine = tuple(text for text, turn in zip(texts, turns, strict=True) if turn == number)
            found.append(Script(engine, mine, kept))
    return found


def holds(text: str, phrases: Sequence[str]) -> bool:
    """Whether one of the phrases, as labels are written, is said in a text."""
    return any(f" {phrase} " in f" {normalise(text)} " for phrase in phrases)


def estimate(parts: Sequence[Script]) -> float:
    """Seconds that it takes to say everything, from the speed at which each engine says its first texts."""
    total, known = 0.0, dict[str, float]()
    for part in parts:
        if part.engine.name not in known and part.texts:
            first = part.texts[: _TRIED + 1]
            spoken = part.engine.speak(first, np.random.default_rng(0), _accept(part.kept))
            next(spoken)  # the first one waits for the engine to start
            begin = time.monotonic()
            letters = sum(len(said.text) for said in spoken)
            known[part.engine.name] = (time.monotonic() - begin) / max(letters, 1)
        total += known.get(part.engine.name, 0.0) * sum(map(len, part.texts))
    return total


def speak(parts: Sequence[Script], folder: Path, seed: int, progress: Callable[[int], None]) -> Path:
    """Says everything into a folder; returns its manifest. `progress` is told how many clips there are by then."""
    folder.mkdir(parents=True, exist_ok=True)
    log, done = folder / "clips.tsv", 0
    told = _read(log)
    wanted = list[str]()
    with log.open("a", newline="", encoding="utf-8") as file:
        for part in parts:
            names = [_name(part, number, seed) for number in range(len(part.texts))]
            missing = [number for number, name in enumerate(names) if name not in told]
            wanted += names
            done += len(names) - len(missing)
            texts = [part.texts[number] for number in missing]
            chance = np.random.default_rng([seed, part.kept, len(missing), *part.engine.name.encode()])
            spoken = part.engine.speak(texts, chance, _accept(part.kept)) if texts else ()
            for number, said in zip(missing, spoken, strict=True):
                told[names[number]] = _keep(said, folder / names[number], kept=part.kept)
                csv.writer(file, delimiter="\t", lineterminator="\n").writerow(told[names[number]])
                file.flush()
                done += 1
                progress(done)
    manifest = folder / f"{SOURCE}.tsv"
    with manifest.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows([_COLUMNS, *(told[name] for name in wanted)])
    return manifest


def _accept(kept: bool) -> Callable[[str], bool]:
    """Of the voices that are kept, or of the others, none."""

    def accept(voice: str) -> bool:
        shares = [name in KEPT for name in voice.partition("@")[0].split("+")]
        return all(shares) if kept else not any(shares)

    return accept


def _name(part: Script, number: int, seed: int) -> str:
    told = zlib.crc32(f"{part.texts[number]} {number} {seed}".encode())
    return f"{part.engine.name}-{part.kept:d}-{told:08x}.wav"


def _keep(said: Spoken, path: Path, *, kept: bool) -> tuple[str, ...]:
    """Writes a clip; its row of the manifest."""
    partial = path.with_suffix(".partial")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(said.samples * 32767).astype("<i2").tobytes())
    partial.rename(path)
    return path.name, said.voice, said.text, f"{len(said.samples) / RATE:.3f}", "dev" if kept else "train"


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    """The rows of clips that are there, by their names."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row[0]: tuple(row) for row in csv.reader(file, delimiter="\t")}
