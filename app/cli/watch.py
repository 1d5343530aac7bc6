"""`legato watch`: gestures from a camera, a video or a recording of hands, one line each, as they are seen."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from legato.app.cli.device import Device
from legato.app.cli.interrupts import remembered, uninterrupted
from legato.app.cli.shipped import usual_gesture_model
from legato.app.desktop.application import load_preview
from legato.app.devices.source import Closing
from legato.app.engine.events import GestureEvent
from legato.app.engine.session import Session
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.sight import Sight, SightSource, open_sight
from legato.app.vision.tracker import HandModels

_BEARABLE = 0.1
"""Share of a camera's frames, 0..1, that may be dropped before it is told"""


class Pair(StrEnum):
    """The networks that find hands."""

    lite = "lite"
    full = "full"


def watch(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="A video, a recording of hands (.npz), or a camera's name. Without one: the default camera.",
        ),
    ] = None,
    *,
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="The pictures are mirrored: left and right are exchanged in them.")
    ] = False,
    threshold: Annotated[
        float | None, typer.Option(help="Report from this score on, 0 to 1, in place of the model's own.")
    ] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    hands: Annotated[Pair, typer.Option(help="What finds hands: the quick networks, or the closer ones.")] = Pair.lite,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show it in a window, as in a mirror, a file at its own pace.")
    ] = False,
) -> None:
    """Report gestures as they are seen in SOURCE."""
    with uninterrupted():
        show = load_preview() if preview else None  # its packages cost memory
    spotter = GestureSpotter(Session.open(model or usual_gesture_model(), device.value), threshold)
    with open_sight(source, HandModels.named(hands.value, device.value), mirrored=mirrored) as opened:
        if opened.live:
            typer.echo(f"watching {opened.name}; Ctrl-C ends it", err=True)
        seen = _Counted(opened)
        report = partial(_report, as_json=as_json)
        try:
            if show:
                show(spotter, seen, report)
            else:
                with remembered() as check:
                    for event in events(spotter, seen.sights(), check):
                        report(event)
        finally:
            _tell_losses(seen.count, opened.dropped)


def events(spotter: GestureSpotter, sights: Iterator[Sight], check: Callable[[], None]) -> Iterator[GestureEvent]:
    """What is seen in all of `sights`, as soon as it is; `check` is called before every frame."""
    for sight in sights:
        check()
        yield from spotter.feed(sight)
    yield from spotter.flush()


class _Counted(Closing):
    """A source, and how many sights it gave."""

    def __init__(self, source: SightSource) -> None:
        self.name, self.live, self.duration = source.name, source.live, source.duration
        self.count = 0
        self._source = source

    @property
    def dropped(self) -> int:
        """Frames that were passed over because newer ones came."""
        return self._source.dropped

    def sights(self) -> Iterator[Sight]:
        """The same, one by one."""
        for sight in self._source.sights():
            self.count += 1
            yield sight

    def close(self) -> None:
        """End `sights`, and let go of the source."""
        self._source.close()


def _report(event: GestureEvent, *, as_json: bool) -> None:
    typer.echo(event.to_json() if as_json else _line(event))  # flushed at once


def _line(event: GestureEvent) -> str:
    return f"{event.start:9.2f} – {event.end:.2f} s  {event.label:<12} {event.score:.2f}  {event.hand}"


def _tell_losses(seen: int, dropped: int) -> None:
    """Nothing much is lost silently."""
    if dropped > _BEARABLE * (seen + dropped):
        typer.echo(
            f"legato: {dropped} of {seen + dropped} frames were dropped: this machine could not keep up", err=True
        )
