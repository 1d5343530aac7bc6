"""Make the recording in the box, `app/assets/demo.flac`, from clips of synthetic voices that are never trained on.

    python training/recipes/make_demo.py DATA app/assets/demo.flac

DATA holds `kokoro.tsv` and its clips (Kokoro-82M's voices, Apache-2.0).
"""

import csv
import sys
from pathlib import Path

import av
import numpy as np

from legato.training.media import read_audio

SCRIPT = (
    ("hey legato", 0.7),
    ("go", 0.8),
    ("left", 0.8),
    ("stop", 1.4),
    ("computer", 0.7),
    ("yes", 0.8),
    ("seven", 0.8),
    ("off", 1.0),
)
"""What is said, and the seconds of pause after it."""

RATE = 16_000


def main(data: Path, output: Path) -> None:
    """Write the recording."""
    with (data / "kokoro.tsv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["split"] == "dev"]
    noise = np.random.default_rng(1)
    parts = [np.zeros(RATE // 2, np.float32)]
    for turn, (text, pause) in enumerate(SCRIPT):
        clips = [row for row in rows if row["text"] == text]
        samples = read_audio(data / clips[turn % len(clips)]["path"], RATE).astype(np.float32)
        parts += [samples / max(float(np.abs(samples).max()), 1.0) * 0.5, np.zeros(int(pause * RATE), np.float32)]
    sound = np.concatenate(parts)
    sound = np.round((sound + 0.001 * noise.standard_normal(len(sound))) * 32767).astype(np.int16)
    with av.open(str(output), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        for first in range(0, len(sound), 4096):
            frame = av.AudioFrame.from_ndarray(sound[None, first : first + 4096], "s16", "mono")
            frame.sample_rate, frame.pts = RATE, first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
