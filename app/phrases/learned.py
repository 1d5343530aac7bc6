"""A keyword that was learned from a few recordings: how a model spells what it hears in them, kept in a small file."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from legato.app.engine.errors import ModelError

FOLDER = platformdirs.user_data_path("legato") / "keywords"
"""Where one's own keywords are kept, unless told otherwise"""
VERSION = 1


@dataclass(frozen=True)
class Learned:
    """One keyword. There is no sound in it: only letters, and how sure they must be."""

    name: str
    spellings: tuple[str, ...]
    """What the model writes when it hears the keyword, one way or another"""
    threshold: float
    """Score, 0..1, from which it is reported"""
    recordings: int
    """That it was learned from"""
    model: str
    """The model that heard them: another one may spell it otherwise"""

    def save(self, path: Path) -> None:
        """Write the file, all of it or none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, indent=1) + "\n")
        partial.replace(path)


def path_of(name: str) -> Path:
    """The file of one's own keyword of that name, which need not exist."""
    plain = re.sub(r"[^\w-]+", "_", name)
    return FOLDER / f"{plain}.json"


def find(name: str) -> Learned | None:
    """One's own keyword of that name; None where there is none, ModelError where its file cannot be used."""
    path = path_of(name)
    return load(path) if path.is_file() else None


def load(path: Path) -> Learned:
    """The keyword in a file; ModelError where there is none in it."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        version = entries.pop("version")
        found = Learned(
            **{**entries, "spellings": tuple(entries["spellings"]), "threshold": float(entries["threshold"])}
        )
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: holds no learned keyword ({type(error).__name__}); learn it again") from None
    if version != VERSION:
        raise ModelError(f"{path}: is of version {version}; this legato reads {VERSION}")
    if not found.spellings or not all(found.spellings) or not 0 < found.threshold < 1:
        raise ModelError(f"{path}: its spellings or its threshold make no sense; learn it again")
    return found
