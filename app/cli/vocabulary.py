"""`--vocabulary`: a text file with names and terms to expect."""

from pathlib import Path

from legato.app.engine.errors import UsageError


def words_of(path: Path | None) -> tuple[str, ...]:
    """What stands in the file, one a line; UsageError where it cannot be read."""
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UsageError(f"--vocabulary {path} cannot be read: {reason}") from None
    return tuple(line.strip() for line in lines if line.strip())
