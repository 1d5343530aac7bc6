"""What a set of recordings on disk holds: manifests of ours, and the folder layout of Google Speech Commands."""

import csv
from collections.abc import Sequence
from pathlib import Path

from torchaudio.datasets import SPEECHCOMMANDS

from legato.app.transcription.texts import normalise
from legato.training.corpus import Recording

TRIMMED = (0.05, 0.10)
"""Seconds of silence kept before and after the speech by the tools that made the clips of the synthetic sources."""

SHORT = {"kokoro": 2, "spoken": 5}
"""By the first part of a set's name: words at most of a text that is said by itself, from edge to edge of its clip"""


def read_manifest(path: Path, source: str, held_out: Sequence[str] = (), longest: float = 15.0) -> list[Recording]:
    """The recordings of a tab-separated manifest with the columns path, speaker, text, seconds and, optionally, split.

    Without a `split` column a recording is `dev` where its speaker's name contains one of `held_out`. Longer ones
    than `longest` seconds are passed over. Raises ValueError naming the file and the column that it lacks.
    """
    folder = path.parent.resolve()  # the manifests made of these stand elsewhere
    with path.open(newline="", encoding="utf-8") as rows:
        table = csv.DictReader(rows, delimiter="\t")
        missing = {"path", "speaker", "text", "seconds"} - set(table.fieldnames or ())
        if missing:
            raise ValueError(f"{path}: lacks the column {min(missing)}")
        return [_recording(row, folder, source, held_out) for row in table if 0.2 <= float(row["seconds"]) <= longest]


def _recording(row: dict[str, str], folder: Path, source: str, held_out: Sequence[str]) -> Recording:
    text, speaker, seconds = normalise(row["text"]), row["speaker"], float(row["seconds"])
    split = row.get("split") or ("dev" if any(name in speaker for name in held_out) else "train")
    span = None
    if len(text.split()) <= SHORT.get(source.partition("_")[0], 0):
        before, after = TRIMMED
        span = (before, max(seconds - after, before + 0.05))
    return Recording(folder / row["path"], speaker, text, source, split, span)


def read_speech_commands(folder: Path) -> list[Recording]:
    """Google Speech Commands as torchaudio unpacks it, into `folder/SpeechCommands/speech_commands_v0.02/LABEL/*.wav`.

    torchaudio's validation list becomes `dev`; its testing list is left out.
    """
    recordings = []
    for subset, split in (("training", "train"), ("validation", "dev")):
        data = SPEECHCOMMANDS(folder, subset=subset)
        for index in range(len(data)):
            path, _rate, label, speaker, _number = data.get_metadata(index)
            recordings.append(
                Recording(folder.resolve() / "SpeechCommands" / path, speaker, label, "speech_commands", split)
            )
    return recordings


def read_folders(folders: Sequence[Path], source: str) -> list[Recording]:
    """Recordings that nobody wrote down: the media files below the folders. Source `noise` marks what is no speech."""
    kinds = {".ogg", ".wav", ".opus", ".flac", ".mp3"}
    paths = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in kinds]
    return [Recording(path, path.stem, None, source, "train") for path in paths]
