"""`legato complete` and `legato write`: what comes next, by a character model."""

import json
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from legato.app.characters.writer import Taste, Writer
from legato.app.cli.device import Device
from legato.app.cli.shipped import character_model
from legato.app.engine.session import Session

_SHOWN = {"\n": "⏎", " ": "␣"}
"""Characters that a terminal shows nothing of"""
_TASTE = Taste()

Model = Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="What the text begins with.")]
On = Annotated[Device, typer.Option(help="What to run on.")]


def complete(
    text: Text,
    *,
    count: Annotated[int, typer.Option(min=1, help="How many characters are told.")] = 5,
    model: Model = None,
    device: On = Device.auto,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """The characters that are likely to come next and how likely each is, best first. ␣ is a space, ⏎ a line's end."""
    writer = _begun(text, model, device)
    for guess in writer.guesses(count):
        if as_json:
            row = {"character": guess.character, "probability": round(guess.probability, 6)}
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            typer.echo(f"{_SHOWN.get(guess.character, guess.character)}  {guess.probability:.4f}")


def write(
    text: Text,
    *,
    length: Annotated[int, typer.Option(min=1, help="Characters that are added.")] = 200,
    temperature: Annotated[
        float, typer.Option(min=0.0, help="0 takes the likeliest character always; more is more daring.")
    ] = _TASTE.temperature,
    top_p: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Share of the likeliest characters that are chosen from.")
    ] = _TASTE.top_p,
    seed: Annotated[int | None, typer.Option(help="The same text every time.")] = None,
    model: Model = None,
    device: On = Device.auto,
) -> None:
    """A text continued by the character model, as it is being written."""
    writer = _begun(text, model, device)
    sys.stdout.write(text)
    for character in writer.write(length, Taste(temperature, top_p), np.random.default_rng(seed)):
        sys.stdout.write(character)
        sys.stdout.flush()
    sys.stdout.write("\n")


def _begun(text: str, model: Path | None, device: Device) -> Writer:
    """The text read by a model; a line tells what of it the model does not know."""
    writer = Writer(Session.open(model or character_model(), device.value))
    if unknown := writer.read(text):
        named = " ".join(map(ascii, unknown[:10]))
        typer.echo(f"legato: the model does not know {named}: left out", err=True)
    return writer
