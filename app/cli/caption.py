"""`legato listen --transcribe`: what is said, as text, while it is said."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from legato.app.cli.hearing import hearing, tell_losses
from legato.app.cli.interrupts import remembered
from legato.app.cli.vocabulary import words_of
from legato.app.devices.source import AudioSource
from legato.app.engine.session import Session
from legato.app.transcription.captions import Caption, Captioner
from legato.app.transcription.decoding import open_decoder


def caption(source: str | None, model: Path, device: str, vocabulary: Path | None, *, as_json: bool) -> None:
    """Write down what is heard in SOURCE; at a terminal, the unfinished line is shown while it grows."""
    session = Session.open(model, device)
    captioner = Captioner(session, open_decoder(session.contract, vocabulary=words_of(vocabulary)))
    with hearing(source, session.contract.sample_rate) as audio:
        try:
            with remembered() as check:
                _show(captions(captioner, audio, check), as_json=as_json)
        finally:
            tell_losses(audio, captioner.repaired)


def captions(captioner: Captioner, audio: AudioSource, check: Callable[[], None]) -> Iterator[Caption]:
    """What is said in all of `audio`, as soon as it is; `check` is called before every block."""
    for block in audio.blocks():
        check()
        yield from captioner.feed(block)
    yield from captioner.flush()


def _show(told: Iterator[Caption], *, as_json: bool) -> None:
    if as_json:
        for one in told:
            typer.echo(one.to_json())  # flushed at once
    elif sys.stdout.isatty():
        _grow(told)
    else:
        for one in told:
            if one.final:
                typer.echo(_line(one))


def _grow(told: Iterator[Caption]) -> None:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console()
    with Live(console=console, auto_refresh=False, transient=True) as live:
        for one in told:
            if one.final:
                live.update(Text(""))
                console.print(Text(_line(one)))
            else:
                live.update(Text(one.text, style="dim"))
            live.refresh()


def _line(one: Caption) -> str:
    return f"{one.start:9.2f} – {one.end:.2f} s  {one.text}"
