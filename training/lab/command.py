"""`legato lab`: recurrent cells side by side, measured."""

import json
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from rich.progress import Progress

from legato.training.lab import inside
from legato.training.lab.report import page
from legato.training.lab.sections import LabConfig, Work, alone, figures_of, known, sections_of, works
from legato.training.lab.spoken import Spoken, spoken
from legato.training.lab.tasks import TASKS
from legato.training.sources import read_manifest
from legato.training.voices import HELD_OUT_VOICES

console = Console(stderr=True)


def lab(
    *,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="For report.html and report.json.")] = Path("legato-lab"),
    quick: Annotated[bool, typer.Option("--quick", help="One seed and short lags: a minute and a half.")] = False,
    tasks: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Only these, by commas: memory, gradients, bill, inside, or tasks of memory.",
        ),
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Of each cell and task of memory.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="TSV", help="Recordings of single words: path, speaker, text, seconds[, split]."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at once; without, one a core.")] = None,
) -> None:
    """Vanilla RNN, GRU and LSTM side by side: memory, gradients, costs, and the inside of one, as a report in HTML."""
    begun = time.monotonic()
    try:
        config = _chosen(LabConfig().quick() if quick else LabConfig(), tasks)
        if seeds:
            config = replace(config, memory=replace(config.memory, seeds=seeds))
        words = spoken(list(read_manifest(data, data.stem, HELD_OUT_VOICES))) if data else None
        _make(out)
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    told = figures_of(config, measure(config, words, jobs or os.cpu_count() or 1))
    looked = inside.look() if "inside" in config.sections else None
    if looked:
        told["inside"] = inside.summary(looked)
    seconds = time.monotonic() - begun
    about = f"Made by legato lab{' --quick' if quick else ''} in {seconds / 60:.1f} minutes on {os.cpu_count()} cores."
    sections = sections_of(told, looked)
    figures = json.dumps({**told, "seconds": round(seconds, 1)}, ensure_ascii=False, indent=1)
    (out / "report.json").write_text(figures, encoding="utf-8")
    (out / "report.html").write_text(page(sections, about), encoding="utf-8")
    for section in sections:
        typer.echo(f"{section.title}\n" + "\n".join(f"  {line}" for line in section.found))
    typer.echo(out / "report.html")


def measure(config: LabConfig, words: Spoken | None, jobs: int) -> dict[str, Any]:
    """All results by the names of the work; what is timed runs by itself, at the end."""
    results: dict[str, Any] = {}
    todo, timed = works(config, words), alone(config)
    with Progress(console=console) as bar:
        task = bar.add_task("measuring", total=len(todo) + len(timed))
        for name, result in _side_by_side(todo, jobs):
            results[name] = result
            bar.update(task, advance=1, description=name)
        torch.set_num_threads(1)
        for name, work in timed.items():
            results[name] = work()
            bar.update(task, advance=1, description=name)
    # In the order of the work, whoever came first: the same report from the same figures.
    return {name: results[name] for name in (*todo, *timed)}


def _side_by_side(todo: Mapping[str, Work], jobs: int) -> Iterator[tuple[str, Any]]:
    """Results as they come; every process computes with one thread."""
    if not todo:
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(todo)), context, initializer=_prepare) as pool:
        names: dict[Future[Any], str] = {pool.submit(work): name for name, work in todo.items()}
        try:
            for done in as_completed(names):
                yield names[done], done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _prepare() -> None:
    """What a process does before its first piece of work: one thread, and Ctrl-C ends it without a word."""
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _make(folder: Path) -> None:
    """A folder that can be written to, before anything is measured for it; ValueError where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise ValueError(f"{folder} cannot be written to: name another folder with --out")


def _chosen(config: LabConfig, names: str | None) -> LabConfig:
    """The sections and tasks that are wanted; ValueError for one that there is not."""
    if names is None:
        return config
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    lags = tuple(name for name in wanted if name in TASKS)
    sections = [name for name in wanted if name not in TASKS] + (["memory"] if lags else [])
    if not sections:
        raise ValueError("--tasks names nothing")
    return replace(config, sections=known(sections), memory=replace(config.memory, tasks=lags or config.memory.tasks))
