"""Free speech synthesisers, as far as they are installed: each speaks texts in voices of its own, drawn at random.

Kokoro (a folder, see `legato.training.synthesis`) sounds best, and takes about half a second of a core for a second of
speech; Piper (PyPI piper-tts and files of voices) and Debian's flite and espeak-ng are faster and sound less natural.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from legato.training.media import read_audio
from legato.training.synthesis import MODEL, Kokoro, Samples, Voice
from legato.training.trimming import RATE, trim
from legato.training.voices import HELD_OUT_VOICES

Accept = Callable[[str], bool]
"""Whether a voice, or a blend, of that name may be used"""
_PIECE = 40
"""Texts that Piper speaks in one go, at one speed"""
_PACE = (0.85, 1.12)
"""Of Kokoro's voices; hardly a person speaks faster"""


@dataclass(frozen=True)
class Spoken:
    """A text and its sound."""

    text: str
    voice: str
    samples: Samples
    """(S,) at 16 kHz, trimmed."""


class Engine(Protocol):
    """A synthesiser."""

    name: str
    share: float
    """How much of what is spoken it is good for, beside others"""

    def speak(self, texts: Sequence[str], chance: np.random.Generator, accept: Accept) -> Iterator[Spoken]:
        """Each text, in order, in a random voice that is accepted."""


class Flite:
    """Debian's flite: four voices, each in many manners."""

    name = "flite"
    share = 0.25
    voices: ClassVar[dict[str, float]] = {"awb": 0.32, "rms": 0.32, "slt": 0.32, "kal": 0.04}
    """And their shares."""

    def speak(self, texts: Sequence[str], chance: np.random.Generator, accept: Accept) -> Iterator[Spoken]:
        """Each text, in order, in a random voice that is accepted."""
        names = [name for name in self.voices if accept(name)]
        shares = np.array([self.voices[name] for name in names])
        for text in texts:
            voice = str(chance.choice(names, p=shares / shares.sum()))
            stretch, pitch = chance.uniform(0.8, 1.25), chance.uniform(0.85, 1.2)
            settings = ["--setf", f"duration_stretch={stretch:.2f}", "--setf", f"f0_shift={pitch:.2f}"]
            yield Spoken(text, voice, _said(["flite", "-voice", voice, *settings, "-t", text, "-o"]))


class Espeak:
    """Debian's espeak-ng: formants, seven accents and twelve variants."""

    name = "espeak-ng"
    share = 0.1
    accents = ("en-us", "en-us-nyc", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-029")
    variants = ("m1", "m3", "m4", "m7", "f1", "f2", "f3", "f4", "f5", "croak", "Annie", "Andy")

    def speak(self, texts: Sequence[str], chance: np.random.Generator, accept: Accept) -> Iterator[Spoken]:
        """Each text, in order, in a random voice that is accepted."""
        names = [name for name in self.variants if accept(name)]
        for text in texts:
            voice = f"{chance.choice(self.accents)}+{chance.choice(names)}"
            manner = ["-s", str(int(chance.integers(120, 200))), "-p", str(int(chance.integers(25, 75)))]
            yield Spoken(text, voice, _said(["espeak-ng", "-v", voice, *manner, text, "-w"]))


class Piper:
    """Piper, with the files of some voices (.onnx, each with its .json beside it)."""

    name = "piper"
    share = 0.25

    def __init__(self, voices: Sequence[Path]) -> None:
        self.voices = {path.stem: path for path in voices}

    def speak(self, texts: Sequence[str], chance: np.random.Generator, accept: Accept) -> Iterator[Spoken]:
        """Each text, in order, in a random voice that is accepted."""
        names = [name for name in self.voices if accept(name)]
        for first in range(0, len(texts), _PIECE):
            piece, voice = texts[first : first + _PIECE], str(chance.choice(names))
            length, noise = f"{chance.uniform(0.75, 1.3):.2f}", f"{chance.uniform(0.6, 1):.2f}"
            with tempfile.TemporaryDirectory() as folder:
                listed, target = Path(folder, "texts"), Path(folder, "spoken")
                listed.write_text("\n".join(piece) + "\n")
                target.mkdir()
                manner = ["--length-scale", length, "--noise-w-scale", noise, "-i", str(listed), "-d", str(target)]
                _run(["piper", "-m", str(self.voices[voice]), *manner])
                paths = sorted(target.glob("*.wav"), key=lambda path: int(path.stem))
                for text, path in zip(piece, paths, strict=True):
                    yield Spoken(text, voice, _sound(path))


class KokoroEngine:
    """Kokoro-82M: 54 voices and blends of two."""

    name = "kokoro"
    share = 1.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def speak(self, texts: Sequence[str], chance: np.random.Generator, accept: Accept) -> Iterator[Spoken]:
        """Each text, in order, in a random voice that is accepted."""
        engine = Kokoro(self._folder)
        for text in texts:
            voice = _drawn(engine, chance, accept)
            yield Spoken(text, voice.name, engine.speak(text, voice, float(chance.uniform(*_PACE))))


def find_engines(kokoro: Path, piper: Sequence[Path]) -> list[Engine]:
    """The synthesisers that are installed, the best first; ValueError naming what to install where there is none."""
    found: list[Engine] = []
    if (kokoro / MODEL).exists() and shutil.which("espeak-ng"):
        found.append(KokoroEngine(kokoro))
    if piper and shutil.which("piper"):
        found.append(Piper(piper))
    if shutil.which("flite"):
        found.append(Flite())
    if shutil.which("espeak-ng"):
        found.append(Espeak())
    if not found:
        raise ValueError(
            "no speech synthesiser is installed: apt-get install flite espeak-ng, or pip install piper-tts and name a "
            "voice with --piper-voice"
        )
    return found


def _drawn(engine: Kokoro, chance: np.random.Generator, accept: Accept) -> Voice:
    """A voice that is accepted; of those that are held out, one by itself."""
    for _ in range(40):
        voice = engine.voice(chance)
        if accept(voice.name):
            return voice
    name = str(chance.choice([name for name in HELD_OUT_VOICES if accept(name)]))
    return Voice(name, engine.style(name), "en-gb" if name.startswith("b") else "en-us")


def _said(command: Sequence[str]) -> Samples:
    """What a program speaks into the file whose name is put behind its arguments."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spoken.wav")
        _run([*command, str(path)])
        return _sound(path)


def _run(command: Sequence[str]) -> None:
    """Run a program; OSError with the last line that it says where it fails."""
    ran = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or [f"exit status {ran.returncode}"]
        raise OSError(f"{command[0]}: {said[-1]}")


def _sound(path: Path) -> Samples:
    return trim(read_audio(path, RATE).astype(np.float32) / np.float32(32768))
