"""Self-training: recordings that nobody wrote down, with the texts that a model of ours is sure of (Lee 2013)."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from legato.app.transcription.transcriber import Reading, Transcriber
from legato.app.transcription.words import Word


@dataclass(frozen=True)
class Kept:
    """Which readings are taken for the truth."""

    confidence: float = 0.9
    """Least confidence, on average, of a recording's words"""
    worst: float = 0.5
    """Least confidence of any word"""
    words: int = 2
    """Least number of them"""
    longest: float = 15.0
    """Seconds of a recording"""

    def takes(self, seconds: float, words: Sequence[Word]) -> bool:
        """Whether a reading is sure enough."""
        sure = [word.confidence for word in words]
        if seconds > self.longest or len(sure) < self.words:
            return False
        return sum(sure) / len(sure) >= self.confidence and min(sure) >= self.worst


def label(
    transcriber: Transcriber, paths: Sequence[Path], manifest: Path, kept: Kept, progress: Callable[[int], None]
) -> int:
    """Writes a manifest of the recordings whose reading is kept, which `train speech` reads; returns how many.

    A recording's speaker is the folder that it lies in.
    """
    count = 0
    with manifest.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(("path", "speaker", "text", "seconds", "split", "confidence"))
        for number, reading in enumerate(transcriber.read(paths, lambda _: None)):
            if not reading.failed and kept.takes(reading.seconds, reading.words):
                rows.writerow(_row(paths[reading.place].resolve(), reading))
                count += 1
            progress(number + 1)
    return count


def _row(path: Path, reading: Reading) -> tuple[str, ...]:
    text = " ".join(word.word for word in reading.words)
    sure = sum(word.confidence for word in reading.words) / len(reading.words)
    return str(path), path.parent.name, text, f"{reading.seconds:.3f}", "train", f"{sure:.3f}"
