"""Speaks sentences in the six voices that nothing is learned from, for measuring.

    python training/recipes/speak_held_out.py TEXTS FOLDER [--kokoro FOLDER] [--count N]

TEXTS holds a line for each sentence. FOLDER then holds 16 kHz wave files and `manifest.tsv` (path, speaker, text,
seconds, split). Half of the sentences are in a blend of two of the voices.
"""

import argparse
import csv
import itertools
import wave
from pathlib import Path

import numpy as np

from legato.app.transcription.texts import normalise
from legato.training.alignment import SAMPLE_RATE
from legato.training.synthesis import Kokoro, Samples, Voice
from legato.training.voices import HELD_OUT_VOICES


def voices(kokoro: Kokoro, chance: np.random.Generator) -> list[Voice]:
    """The voices and their blends, in a random order each, by turns."""
    names = sorted(HELD_OUT_VOICES)
    pairs = list(itertools.combinations(names, 2))
    chance.shuffle(pairs)
    blends = [
        Voice(f"{one}+{two}@0.5", 0.5 * (kokoro.style(one) + kokoro.style(two)), _accent(one)) for one, two in pairs
    ]
    pure = [Voice(name, kokoro.style(name), _accent(name)) for name in names]
    return [voice for turn in zip(itertools.cycle(pure), blends, strict=False) for voice in turn]


def _accent(name: str) -> str:
    return "en-gb" if name.startswith("b") else "en-us"


def write(path: Path, sound: Samples) -> float:
    """Writes a wave file; its seconds."""
    partial = path.with_suffix(".partial")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    partial.rename(path)
    return len(sound) / SAMPLE_RATE


def main() -> None:
    """Speaks; what is spoken already is left as it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kokoro", type=Path, default=Path.home() / ".cache/kokoro")
    parser.add_argument("--count", type=int, default=300, help="sentences (default: 300)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chance, kokoro = np.random.default_rng(0), Kokoro(options.kokoro)
    texts = options.texts.read_text().splitlines()
    chosen = [texts[number] for number in chance.permutation(len(texts))[: options.count]]
    with (options.folder / "manifest.tsv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(("path", "speaker", "text", "seconds", "split"))
        for number, (text, voice) in enumerate(zip(chosen, itertools.cycle(voices(kokoro, chance)), strict=False)):
            path, speed = options.folder / f"{number:04d}.wav", float(chance.uniform(0.75, 1.3))
            if path.exists():
                with wave.open(str(path), "rb") as spoken:
                    seconds = spoken.getnframes() / SAMPLE_RATE
            else:
                seconds = write(path, kokoro.speak(text, voice, speed))
            rows.writerow((path.name, voice.name, normalise(text), f"{seconds:.3f}", "dev"))
            file.flush()


if __name__ == "__main__":
    main()
