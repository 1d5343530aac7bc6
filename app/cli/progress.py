"""A bar on standard error that counts hours of sound."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text


class Hours:
    """How much sound was got through, and how many recordings."""

    def __init__(self, progress: Progress, task: TaskID, files: int) -> None:
        self._progress = progress
        self._task = task
        self._files = files
        self._done = 0

    def heard(self, seconds: float) -> None:
        """So much more sound was got through."""
        self._progress.advance(self._task, seconds)

    def done(self, longer: float) -> None:
        """A recording is done; it was by so many seconds longer than it had seemed."""
        self._done += 1
        total = (self._progress.tasks[0].total or 0.0) + longer
        self._progress.update(self._task, total=max(0.0, total), files=f"{self._done}/{self._files} files")


class _Audio(ProgressColumn):
    """Hours that are done, of those that there are."""

    def render(self, task: Task) -> Text:
        done, total = (timedelta(seconds=round(seconds)) for seconds in (task.completed, task.total or 0.0))
        return Text(f"{done}/{total} of audio")


class _Speed(ProgressColumn):
    """Seconds of sound a second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:.0f} × real time")


@contextmanager
def hours(seconds: float, files: int) -> Iterator[Hours]:
    """The bar, for so much sound in so many files; nothing is shown where standard error is no terminal."""
    columns = (BarColumn(), _Audio(), TextColumn("{task.fields[files]}"), _Speed(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("", total=seconds, files=f"0/{files} files")
        yield Hours(progress, task, files)
