"""Models that stay open from one source to the next, so that another device or phrase is listened for at once."""

from functools import lru_cache
from pathlib import Path

from legato.app.engine.session import Session

_MOST = 4
"""Models that are held"""


def shared(path: Path) -> Session:
    """The model in a file, opened anew where the file has changed. A session is immutable, and safe on many threads.

    ModelError as `Session.open`.
    """
    try:
        about = path.stat()
    except OSError:
        return Session.open(path)  # which says what is wrong
    return _opened(path, about.st_mtime_ns, about.st_size)


@lru_cache(_MOST)
def _opened(path: Path, changed: int, size: int) -> Session:
    del changed, size  # they only tell one state of the file from another
    return Session.open(path)
