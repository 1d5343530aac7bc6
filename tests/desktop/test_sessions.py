"""Models that stay open while their files stay the same."""

import shutil
from pathlib import Path

import pytest

from legato.app.desktop.sessions import shared
from legato.app.engine.errors import ModelError


def test_a_file_is_opened_once_until_it_changes(level_model: Path, height_model: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    shutil.copy(level_model, path)
    first = shared(path)
    assert shared(path) is first
    shutil.copy(height_model, path)
    assert shared(path).contract.task == "gestures"
    path.unlink()
    with pytest.raises(ModelError, match="no such model file"):
        shared(path)
