"""What a user has who did not ask for the training packages."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_WITHOUT_TRAINING = """
import importlib, sys

ABSENT, BANNED = {absent!r}, {banned!r}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ABSENT or name in ABSENT:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
{body}
loaded = sorted(name for name in sys.modules if name.partition(".")[0] in BANNED)
assert not loaded, loaded
"""
_BANNED = ("torch", "torchaudio", "onnx", "onnxscript", "tensorboard", "matplotlib", "scipy", "pocketsphinx")
_OURS = ("legato.export", "legato.models", "legato.training")


def without_training(body: str, *arguments: str, absent: tuple[str, ...] = _BANNED) -> subprocess.CompletedProcess[str]:
    """Runs Python code where nothing of the training extra can be imported."""
    code = _WITHOUT_TRAINING.format(absent=absent, banned=_BANNED, body=body)
    return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)


def test_every_module_of_the_runtime_is_imported_without_torch(shipped: dict[str, Path]) -> None:
    modules = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in shipped
        if name.startswith("legato/app/") and name.endswith(".py") and not name.endswith("__main__.py")
    ]
    assert len(modules) > 20
    ran = without_training(
        "for name in sys.argv[1:]: importlib.import_module(name)", *modules, absent=(*_BANNED, *_OURS)
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("command", ["train", "export", "verify", "lab"])
def test_a_training_command_says_what_to_install(command: str) -> None:
    body = "from legato.app.cli.main import main; status = main(sys.argv[1:]); print(status)"
    ran = without_training(body, command, "--help")
    assert ran.stdout.split() == ["2"]
    assert ran.stderr == f"legato: legato {command} needs the training packages: pip install 'legato[train]'\n"


_BUILT = (
    "",
    "listen",
    "watch",
    "transcribe",
    "record gesture",
    "record keyword",
    "models",
    "models list",
    "models show",
    "train keywords",
    "export",
    "verify",
    "learn",
    "tune",
    "eval keywords",
    "eval gestures",
    "eval speech",
    "bench",
    "complete",
    "write",
    "train characters",
    "lab",
)


@pytest.mark.parametrize("command", _BUILT, ids=lambda command: command or "legato")
def test_every_command_answers_help(command: str) -> None:
    program = Path(sys.executable).with_name("legato")
    ran = subprocess.run([program, *command.split(), "--help"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"Usage: legato {command}".rstrip() in ran.stdout


def test_every_command_of_the_table_is_tried_here() -> None:
    from legato.app.cli.commands import COMMANDS

    assert {command.partition(" ")[0] for command in _BUILT} - {""} == set(COMMANDS)


def test_the_installed_version_is_the_projects(project: dict[str, Any]) -> None:
    program = Path(sys.executable).with_name("legato")
    ran = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"legato {project['project']['version']}\n"
