"""What a desktop needs to know of legato: its entry, icon and description, put where they belong and taken away."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

FOLDER = Path(__file__).parents[2] / "packaging"


def entry_in(path: Path) -> dict[str, str]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert header == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines)


def parsed(name: str) -> ET.Element:
    return ET.parse(FOLDER / name).getroot()  # noqa: S314 - a file of our own


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    surroundings = {**os.environ, "XDG_DATA_HOME": str(home)}
    script = [str(FOLDER / "install-desktop.sh"), *arguments]
    return subprocess.run(script, env=surroundings, capture_output=True, text=True, check=False)


def test_the_entry_says_what_is_needed() -> None:
    entry = entry_in(FOLDER / "legato.desktop")
    assert (entry["Type"], entry["Exec"], entry["Icon"]) == ("Application", "legato", "legato")
    assert all(entry[key].endswith(";") for key in ("Categories", "Keywords"))


def test_description_and_entry_are_about_the_same() -> None:
    component = parsed("io.github.legato.metainfo.xml")
    assert component.findtext("launchable") == "legato.desktop"
    assert component.findtext("project_license") == "Apache-2.0"
    release = component.find("releases/release")
    assert release is not None
    pyproject = (FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{release.get("version")}"' in pyproject


def test_the_icon_is_a_picture() -> None:
    root = parsed("legato.svg")
    assert root.get("viewBox") == "0 0 64 64"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other menus")
def test_it_is_put_into_the_menus_and_taken_out(tmp_path: Path) -> None:
    done = run(tmp_path, sys.executable)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip())
    assert entry_in(path)["Exec"] == f'"{Path(sys.executable).resolve()}"'
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 3
    assert run(tmp_path, "--remove").returncode == 0
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_what_is_no_program_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, FOLDER / "legato.svg"):
        done = run(tmp_path / "home", str(path))
        assert done.returncode == 1
        assert "is no program" in done.stderr
    assert not (tmp_path / "home").exists()
