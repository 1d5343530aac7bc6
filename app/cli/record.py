"""`legato record`: recordings of one's own, of keywords and of gestures; hands as landmarks, never pictures."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from legato.app.cli.commands import plain_app
from legato.app.cli.device import Device
from legato.app.cli.interrupts import remembered
from legato.app.cli.record_keyword import keyword
from legato.app.engine.errors import DeviceError, SourceError, UsageError
from legato.app.vision.recording import Recording
from legato.app.vision.sight import Sight, SightSource, open_sight
from legato.app.vision.tracker import HandModels, Hands

app = plain_app()
app.command("keyword")(keyword)

_COUNTDOWN = (3, 2, 1)
"""Seconds that are left before a take"""
_TRIES = 4
"""The first, and at most three more where no hand is seen"""
_SHORTEST, _LONGEST = 0.2, 60.0
"""Seconds of a take"""
_FRAME = 0.5
"""Most seconds that a frame stands for; what lies between two frames further apart was not seen"""


@dataclass(frozen=True)
class Take:
    """What is seen from one frame on."""

    frames: list[tuple[float, Hands]]
    """Seconds since the first of them, and the hands"""
    size: tuple[int, int]
    """Width and height of the picture in pixels"""

    @classmethod
    def of(cls, sights: Iterator[Sight]) -> "Take":
        """All of `sights`."""
        frames: list[tuple[float, Hands]] = []
        first, size = 0.0, (1, 1)
        for sight in sights:
            first, size = (first if frames else sight.time), sight.size
            frames.append((sight.time - first, sight.hands))
        return cls(frames, size)

    def seen(self, seconds: float) -> float:
        """How many of its `seconds` show a hand."""
        ends = [time for time, _ in self.frames[1:]] + [seconds]
        return sum(
            min(max(0.0, end - time), _FRAME)
            for (time, hands), end in zip(self.frames, ends, strict=False)
            if hands.presence.any()
        )

    def empty(self) -> bool:
        """Whether no frame shows a hand."""
        return not any(hands.presence.any() for _, hands in self.frames)


@app.callback()
def record() -> None:
    """Make recordings of one's own."""


@app.command()
def gesture(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the gesture is called.")],
    *,
    source: Annotated[
        str | None,
        typer.Option(
            help="A camera's name; or a video or a recording of hands (.npz), of which the whole is taken. "
            "Without one: the default camera."
        ),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many times the camera records.")] = 5,
    seconds: Annotated[float, typer.Option(help="How long the camera records each time.")] = 2.5,
    output: Annotated[Path | None, typer.Option(help="The folder to write to; without one, legato's own.")] = None,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="The pictures are mirrored: left and right are exchanged in them.")
    ] = False,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
) -> None:
    """Record a gesture: where the hands' points are, never pictures. Prints the path of each recording."""
    if not re.fullmatch(r"[\w-]+", name):
        raise UsageError(f"NAME may hold letters, digits, _ and - only, not {name!r}")
    if not _SHORTEST <= seconds <= _LONGEST:
        raise UsageError(f"--seconds must be between {_SHORTEST:g} and {_LONGEST:g}, not {seconds:g}")
    folder = output or platformdirs.user_data_path("legato") / "gestures" / name
    models = HandModels.shipped(device.value)
    with open_sight(source, models, mirrored=mirrored) as opened, remembered() as check:
        _make(folder)
        sights = _checked(opened, check)
        if not opened.live:
            _save(_whole(sights, opened.name), folder, name)
            return
        typer.echo(f"recording {name} with {opened.name}; Ctrl-C ends it", err=True)
        for number in range(1, count + 1):
            _save(_insist(sights, seconds, f"{number} of {count}"), folder, name)


def _checked(source: SightSource, check: Callable[[], None]) -> Iterator[Sight]:
    """The sights of `source`; `check` is called before each."""
    for sight in source.sights():
        check()
        yield sight


def _whole(sights: Iterator[Sight], source: str) -> Take:
    """All there is in a file; SourceError where that is no hand."""
    take = Take.of(sights)
    if take.empty():
        raise SourceError(f"{source} shows no hand: name another video, or record with a camera")
    return take


def _insist(sights: Iterator[Sight], seconds: float, which: str) -> Take:
    """A take in which a hand is seen most of the time; DeviceError where that does not come about."""
    for _ in range(_TRIES):
        for left in _COUNTDOWN:
            typer.echo(f"{which} in {left}", err=True)
            for _sight in _lasting(sights, 1.0):
                pass
        typer.echo(f"{which}: now", err=True)
        take = Take.of(_lasting(sights, seconds))
        if take.seen(seconds) > seconds / 2:
            return take
        typer.echo(f"{which}: no hand was seen in half of the time, so it does not count", err=True)
    raise DeviceError(
        f"no hand was seen {_TRIES} times in a row: hold it where the camera sees all of it, in good light"
    )


def _lasting(sights: Iterator[Sight], seconds: float) -> Iterator[Sight]:
    """The next sights, for `seconds` from the first of them; the one after them is passed over."""
    end: float | None = None
    for sight in sights:
        end = sight.time + seconds if end is None else end
        if sight.time > end:
            return
        yield sight


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceError(f"{folder} cannot be made: {error.strerror}; name another folder with --output") from None


def _save(take: Take, folder: Path, name: str) -> None:
    """Write it under the next free number, and print where."""
    path = _free(folder, name)
    Recording.of(take.frames, take.size).save(path)
    typer.echo(path)


def _free(folder: Path, name: str) -> Path:
    """The path after the last one of that name."""
    found = (re.fullmatch(rf"{re.escape(name)}-(\d+)\.npz", path.name) for path in folder.iterdir())
    number = max((int(match[1]) for match in found if match), default=0) + 1
    while (path := folder / f"{name}-{number}.npz").exists():  # where capitals do not count, another name may be there
        number += 1
    return path
