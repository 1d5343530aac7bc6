"""`legato` itself: reads the command line, and turns every ending into an exit status and at most one line."""

import logging
import os
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from legato.app.cli.commands import LazyCommands, plain_app
from legato.app.cli.interrupts import uninterrupted
from legato.app.engine.errors import LegatoError, UsageError

FAILED = 1
USAGE = 2
PIPE_CLOSED = 141  # what a shell reports for a program that the reader of its output has left

app = plain_app(cls=LazyCommands)


@app.callback(invoke_without_command=True)
def legato(
    context: typer.Context,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Play a second of the demo through the window, and end.")
    ] = False,
    screenshot: Annotated[Path | None, typer.Option(hidden=True, help="Save a picture of the window, and end.")] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version, and end.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """Hears words as they happen. Without a command, opens the window."""
    del debug  # `run` has taken it already, wherever it stood
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"legato {version_of('legato')}")
    elif context.invoked_subcommand is None:
        with uninterrupted():
            from legato.app.desktop.application import open_window

        raise typer.Exit(open_window(smoke=smoke, screenshot=screenshot))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run `legato` with `arguments` (those of the process); returns the exit status."""
    given, debug = _take_debug(list(sys.argv[1:] if arguments is None else arguments))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a label must not end the program where a terminal lacks it
    logging.basicConfig(format="legato: %(message)s", level=logging.INFO if debug else logging.WARNING)
    try:
        _call(given)
    except typer.Exit as ending:
        return ending.exit_code
    except typer.Abort:
        return FAILED
    except BrokenPipeError:
        _forget_output()
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 — the one place where every error becomes a line
        if debug:
            traceback.print_exc()
        status = _explain(error)
        _settle_output()
        return status
    return 0


def _call(arguments: list[str]) -> None:
    command = typer.main.get_command(app)
    with command.make_context("legato", arguments) as context:
        command.invoke(context)
    if sys.stdout is not None:  # it is where a program is started with it closed
        sys.stdout.flush()


def _take_debug(arguments: list[str]) -> tuple[list[str], bool]:
    """The arguments without `--debug`, which may stand anywhere before `--`, and whether it was there."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    kept = [argument for argument in arguments[:end] if argument != "--debug"]
    return kept + arguments[end:], len(kept) < end


def _explain(error: Exception) -> int:
    """Print one line about what went wrong; returns the exit status."""
    if isinstance(error, LegatoError):
        status, text = USAGE if isinstance(error, UsageError) else FAILED, str(error)
    elif hasattr(error, "format_message") and hasattr(error, "exit_code"):
        # typer's own complaints: some versions bring their base class along, others take click's, so no name fits both
        status, text = error.exit_code, _usage(error)
    elif isinstance(error, OSError) and error.strerror:
        status, text = FAILED, f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    else:
        status, text = FAILED, f"unexpected {type(error).__name__}: {error} (--debug shows where)"
    typer.echo(f"legato: {' '.join(text.split())}", err=True)
    return status


def _usage(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "legato"
    message = error.format_message()  # type: ignore[attr-defined]  # seen by the caller
    return f"{message.rstrip('.')}; see {path} --help"


def _settle_output() -> None:
    """Write what is still buffered, or, where that cannot be (a full disk, as the error has told), forget it."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _forget_output()


def _forget_output() -> None:
    """Let what is still buffered go nowhere: Python would complain about it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
