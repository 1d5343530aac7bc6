"""`legato listen`: keywords from a microphone, a recording or a pipe, one line each, as they are heard."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from legato.app import assets
from legato.app.cli.device import Device
from legato.app.cli.hearing import hearing, tell_losses
from legato.app.cli.interrupts import remembered
from legato.app.cli.shipped import live_speech_model
from legato.app.cli.spotting import open_spotter
from legato.app.devices.source import AudioSource
from legato.app.engine.errors import UsageError
from legato.app.engine.events import KeywordEvent
from legato.app.engine.spotter import Spotter
from legato.app.phrases.spotter import Chorus


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
        typer.Option(
            help="Listen for this, always: a word that the model knows, or any phrase; repeatable. "
            "Without: wake phrases, and commands after one."
        ),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Report from this score on, 0 to 1, in place of the model's own.")
    ] = None,
    second_look: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORD",
            help="Let a network that reads both ways hear again what was spotted, and veto it; repeatable, "
            "or all. Fewer false alarms, a tenth of a second later.",
        ),
    ] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    demo: Annotated[bool, typer.Option("--demo", help="Listen to the short recording that is shipped.")] = False,
    transcribe: Annotated[
        bool, typer.Option("--transcribe", help="Write down what is said, instead of spotting keywords.")
    ] = False,
    vocabulary: Annotated[
        Path | None, typer.Option(metavar="WORDS.txt", help="With --transcribe: names and terms to expect, one a line.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Report keywords as they are heard in SOURCE."""
    if demo and source is not None:
        raise UsageError("--demo is itself a SOURCE: leave one of the two out")
    if transcribe and (keyword or second_look or threshold is not None):
        raise UsageError("--transcribe writes everything down: leave out --keyword, --threshold and --second-look")
    if vocabulary and not transcribe:
        raise UsageError("--vocabulary goes with --transcribe")
    name = str(assets.DEMO) if demo else source
    if transcribe:
        from legato.app.cli.caption import caption

        caption(name, model or live_speech_model(), device.value, vocabulary, as_json=as_json)
    else:
        opened = open_spotter(model or assets.KEYWORDS, device.value, keyword or (), threshold, second_look or ())
        _spot(name, *opened, as_json=as_json)


def _spot(source: str | None, spotter: Spotter | Chorus, rate: int, *, as_json: bool) -> None:
    with hearing(source, rate) as audio:
        try:
            with remembered() as check:
                for event in events(spotter, audio, check):
                    typer.echo(event.to_json() if as_json else _line(event))  # flushed at once
        finally:
            tell_losses(audio, spotter.repaired)


def events(spotter: Spotter | Chorus, audio: AudioSource, check: Callable[[], None]) -> Iterator[KeywordEvent]:
    """What is heard in all of `audio`, as soon as it is; `check` is called before every block."""
    for block in audio.blocks():
        check()
        yield from spotter.feed(block)
    yield from spotter.flush()


def _line(event: KeywordEvent) -> str:
    return f"{event.start:9.2f} – {event.end:.2f} s  {event.label:<12} {event.score:.2f}"
