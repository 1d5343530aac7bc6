"""`legato models`: what models are shipped, and what a model file promises."""

import json
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from legato.app import assets
from legato.app.cli.commands import plain_app
from legato.app.engine.contract import Contract
from legato.app.engine.description import described
from legato.app.engine.session import Session

models = plain_app(help="What models are shipped, and what a model file promises.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@models.command("list")
def list_models(as_json: Json = False) -> None:
    """What is shipped, and what was learned, with its path."""
    for name, path in assets.named_models().items():
        task = Session.open(path, "cpu").contract.task
        row = {"name": name, "task": task, "path": str(path)}
        typer.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{name:<16} {task:<12} {path}")


@models.command("show")
def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A model file, or the name of one in the list.")],
    as_json: Json = False,
) -> None:
    """What the model in FILE promises: inputs, labels, states, decoder, and where it comes from."""
    path = _path(file)
    contract = Session.open(path, "cpu").contract
    if as_json:
        typer.echo(contract.to_json())
    else:
        typer.echo("\n".join([str(path), *_lines(contract)]))


def _path(file: str) -> Path:
    return Path(file) if Path(file).exists() else assets.named_models().get(file, Path(file))


def _lines(contract: Contract) -> list[str]:
    rows = described(contract)
    width = max(len(name) for name, _ in rows) + 4
    return [line for name, value in rows for line in _wrapped(name, value, width)]


def _wrapped(name: str, value: str, width: int) -> list[str]:
    """A row as lines: the name in a column of `width`, the value beside it."""
    indent = " " * width
    text = textwrap.fill(value, 110, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return f"  {name}{text[len(name) + 2 :]}".splitlines()
