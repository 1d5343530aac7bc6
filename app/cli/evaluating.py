"""What the tasks of `legato eval` have in common: reading the manifest, a bar, tables, failures."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from legato.app.engine.ears import Model
from legato.app.engine.errors import ModelError
from legato.app.evaluation.manifest import Manifest, ManifestError, read_manifest

MOST_VALUES = 20
"""Values of a column that a table still shows one by one"""


def read(path: Path, session: Model, task: str) -> Manifest:
    """The manifest; its labels that the model does not have are named, and not counted.

    ModelError for a model of another task, ManifestError where the model knows none of the labels.
    """
    check_task(session, task)
    manifest = read_manifest(path)
    unknown = sorted(manifest.labels.difference(session.contract.labels))
    if unknown and len(unknown) == len(manifest.labels):
        raise ManifestError(f"{path}: column 'label': the model knows none of {', '.join(unknown)}")
    if unknown:
        print(f"legato: not counted, as the model does not know them: {', '.join(unknown)}", file=sys.stderr)
    return manifest


def check_task(session: Model, task: str) -> None:
    """Raise ModelError for a model of another task than `task`, "keywords" or "gestures"."""
    if session.contract.task != task:
        kind = task.removesuffix("s")
        raise ModelError(
            f"{session.path}: contract field 'task' is {session.contract.task!r}; this needs a {kind} model"
        )


@contextmanager
def bar(doing: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error where that is a terminal; gives what moves it on by one."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(doing, total=total)
        yield lambda: progress.advance(task)


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Columns wide enough for what they hold; the first to the left, numbers to the right."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for first, *others in lines:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        print("  ".join((first.ljust(widths[0]), *cells)))
    print()


def percent(share: float) -> str:
    """A share, 0..1."""
    return f"{100 * share:.1f} %"


def between(interval: Sequence[float]) -> str:
    """Two shares, 0..1."""
    return "{:.1f}–{:.1f} %".format(*(100 * bound for bound in interval))


def tell_failures(manifest: Path, failures: Sequence[str]) -> None:
    """What could not be read, and exit status 1 if there was any."""
    for failure in failures:
        print(f"legato: {manifest}: {failure}", file=sys.stderr)
    if failures:
        raise typer.Exit(1)
