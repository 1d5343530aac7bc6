"""A language model in a file: how likely words follow one another, in KenLM's binary form.

Besides words it may have slots, `<v0>`, `<v1>` and so on: words without a spelling, that a user's own ones take.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from legato.app.engine.errors import ModelError

_MAGIC = b"mmap lm http://kheafield.com/code format version"
_FIRST = b"<unk>\0"
"""What the list of words at the file's end begins with"""
_SLOT = re.compile(r"<v\d+>")


@dataclass(frozen=True)
class Language:
    """What the file knows of."""

    path: Path
    words: tuple[str, ...]
    slots: tuple[str, ...]
    """Names of the words that have no spelling"""


def read_language(path: Path) -> Language:
    """The language model in the file `path`; ModelError where it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from None
    begin = data.rfind(_FIRST)
    if not data.startswith(_MAGIC) or begin < 0:
        raise ModelError(f"{path}: no language model: make one with legato train language-model")
    names = data[begin:].decode("utf-8", "replace").split("\0")[:-1]
    words = tuple(sorted(name for name in names if not name.startswith("<")))
    slots = sorted((name for name in names if _SLOT.fullmatch(name)), key=lambda name: int(name[2:-1]))
    return Language(path, words, tuple(slots))
