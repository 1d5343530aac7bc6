"""The console script: its table, its endings, its one-line errors."""

import importlib
import logging
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from legato.app.cli import commands
from legato.app.cli.commands import COMMANDS, Command
from legato.app.cli.main import main
from legato.app.engine.errors import DeviceError, UsageError


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """`main` sets the root logger up, for its process; a test's process goes on."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module whose function `work` is the command `legato work`."""
    module = ModuleType("legato_test_command")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, "work", Command("Work.", f"{module.__name__}:work"))
    return module


def raising(error: BaseException) -> object:
    def work() -> None:
        raise error

    return work


def test_help_lists_every_command_and_imports_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    before = set(sys.modules)
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in COMMANDS)
    assert "--screenshot" not in text
    assert not {name for name in set(sys.modules) - before if name.startswith("legato.app.cli.")}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("legato ")


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.target])
def test_the_table_is_right(name: str) -> None:
    module, _, attribute = str(COMMANDS[name].target).partition(":")
    assert callable(getattr(importlib.import_module(module), attribute))


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (DeviceError("the gramophone\nis gone: find it"), 1, "legato: the gramophone is gone: find it"),
        (UsageError("not like that"), 2, "legato: not like that"),
        (ZeroDivisionError("by zero"), 1, "legato: unexpected ZeroDivisionError: by zero (--debug shows where)"),
        (OSError(28, "No space left on device", "out.json"), 1, "legato: out.json: No space left on device"),
    ],
)
def test_every_error_is_one_line(
    command: ModuleType, capsys: pytest.CaptureFixture[str], error: Exception, status: int, line: str
) -> None:
    command.work = raising(error)  # type: ignore[attr-defined]  # a module takes any attribute
    assert main(["work"]) == status
    assert capsys.readouterr().err == line + "\n"


@pytest.mark.parametrize("arguments", [["work", "--debug"], ["--debug", "work"]])
def test_debug_stands_anywhere(command: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    command.work = raising(UsageError("not like that"))  # type: ignore[attr-defined]  # as above
    assert main(arguments) == 2
    assert "Traceback" in capsys.readouterr().err


def test_control_c(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    command.work = raising(KeyboardInterrupt())  # type: ignore[attr-defined]  # as above
    assert main(["work"]) == 130
    assert capsys.readouterr().err == ""


def test_a_command_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lisen"]) == 2
    assert capsys.readouterr().err == "legato: no such command: 'lisen'; did you mean 'listen'?\n"
    assert main(["xyzzy"]) == 2
    assert capsys.readouterr().err == "legato: no such command: 'xyzzy'; see legato --help\n"


@pytest.mark.parametrize("name", ["train", "export", "verify"])
def test_missing_training_packages(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wants_torch.py").write_text("import a_training_package_that_is_missing\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = EntryPoint(name, "wants_torch:app", commands.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [entry])
    assert main([name]) == 2
    line = f"legato: legato {name} needs the training packages: pip install 'legato[train]'\n"
    assert capsys.readouterr().err == line


def test_a_bundle_has_no_training(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert main(["train", "keywords"]) == 2
    assert (
        capsys.readouterr().err == "legato: legato train is not in this bundle: pip install 'legato[train]' brings it\n"
    )


def test_a_mistake_in_the_training_code_is_no_missing_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mistaken.py").write_text("import legato.app.nonsense\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = EntryPoint("train", "mistaken:app", commands.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [entry])
    assert main(["train"]) == 1
    assert "unexpected ModuleNotFoundError: No module named 'legato.app.nonsense'" in capsys.readouterr().err
