"""What sets of transcribed speech hold: our manifests, LibriSpeech and Common Voice as they lie on disk."""

import csv
from collections.abc import Sequence
from pathlib import Path

from torchaudio.datasets import LIBRISPEECH

from legato.app.transcription.texts import normalise
from legato.training.corpus import Recording
from legato.training.sources import read_manifest

UNSURE = {"queen": "unknown"}
"""By set, a speaker of whose lines too many are written down wrongly"""
LIBRISPEECH_SPLITS = {
    "train-clean-100": "train",
    "train-clean-360": "train",
    "train-other-500": "train",
    "dev-clean": "dev",
    "dev-other": "dev",
}
"""Parts of LibriSpeech that are learned from or looked at; its test parts are left out"""
COMMON_VOICE_SPLITS = {"train": "train", "dev": "dev"}
"""Tables of a Common Voice release likewise"""


def read_set(path: Path, held_out: Sequence[str], longest: float) -> list[Recording]:
    """A manifest's recordings (`legato.training.sources`), without the speakers whose texts are unsure."""
    recordings = read_manifest(path, path.stem, held_out, longest)
    return [one for one in recordings if one.speaker != UNSURE.get(path.stem)]


def read_librispeech(folder: Path) -> list[Recording]:
    """The parts of LibriSpeech that are there as torchaudio unpacks it: `folder/LibriSpeech/PART/...`.

    ValueError where there is none.
    """
    found = [part for part in LIBRISPEECH_SPLITS if (folder / "LibriSpeech" / part).is_dir()]
    if not found:
        raise ValueError(f"{folder}: holds no LibriSpeech/PART, with PART one of {', '.join(LIBRISPEECH_SPLITS)}")
    recordings = []
    for part in found:
        data = LIBRISPEECH(folder, part)
        for index in range(len(data)):
            path, _rate, text, speaker, _chapter, _number = data.get_metadata(index)
            place = folder.resolve() / "LibriSpeech" / path
            split = LIBRISPEECH_SPLITS[part]
            recordings.append(Recording(place, str(speaker), normalise(text), "librispeech", split))
    return recordings


def read_common_voice(folder: Path) -> list[Recording]:
    """A language of a Common Voice release: `train.tsv`, `dev.tsv` and `clips/` in the folder.

    ValueError naming the file and what it lacks.
    """
    recordings = []
    for table, split in COMMON_VOICE_SPLITS.items():
        path = folder / f"{table}.tsv"
        if not path.exists():
            raise ValueError(f"{folder}: lacks {path.name}, a table of a Common Voice release")
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = {"client_id", "path", "sentence"} - set(rows.fieldnames or ())
            if missing:
                raise ValueError(f"{path}: lacks the column {min(missing)}")
            clips = folder.resolve() / "clips"
            recordings += [
                Recording(clips / row["path"], row["client_id"], normalise(row["sentence"]), "common_voice", split)
                for row in rows
            ]
    return recordings
