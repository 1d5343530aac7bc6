"""`legato listen`: keywords from a microphone, a recording or a pipe, one line each, as they are heard."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from legato.app import assets
from legato.app.cli.interrupts import remembered
from legato.app.devices.source import AudioSource
from legato.app.devices.sources import open_audio
from legato.app.engine.errors import UsageError
from legato.app.engine.events import KeywordEvent
from legato.app.engine.session import Session
from legato.app.engine.spotter import Spotter


class Device(StrEnum):
    """What a model may run on."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


def listen(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="A recording, a microphone's name, or - for raw 16-bit 16 kHz mono sound on standard input. "
            "Without one: the default microphone.",
        ),
    ] = None,
    *,
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    keyword: Annotated[
        list[str] | None,
        typer.Option(help="Listen for this, always; repeatable. Without: wake phrases, and commands after one."),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Report from this score on, 0 to 1, in place of the model's own.")
    ] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    demo: Annotated[bool, typer.Option("--demo", help="Listen to the short recording that is shipped.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Report keywords as they are heard in SOURCE."""
    if demo and source is not None:
        raise UsageError("--demo is itself a SOURCE: leave one of the two out")
    session = Session.open(model or assets.KEYWORDS, device.value)
    spotter = Spotter(session, keyword or None, threshold)
    with open_audio(str(assets.DEMO) if demo else source, session.contract.sample_rate) as audio:
        if audio.live:
            typer.echo(f"listening to {audio.name}; Ctrl-C ends it", err=True)
        try:
            with remembered() as check:
                for event in events(spotter, audio, check):
                    typer.echo(event.to_json() if as_json else _line(event))  # flushed at once
        finally:
            _tell_losses(spotter, audio)


def events(spotter: Spotter, audio: AudioSource, check: Callable[[], None]) -> Iterator[KeywordEvent]:
    """What is heard in all of `audio`, as soon as it is; `check` is called before every block."""
    for block in audio.blocks():
        check()
        yield from spotter.feed(block)
    yield from spotter.flush()


def _line(event: KeywordEvent) -> str:
    return f"{event.start:9.2f} – {event.end:.2f} s  {event.label:<12} {event.score:.2f}"


def _tell_losses(spotter: Spotter, audio: AudioSource) -> None:
    """Nothing is lost silently."""
    if audio.overruns:
        typer.echo(f"legato: sound was lost {audio.overruns} times: this machine could not keep up", err=True)
    if spotter.repaired:
        typer.echo(f"legato: {spotter.repaired} samples were no numbers or no sound: taken as silence", err=True)
