"""`legato record keyword`: short recordings of a word, from a microphone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import platformdirs
import typer

from legato.app.cli.interrupts import remembered
from legato.app.devices.microphone import Microphone
from legato.app.devices.recorder import write_flac
from legato.app.devices.source import AudioSource
from legato.app.engine.errors import DeviceError, SourceError, UsageError
from legato.app.phrases.learning import complaint
from legato.app.phrases.search import Floats

RATE = 16_000
COUNTDOWN = (3, 2, 1)
"""Seconds that are left before the first take"""
SECONDS = 2.0
TRIES = 4
"""The first, and at most three more where it is no good"""


def keyword(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The keyword.")],
    *,
    source: Annotated[
        str | None, typer.Option(help="A microphone's name; without one, the default microphone.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many recordings.")] = 3,
    seconds: Annotated[float, typer.Option(min=0.5, max=6.0, help="How long each is.")] = SECONDS,
    output: Annotated[Path | None, typer.Option(help="The folder to write to; without one, legato's own.")] = None,
) -> None:
    """Record a keyword, a few times. Prints the path of each recording."""
    for path in recorded(name, source, count=count, seconds=seconds, folder=output):
        typer.echo(path)


def recorded(name: str, source: str | None, *, count: int, folder: Path | None, seconds: float = SECONDS) -> list[Path]:
    """The files of new recordings of a keyword, made now; DeviceError where none is any good, time after time."""
    if not re.fullmatch(r"[\w '-]+", name):
        raise UsageError(f"NAME may hold letters, digits, spaces, ', _ and - only, not {name!r}")
    folder = folder or platformdirs.user_data_path("legato") / "recordings" / name
    with Microphone(source, RATE) as microphone, remembered() as check:
        _make(folder)
        blocks = _checked(microphone, check)
        typer.echo(f"recording {name} with {microphone.name}; Ctrl-C ends it", err=True)
        return [_save(_insist(blocks, seconds, f"{turn} of {count}"), folder, name) for turn in range(1, count + 1)]


def _checked(source: AudioSource, check: Callable[[], None]) -> Iterator[Floats]:
    """The blocks of `source`; `check` is called before each."""
    for block in source.blocks():
        check()
        yield block


def _insist(blocks: Iterator[Floats], seconds: float, which: str) -> Floats:
    """A take that is loud enough and not too loud; DeviceError where that does not come about."""
    for _ in range(TRIES):
        for left in COUNTDOWN:
            typer.echo(f"{which} in {left}", err=True)
            _lasting(blocks, 1.0)
        typer.echo(f"{which}: say it now", err=True)
        take = _lasting(blocks, seconds)
        wrong = complaint(take, RATE)
        if wrong is None:
            return take
        typer.echo(f"{which} {wrong}, so it does not count", err=True)
    raise DeviceError(f"{TRIES} recordings in a row were no good: is this the right microphone, and is it on?")


def _lasting(blocks: Iterator[Floats], seconds: float) -> Floats:
    """The sound (S,) of the next seconds; DeviceError where there is no more."""
    taken: list[Floats] = []
    missing = seconds * RATE
    while missing > 0:
        block = next(blocks, None)
        if block is None:
            raise DeviceError("the microphone gives no more sound")
        taken.append(block)
        missing -= len(block)
    return np.concatenate(taken)[: round(seconds * RATE)]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{folder} cannot be made: {error.strerror}; name another folder with --output") from None


def _save(take: Floats, folder: Path, name: str) -> Path:
    """Write it under the next free number."""
    number = 1
    while (path := folder / f"{name}-{number}.flac").exists():
        number += 1
    write_flac(path, take, RATE)
    return path
