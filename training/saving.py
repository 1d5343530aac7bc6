"""Trained networks as files: what `legato export` reads, and what a training may begin with."""

import pickle
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import typer

from legato.models.characters import CharacterNet
from legato.models.gesture import GestureNet
from legato.models.keyword import KeywordNet
from legato.models.speech import LiveSpeechNet, SpeechNet

Net = KeywordNet | GestureNet | SpeechNet | LiveSpeechNet | CharacterNet


def save_model(
    path: Path,
    task: str,
    net: Net,
    provenance: Mapping[str, Any],
    decoder: Mapping[str, Any] | None,
) -> None:
    """Writes what `legato export` reads: task, configuration, weights, provenance and decoder settings."""
    saved = {
        "format": 1,
        "task": task,
        "config": asdict(net.config),
        "model": net.state_dict(),
        "provenance": dict(provenance),
        "decoder": None if decoder is None else dict(decoder),
    }
    partial = path.with_suffix(".partial")
    torch.save(saved, partial)
    partial.replace(path)


def begin_with(net: Net, path: Path) -> None:
    """Copies the weights of a trained model into a network of the same shape; BadParameter where they do not fit."""
    try:
        net.load_state_dict(torch.load(path, weights_only=True, map_location="cpu")["model"])
    except (OSError, KeyError, TypeError, RuntimeError, pickle.UnpicklingError) as error:
        raise typer.BadParameter(f"{path}: cannot begin with it ({str(error).splitlines()[0]})") from None
