"""Model files that are whole or not there at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx

from legato.app.engine.errors import ModelError


@contextmanager
def written(model: onnx.ModelProto, path: Path) -> Iterator[Path]:
    """The model in a file beside `path`, to be looked at; it takes that name when the block ends without an error.

    ModelError where nothing can be written there.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise _unwritable(path, error) from None
    draft = Path(name)
    try:
        _save(model, handle, path)
        draft.chmod(0o666 & ~_mask())
        yield draft
        _rename(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _save(model: onnx.ModelProto, handle: int, path: Path) -> None:
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(model.SerializeToString())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from None


def _rename(draft: Path, path: Path) -> None:
    try:
        draft.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> ModelError:
    return ModelError(f"{path}: cannot be written ({error.strerror})")


def _mask() -> int:
    """The rights that new files are denied, which can only be read by setting them."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
