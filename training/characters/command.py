"""`legato train characters`."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console

from legato.models.characters import CharacterConfig, CharacterNet
from legato.training.characters.task import CharacterObjective, CharacterRecipe
from legato.training.characters.text import PLAIN, WRITTEN, Text, characters_of, encode, marked, read_lines
from legato.training.loop import Loop, Place, carry_out
from legato.training.provenance import command, revision
from legato.training.recipe import read_recipe
from legato.training.saving import begin_with, save_model

_EVERY = 200
"""Of so many lines one is held out, where no text is named for that"""
_LOOKED_AT = 300
"""Held-out lines that are looked at while training, at most"""

console = Console(stderr=True)


def characters(
    texts: Annotated[list[Path], typer.Argument(metavar="TEXTS...", help="Files of text, UTF-8, a thought a line.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder of the run: checkpoints, curves, characters.pt.")],
    held_out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Text to look at while training; else some lines of TEXTS.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Recipe (TOML).")] = None,
    steps: Annotated[int | None, typer.Option(help="Optimiser steps, instead of the recipe's.")] = None,
    start_from: Annotated[
        Path | None, typer.Option(help="A trained characters.pt of the same shape and characters to begin with.")
    ] = None,
    threads: Annotated[int, typer.Option(help="Threads of PyTorch.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    log_gradient_flow: Annotated[
        bool, typer.Option("--log-gradient-flow", help="Tell now and then how far back gradients reach.")
    ] = False,
) -> None:
    """A model that knows which character comes next; started again with the same --out, it goes on where it stopped."""
    torch.set_num_threads(threads)
    try:
        recipe = read_recipe(config, CharacterRecipe()) if config else CharacterRecipe()
        recipe = replace(recipe, loop=recipe.loop.told(steps, flow=log_gradient_flow))
        lines = read_lines(texts)
        dev = read_lines([held_out]) if held_out else lines[::_EVERY]
        if not held_out and len(lines) >= _EVERY:
            lines = [line for place, line in enumerate(lines) if place % _EVERY]
        finished = learn(recipe, lines, dev, out, place=Place.here(device), start_from=start_from)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    if not finished:
        raise typer.Exit(130)


def learn(
    recipe: CharacterRecipe,
    lines: Sequence[str],
    dev: Sequence[str],
    out: Path,
    *,
    place: Place,
    start_from: Path | None = None,
) -> bool:
    """Trains and writes `out/characters.pt`; whether it came to its end. ValueError for a text that is too short."""
    labels = characters_of(lines, recipe.text)
    torch.manual_seed(recipe.loop.seed)
    net = CharacterNet(CharacterConfig(labels, recipe.recurrent, WRITTEN, PLAIN if PLAIN in labels else ""))
    dev = dev[:: max(len(dev) // _LOOKED_AT, 1)]
    kinds = {"written": False, **({"plain": True} if recipe.text.plain else {})}
    looked_at = {name: torch.from_numpy(encode(marked(dev, plain=plain), labels)) for name, plain in kinds.items()}
    text = Text(lines, labels, recipe.text, recipe.loop.seed)
    loop = Loop(CharacterObjective(net, recipe, text, looked_at), recipe.loop, out, place)
    finished = carry_out(loop, lambda: begin_with(net, start_from) if start_from else None, console.print)
    if finished and not place.rank:
        path = out / "characters.pt"
        save_model(path, "characters", net, _provenance(recipe, lines, place), None)
        console.print(f"wrote {path}; next: legato export {path} -o characters.onnx")
    return finished


def _provenance(recipe: CharacterRecipe, lines: Sequence[str], place: Place) -> dict[str, Any]:
    """Where a model comes from: text, command, settings."""
    return {
        "command": command(),
        "revision": revision(),
        "characters": sum(map(len, lines)),
        "recipe": asdict(recipe),
        "processes": place.world,
    }
