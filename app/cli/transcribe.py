"""`legato transcribe`: recordings written down as text, JSON and subtitles, on one machine or on many."""

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from legato.app.cli.device import Device
from legato.app.cli.interrupts import remembered
from legato.app.cli.progress import hours
from legato.app.cli.shipped import speech_model
from legato.app.cli.vocabulary import words_of
from legato.app.engine.errors import SourceError, UsageError
from legato.app.transcription.formats import FORMATS
from legato.app.transcription.jobs import Job, find
from legato.app.transcription.parcels import Parcel, length_of, parcels
from legato.app.transcription.results import Event, Heard, Said, Settings
from legato.app.transcription.saving import prepare, save


class Engine(StrEnum):
    """What does the work."""

    local = "local"
    ray = "ray"


def transcribe(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Audio and video files, and folders, which are searched.")
    ],
    *,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where transcripts go; without, beside the recordings.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="Of txt, json, srt, vtt, with commas between.")] = "txt",
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    vocabulary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Names and terms to expect, one a line.")
    ] = None,
    language_model: Annotated[Path | None, typer.Option(metavar="FILE", help="What is likely to be said.")] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; without, one for each core.", show_default=False)
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Processes of this machine, or a Ray cluster's.")] = Engine.local,
    ray_address: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="The cluster; without, one is begun on this machine.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Leave out what has a transcript already that is newer than itself.")
    ] = False,
) -> None:
    """Write recordings down."""
    if ray_address is not None and engine is not Engine.ray:
        raise UsageError("--ray-address needs --engine ray")
    formats = _formats(form)
    settings = Settings(model or speech_model(), device.value, formats, _there(language_model), words_of(vocabulary))
    tally = _Tally()
    jobs, problems = find(paths, output, formats)
    tally.fail(problems)
    if resume:
        jobs = [job for job in jobs if not job.done(formats)]
    jobs = [job for job in jobs if tally.ready(job)]
    try:
        with remembered() as check:
            work = parcels(jobs, list(_lengths(jobs, check)))
            if work:
                _follow(_begin(engine, work, settings, workers or _cores(), ray_address), work, tally, check)
    except KeyboardInterrupt:
        typer.echo("legato: what was finished is kept; the same command with --resume goes on from there", err=True)
        raise
    if tally.failed:
        raise typer.Exit(1)


class _Tally:
    """What failed so far."""

    def __init__(self) -> None:
        self.failed = 0

    def fail(self, problems: Sequence[str]) -> None:
        """Say what went wrong."""
        for problem in problems:
            typer.echo(f"legato: {' '.join(problem.split())}", err=True)
        self.failed += len(problems)

    def ready(self, job: Job) -> bool:
        """Whether there is a place for the transcript."""
        try:
            prepare(job)
        except SourceError as error:
            self.fail([str(error)])
            return False
        return True


def _begin(
    engine: Engine, work: Sequence[Parcel], settings: Settings, workers: int, address: str | None
) -> Generator[Event]:
    """The engine, to be listened to."""
    if engine is Engine.ray:
        from legato.app.transcription.cluster import run as run_on_ray

        return run_on_ray(work, settings, workers, address)
    from legato.app.transcription.local import run

    return run(work, settings, workers)


def _follow(events: Generator[Event], work: Sequence[Parcel], tally: _Tally, check: Callable[[], None]) -> None:
    """Save what is done and show how far it is."""
    lengths = {job: length for parcel in work for job, length in zip(parcel.jobs, parcel.seconds, strict=True)}
    with closing(events), hours(sum(lengths.values()), len(lengths)) as shown:
        for event in events:
            check()
            match event:
                case Heard(seconds):
                    shown.heard(seconds)
                case Said(text):
                    typer.echo(f"legato: {text}", err=True)
                case result:
                    tally.fail(result.problems)
                    try:
                        save(result.job, result.texts)
                    except SourceError as error:
                        tally.fail([str(error)])
                    shown.done(result.seconds - lengths[result.job])


def _formats(text: str) -> tuple[str, ...]:
    """The formats that are asked for, each once."""
    formats = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))
    for form in formats:
        if form not in FORMATS:
            raise UsageError(f"--format takes {', '.join(FORMATS)}, with commas between, not {form!r}")
    return formats


def _there(path: Path | None) -> Path | None:
    """The path of a file; UsageError where there is none."""
    if path is not None and not path.is_file():
        raise UsageError(f"no such file: {path}")
    return path


def _lengths(jobs: Sequence[Job], check: Callable[[], None]) -> Iterator[float]:
    """About how long each recording is, in seconds."""
    for job in jobs:
        check()
        yield length_of(job.source)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
