import tomllib
from pathlib import Path
from typing import Any

import pytest

FOLDERS = ("app", "export", "models", "training")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the source tree."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shipped(root: Path) -> dict[str, Path]:
    """Every file of the four folders, by its path under `legato/` as installed."""
    return {
        f"legato/{path.relative_to(root).as_posix()}": path
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
