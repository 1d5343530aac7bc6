"""Sentences spoken in many synthetic voices, so that words are also heard inside running speech.

The synthesiser is Kokoro-82M (Apache-2.0) as an ONNX file, with espeak-ng for the pronunciation. A folder holds
`kokoro-v1.0.int8.onnx`, `vocab.json` and `voices/NAME.bin`.
"""

import csv
import json
import shutil
import subprocess
import wave
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import scipy.signal

from legato.training.alignment import SAMPLE_RATE
from legato.training.trimming import trim

MODEL = "kokoro-v1.0.int8.onnx"
LONGEST = 509
"""Tokens at most in one utterance."""
ENGLISH = 0.75
"""Share of utterances in voices made for English; the others speak English with an accent."""

_DIPHTHONGS = {"eɪ": "A", "aɪ": "I", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q", "aʊ": "W", "tʃ": "ʧ", "dʒ": "ʤ"}
_SOUNDS = {"ɚ": "əɹ", "ɐ": "ə", "r": "ɹ", "ʔ": "t"}

Samples = npt.NDArray[np.float32]
Pronounce = Callable[[str, str], str]


@dataclass(frozen=True)
class Voice:
    """A voice, or a blend of two."""

    name: str
    style: Samples
    """(510, 1, 256): one style for each number of tokens."""
    accent: str
    """`en-us` or `en-gb`."""


def kokoro_notation(ipa: str, accent: str) -> str:
    """espeak-ng's phonetic alphabet in the letters that Kokoro was trained on."""
    letters = ipa.strip().replace("\u200d", "").replace("\n", " ")
    for written, meant in {**_DIPHTHONGS, **_SOUNDS, "ɜː": "ɜɹ" if accent == "en-us" else "ɜː"}.items():
        letters = letters.replace(written, meant)
    return letters


def pronounce(text: str, accent: str) -> str:
    """A text in Kokoro's phonetic letters, by espeak-ng. Raises FileNotFoundError where that is not installed."""
    if shutil.which("espeak-ng") is None:
        raise FileNotFoundError("espeak-ng is needed to pronounce texts: apt-get install espeak-ng")
    run = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", accent, text], capture_output=True, text=True, check=True)
    return kokoro_notation(run.stdout, accent)


class Kokoro:
    """The synthesiser of a folder."""

    def __init__(self, folder: Path, pronounce: Pronounce = pronounce) -> None:
        if not (folder / MODEL).exists():
            raise FileNotFoundError(f"{folder}: holds no {MODEL}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
        self._tokens: dict[str, int] = json.loads((folder / "vocab.json").read_text())["vocab"]
        self._voices = {path.stem: path for path in sorted((folder / "voices").glob("*.bin"))}
        self._pronounce = pronounce

    def voice(self, chance: np.random.Generator) -> Voice:
        """A random voice; half of them are blends of two."""
        first, second = self._pick(chance), self._pick(chance)
        share = round(float(chance.uniform(0.3, 0.7)), 2)
        accent = "en-gb" if first.startswith("b") else "en-us"
        if chance.random() < 0.5:
            return Voice(first, self.style(first), accent)
        blend = share * self.style(first) + (1 - share) * self.style(second)
        return Voice(f"{first}+{second}@{share}", blend, accent)

    def _pick(self, chance: np.random.Generator) -> str:
        names = sorted(self._voices)
        english = [name for name in names if name[0] in "ab"]
        return str(chance.choice(english if english and chance.random() < ENGLISH else names))

    def style(self, name: str) -> Samples:
        """A voice's styles (510, 1, 256)."""
        return np.fromfile(self._voices[name], np.float32).reshape(-1, 1, 256)

    def speak(self, text: str, voice: Voice, speed: float) -> Samples:
        """A text as 16 kHz samples (S,), trimmed, with a peak of 0.7; `speed` 1 is the voice's own."""
        letters = self._pronounce(text, voice.accent)
        tokens = [self._tokens[letter] for letter in letters if letter in self._tokens][:LONGEST]
        feed = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": voice.style[min(len(tokens), len(voice.style) - 1)],
            "speed": np.array([speed], np.float32),
        }
        sound = np.asarray(self._session.run(None, feed)[0], np.float32).squeeze()
        return trim(np.asarray(scipy.signal.resample_poly(sound, 2, 3), np.float32))


def speak_all(
    kokoro: Kokoro, texts: Sequence[str], manifest: Path, *, count: int, seed: int, progress: Callable[[int], None]
) -> None:
    """Speaks `count` random texts in random voices beside the manifest, which `train keywords` reads.

    Clips that are there already are not spoken again: a clip's name tells text, voice and speed apart.
    """
    chance = np.random.default_rng(seed)
    manifest.parent.mkdir(parents=True, exist_ok=True)
    with manifest.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(("path", "speaker", "text", "seconds"))
        for number in range(count):
            text, voice = texts[int(chance.integers(len(texts)))], kokoro.voice(chance)
            speed = float(chance.uniform(0.75, 1.3))
            told = zlib.crc32(f"{text} {voice.name} {speed}".encode())
            clip = manifest.with_name(f"{seed}-{number:05d}-{told:08x}.wav")
            if not clip.exists():
                _write(clip, kokoro.speak(text, voice, speed))
            rows.writerow((clip.name, voice.name, text, f"{_seconds(clip):.3f}"))
            file.flush()
            progress(number + 1)


def _write(path: Path, sound: Samples) -> None:
    partial = path.with_suffix(".partial")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    partial.rename(path)


def _seconds(path: Path) -> float:
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()
