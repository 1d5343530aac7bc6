"""`legato eval characters`: how well a character model knows a text that it never read."""

import json
from pathlib import Path
from typing import Annotated

import typer

from legato.app.cli.device import Device
from legato.app.cli.evaluating import between, check_task, percent, table
from legato.app.cli.shipped import character_model
from legato.app.engine.session import Session
from legato.app.evaluation.characters import known, read_text


def characters(
    text: Annotated[Path, typer.Argument(metavar="TEXT", help="A file of text, UTF-8, a thought a line.")],
    *,
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Bits a character, and how often the likeliest is the next: of lines as they are written, and plain ones."""
    lines = read_text(text)
    session = Session.open(model or character_model(), device.value)
    check_task(session, "characters")
    kinds = {"written": False, **({"plain": True} if session.contract.lines.plain else {})}
    found = {name: known(session, lines, plain=plain).to_dict() for name, plain in kinds.items()}
    if as_json:
        print(json.dumps({"task": "characters", "model": str(session.path), "text": str(text), **found}))
        return
    rows = [
        (name, str(one["characters"]), f"{one['bits']:.3f}", percent(one["accuracy"]), between(one["interval"]))
        for name, one in found.items()
    ]
    table(("", "characters", "bits", "next is the likeliest", "95 %"), rows)
