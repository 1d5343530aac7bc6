"""The table of commands. Each is imported when it is called, so that none pays for what another needs."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

import typer
from typer.core import TyperGroup

from legato.app.cli.interrupts import uninterrupted
from legato.app.engine.errors import UsageError

GROUP = "legato.commands"
"""Entry points of commands that need the training packages"""


@dataclass(frozen=True)
class Command:
    """One line of the table."""

    help: str
    target: str | None = None
    """`module:function` or `module:typer app`; None for the entry point of the same name"""


COMMANDS = {
    "listen": Command("Report keywords as they are heard.", "legato.app.cli.listen:listen"),
    "watch": Command("Report gestures as they are seen.", "legato.app.cli.watch:watch"),
    "transcribe": Command("Write recordings down as text and subtitles.", "legato.app.cli.transcribe:transcribe"),
    "record": Command("Make recordings of one's own.", "legato.app.cli.record:app"),
    "models": Command("What models are shipped, and what a model file promises.", "legato.app.cli.models:models"),
    "eval": Command("Measure a model on labelled recordings.", "legato.app.cli.evaluate:evaluate"),
    "bench": Command("Measure speed and memory on this machine.", "legato.app.cli.bench:bench"),
    "train": Command("Train a model (needs the training packages)."),
    "export": Command("Turn a checkpoint into a model file (needs the training packages)."),
    "learn": Command("Add a keyword or a gesture of one's own.", "legato.app.cli.learn:learn"),
    "tune": Command("Set a keyword's threshold from a recording of one's own room.", "legato.app.cli.tune:tune"),
    "lab": Command("Compare vanilla RNN, GRU and LSTM (needs the training packages)."),
    "complete": Command("Tell which characters are likely to come next.", "legato.app.cli.characters:complete"),
    "write": Command("Continue a text, character by character.", "legato.app.cli.characters:write"),
    "verify": Command("Check a model file against its network and contract (needs the training packages)."),
}


class LazyCommands(TyperGroup):
    """The group of all commands of the table."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's base class is its own
        """Their names, in the table's order."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # as above
        """The command of that name, imported now; UsageError where there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "see legato --help"
            raise UsageError(f"no such command: {cmd_name!r}; {hint}")
        target = COMMANDS[cmd_name].target
        with uninterrupted():
            return _command(cmd_name, _load(target) if target else load_training(cmd_name))

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # as above
        """The table itself: a help text imports no command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


def plain_app(**options: Any) -> typer.Typer:
    """A typer app as all of ours are: plain text, errors left to `main`."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **options)


def _load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def load_training(name: str) -> Any:
    """An entry point's object; UsageError where the packages that it needs are not installed."""
    from importlib.metadata import entry_points

    found = list(entry_points(group=GROUP, name=name))
    if getattr(sys, "frozen", False):
        raise UsageError(f"legato {name} is not in this bundle: pip install 'legato[train]' brings it")
    try:
        if found:
            return found[0].load()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("legato."):
            raise  # ours, so it is a mistake here and not a missing package
        raise _needs_training(name) from error
    raise _needs_training(name)


def _needs_training(name: str) -> UsageError:
    return UsageError(f"legato {name} needs the training packages: pip install 'legato[train]'")


def _command(name: str, loaded: typer.Typer | Callable[..., None]) -> Any:
    app = loaded
    if not isinstance(app, typer.Typer):
        app = plain_app()
        app.command(name)(cast("Callable[..., None]", loaded))
    command = typer.main.get_command(app)
    command.name = name
    return command
