import re
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = {"legato/training/recipes"}
"""Folders of data, with the scripts that make it; no packages"""


def test_the_list_of_packages_is_what_the_folders_hold(project: dict[str, Any], shipped: dict[str, Path]) -> None:
    modules = [Path(name) for name in shipped if name.endswith(".py")]
    found = {path.parent.as_posix() for path in modules} - SCRIPTS
    listed = [name.replace(".", "/") for name in project["tool"]["setuptools"]["packages"]]
    assert sorted(listed) == listed
    assert found == set(listed)
    assert {path.parent.as_posix() for path in modules if path.name == "__init__.py"} == found


def test_the_links_for_type_checkers_lead_to_the_folders(root: Path, project: dict[str, Any]) -> None:
    folders: dict[str, str] = project["tool"]["setuptools"]["package-dir"]
    links = {f"legato.{link.name}": link.resolve() for link in (root / ".links" / "legato").iterdir()}
    assert links == {name: root / folder for name, folder in folders.items()}
    for folder in folders.values():
        assert (root / folder / "py.typed").is_file()


def test_the_changelog_has_an_entry_for_the_version(root: Path, project: dict[str, Any]) -> None:
    headings = re.findall(r"^## (\S+)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == project["project"]["version"]


@pytest.mark.parametrize("name", ["app", "export", "models", "training"])
def test_no_module_is_too_long_to_read(shipped: dict[str, Path], name: str) -> None:
    lines = {
        path: len(file.read_text(encoding="utf-8").splitlines())
        for path, file in shipped.items()
        if path.startswith(f"legato/{name}/") and path.endswith(".py")
    }
    assert {path: count for path, count in lines.items() if count > 300} == {}


def test_every_ignored_rule_carries_its_reason(root: Path) -> None:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    table = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.flake8-tidy-imports]")]
    rules = [line for line in table.splitlines() if re.match(r'\s+"[A-Z]+\d*",', line)]
    assert len(rules) > 10
    assert [line for line in rules if "#" not in line] == []
