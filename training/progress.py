"""What a run says while it goes on: a progress bar for people, TensorBoard logs for later."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.utils.tensorboard import SummaryWriter

from legato.training.gradient_flow import Flow

_LAGS = (0, 1, 10, 30, 100)
"""Frames back whose gradients become curves"""


class Report:
    """Progress of a run on standard error and, in `folder/tensorboard`, as curves; silent where `shown` is false."""

    def __init__(self, folder: Path, steps: int, shown: bool = True) -> None:
        self._folder, self._steps, self._shown = folder, steps, shown
        self._console = Console(file=sys.stderr)
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[figures]}"),
            console=self._console,
            disable=not shown,
        )
        self._task = self._progress.add_task("training", total=steps, figures="")
        self._loss: float | None = None

    def __enter__(self) -> Self:
        self._curves = SummaryWriter(str(self._folder / "tensorboard")) if self._shown else None
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
        if self._curves:
            self._curves.close()

    def step(self, step: int, loss: float, norm: float, seconds: float, parts: Mapping[str, float]) -> None:
        """One step done: its loss, the gradient's norm before clipping, how long it took, and the loss in parts."""
        self._loss = loss if self._loss is None else 0.98 * self._loss + 0.02 * loss
        figures = f"loss {self._loss:.4f}  gradient {norm:.2f}  {seconds:.2f} s a step"
        self._progress.update(self._task, completed=step, figures=figures)
        if self._shown and not self._console.is_terminal and step % 100 == 0:
            self._console.print(f"step {step} of {self._steps}: {figures}")
        if self._curves:
            for name, value in {"loss": loss, "gradient_norm": norm, "step_seconds": seconds, **parts}.items():
                self._curves.add_scalar(f"train/{name}", value, step)

    def flows(self, step: int, flows: Mapping[str, Flow]) -> None:
        """How far back gradients reach, by layer."""
        for name, found in flows.items():
            reach = "all the way back" if found.reach is None else f"{found.reach} frames back"
            self._console.print(f"step {step}: {name}: a gradient reaches {reach}, {found.factor:.3f} a frame")
            if self._curves:
                self._curves.add_scalar(f"gradient_flow/{name}/factor", found.factor, step)
                for lag in _LAGS:
                    if lag < len(found.norms):
                        self._curves.add_scalar(f"gradient_flow/{name}/lag_{lag}", found.norms[lag], step)

    def tell(self, line: str) -> None:
        """A line beside the bar."""
        self._console.print(line)

    def validation(self, step: int, measures: Mapping[str, float]) -> None:
        """Measures on held-out data."""
        if not self._shown:
            return
        text = "  ".join(f"{name} {value:.4f}" for name, value in measures.items())
        self._console.print(f"step {step}: running loss {self._loss:.4f}  dev: {text}")
        if self._curves:
            for name, value in measures.items():
                self._curves.add_scalar(f"dev/{name}", value, step)
