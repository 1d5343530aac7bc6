import email
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

FOLDERS = ("app", "export", "models", "training")


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy of what it is made of, without going to the network."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, tree)
    for name in FOLDERS:
        shutil.copytree(root / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "tests").mkdir()
    (tree / "tests" / "conftest.py").touch()  # to be left out
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet", "--wheel-dir", str(tree)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", str(tree), *options], check=True, capture_output=True)
    (path,) = tree.glob("*.whl")
    return zipfile.ZipFile(path)


def test_nothing_but_legato_goes_into_site_packages(wheel: zipfile.ZipFile, project: dict[str, Any]) -> None:
    version = project["project"]["version"]
    assert {name.partition("/")[0] for name in wheel.namelist()} == {"legato", f"legato-{version}.dist-info"}
    assert "legato/__init__.py" not in wheel.namelist()


def test_every_file_of_the_folders_is_in_it(wheel: zipfile.ZipFile, shipped: dict[str, Path]) -> None:
    inside = {name for name in wheel.namelist() if name.startswith("legato/")}
    assert inside == set(shipped)


def test_it_carries_its_licence_and_the_command(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    (table,) = (name for name in names if name.endswith("entry_points.txt"))
    text = wheel.read(table).decode()
    assert "legato = legato.app.cli.main:main" in text
    assert "[legato.commands]" in text


def test_the_runtime_asks_for_none_of_the_training_packages(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("METADATA"))
    needed = email.message_from_string(wheel.read(name).decode()).get_all("Requires-Dist", [])
    runtime = {line.split()[0].partition(">")[0].partition("[")[0] for line in needed if "extra ==" not in line}
    assert "torch" not in runtime
    assert runtime >= {"numpy", "onnxruntime-gpu", "PyQt6"}
