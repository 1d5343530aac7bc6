"""Phrases for which a network of their own was trained: a model file each, in a folder of the user's."""

import shutil
from pathlib import Path

import platformdirs

from legato.app.transcription.texts import normalise

FOLDER = platformdirs.user_data_path("legato") / "phrases"
"""Where networks that know one's own phrases are kept"""


def path_of(phrase: str) -> Path:
    """The model file of a phrase, which need not exist; how it is capitalised makes no difference."""
    return FOLDER / f"{normalise(phrase).replace(' ', '_')}.onnx"


def find(phrase: str) -> Path | None:
    """The model file of a phrase; None where none was trained for it."""
    path = path_of(phrase)
    return path if path.is_file() else None


def keep(phrase: str, model: Path) -> None:
    """Have a model file listen for a phrase from now on: a copy of it, in place of an earlier one. OSError."""
    path = path_of(phrase)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    shutil.copyfile(model, partial)
    partial.replace(path)
