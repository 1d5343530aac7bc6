"""Reading checkpoints: the trained network and what is known about it."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError
from legato.export.tasks import TASKS, Net

FORMAT = 1


@dataclass(frozen=True)
class Checkpoint:
    """A network as training left it."""

    path: Path
    net: Net
    """In evaluation mode, on the CPU"""
    contract: Contract
    """What its exported graph promises"""


def load_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file, which is never executed as a pickle.

    ModelError, naming the file, where it is no checkpoint, of another format or task, or does not fit together.
    """
    entries = _read(path)
    for name, allowed in (("format", (FORMAT,)), ("task", tuple(TASKS))):
        if entries.get(name) not in allowed:
            expected = " or ".join(map(repr, allowed))
            raise ModelError(f"{path}: checkpoint field {name!r} must be {expected}, not {entries.get(name)!r}")
    task = TASKS[entries["task"]]
    try:
        net = task.build(entries["config"])
        net.load_state_dict(entries["model"])
        settings = task.settings(entries.get("decoder"), net.config)
        contract = task.contract(net.config, settings, entries.get("provenance"))
        text = contract.to_json()
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{path}: not a checkpoint that fits together ({_line(error)})") from None
    return Checkpoint(path, net.eval(), Contract.from_json(text, str(path)))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelError(f"{path}: no such checkpoint")
    try:
        entries = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, OSError, EOFError, ValueError, KeyError) as error:
        raise ModelError(f"{path}: not a checkpoint ({_line(error)})") from None
    if not isinstance(entries, dict):
        raise ModelError(f"{path}: not a checkpoint of legato")
    return entries


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
