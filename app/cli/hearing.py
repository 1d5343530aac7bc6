"""A source of sound on the command line: opened, named where it is live, and what it lost told at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from legato.app.devices.source import AudioSource
from legato.app.devices.sources import open_audio


@contextmanager
def hearing(source: str | None, rate: int) -> Iterator[AudioSource]:
    """The sound of SOURCE at `rate` hertz."""
    with open_audio(source, rate) as audio:
        if audio.live:
            typer.echo(f"listening to {audio.name}; Ctrl-C ends it", err=True)
        yield audio


def tell_losses(audio: AudioSource, repaired: int) -> None:
    """Nothing is lost silently."""
    if audio.overruns:
        typer.echo(f"legato: sound was lost {audio.overruns} times: this machine could not keep up", err=True)
    if repaired:
        typer.echo(f"legato: {repaired} samples were no numbers or no sound: taken as silence", err=True)
