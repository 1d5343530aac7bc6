"""The training loop: batches in, a checkpoint out; it stops at any step and goes on exactly.

One process or several under `torchrun` run the same code. Everything that a run depends on is in its checkpoint:
weights, optimiser, step (and with it schedule and place in the data), random state, and the recurrent state that
batches hand on.
"""

import math
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from legato.training.gradient_flow import FlowWatch
from legato.training.progress import Report

State = tuple[Tensor, ...]
Figures = tuple[Tensor, Tensor, Mapping[str, Tensor]]
"""Of a step: the loss, the gradient's norm before clipping, and the loss in parts."""


@dataclass(frozen=True)
class LoopConfig:
    """How long and how fast to learn."""

    steps: int = 4_000
    """Optimiser steps."""
    batch: int = 16
    """Streams a step and process."""
    rate: float = 2e-3
    """Highest learning rate (AdamW)."""
    warmup: int = 200
    """Steps in which the rate rises to its highest."""
    weight_decay: float = 0.01
    clip: float = 1.0
    """Largest norm of the gradient."""
    truncate: float = 0.0
    """Seconds through which back-propagation goes at once, the state being carried over; 0 for the whole stream."""
    carry: float = 0.5
    """Probability that a stream goes on from the state in which the one before it ended."""
    seed: int = 1
    save_every: int = 200
    """Steps between two checkpoints."""
    validate_every: int = 500
    """Steps between two looks at the dev streams."""
    workers: int = 0
    """Processes that prepare streams beside the one that learns."""
    log_gradient_flow: bool = False
    """Whether it is told now and then how far back gradients reach in every recurrent layer."""
    half: bool = False
    """Whether what 16 bits are good enough for is computed in them: float16 on a GPU, bfloat16 on a CPU, where it wants
    AVX-512 BF16 or AMX to be any faster."""

    def told(self, steps: int | None, workers: int | None = None, *, flow: bool = False) -> "LoopConfig":
        """The same, but for what a command line says."""
        return replace(
            self,
            steps=steps or self.steps,
            workers=self.workers if workers is None else workers,
            log_gradient_flow=flow or self.log_gradient_flow,
        )


class Objective(Protocol):
    """What is learned: a module whose forward pass is the loss of a stretch of a batch."""

    def initial_state(self, batch: int) -> State:
        """The state at the start of `batch` streams."""

    def batches(self, start: int, rank: int, world: int) -> Iterator[Any]:
        """Batches from step `start` on; each can be cut with `stretches`."""

    def stretches(self, batch: Any, seconds: float) -> Iterator[Any]:
        """A batch in stretches of time; all of it at once for 0 seconds."""

    def validate(self) -> Mapping[str, float]:
        """Measures on held-out data, by name."""


@dataclass(frozen=True)
class Place:
    """Where this process stands among those of a run."""

    rank: int = 0
    world: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @staticmethod
    def here(device: str) -> "Place":
        """Joins the run that `torchrun` started, if it did; `device` is auto, cpu or cuda."""
        cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
        if cuda and not torch.cuda.is_available():
            raise ValueError("there is no CUDA device: use --device cpu")
        if "RANK" not in os.environ:
            return Place(device=torch.device("cuda" if cuda else "cpu"))
        torch.distributed.init_process_group("nccl" if cuda else "gloo")
        local = int(os.environ.get("LOCAL_RANK", "0"))
        return Place(
            torch.distributed.get_rank(),
            torch.distributed.get_world_size(),
            torch.device("cuda", local) if cuda else torch.device("cpu"),
        )

    @contextmanager
    def first(self) -> Iterator[None]:
        """Lets process 0 do something before the others do it: what it makes, they find."""
        if self.world > 1 and self.rank:
            torch.distributed.barrier()
        yield
        if self.world > 1 and not self.rank:
            torch.distributed.barrier()


def learning_rate(step: int, config: LoopConfig) -> float:
    """A linear rise, then half a cosine down to zero."""
    if step < config.warmup:
        return config.rate * (step + 1) / config.warmup
    done = (step - config.warmup) / max(config.steps - config.warmup, 1)
    return config.rate * 0.5 * (1.0 + math.cos(math.pi * min(done, 1.0)))


class Loop:
    """Trains an objective; `run` returns whether it came to the end (a signal may stop it before)."""

    def __init__(self, objective: nn.Module, config: LoopConfig, folder: Path, place: Place) -> None:
        self.config, self.folder, self.place = config, folder, place
        self.objective = objective.to(place.device)
        cuda = place.device.type == "cuda"
        self.optimiser = torch.optim.AdamW(
            objective.parameters(), lr=config.rate, weight_decay=config.weight_decay, fused=cuda
        )
        self.scaler = torch.amp.GradScaler(place.device.type, enabled=config.half and cuda)
        self.step = 0
        self.state = self._task.initial_state(config.batch)
        self.report = Report(folder, config.steps, shown=place.rank == 0)
        watched = config.log_gradient_flow and not place.rank
        self._watch = FlowWatch(objective, config.clip, self.report.tell) if watched else None
        self._stop = False
        self._figures: tuple[tuple[int, float], Figures] | None = None
        self._random: Tensor | None = None

    @property
    def _task(self) -> Objective:
        return self.objective  # type: ignore[return-value]

    @property
    def _checkpoint(self) -> Path:
        return self.folder / f"loop-{self.place.rank}.pt"

    def resume(self) -> bool:
        """Whether there was a checkpoint to go on from."""
        if not self._checkpoint.exists():
            return False
        saved = torch.load(self._checkpoint, weights_only=True, map_location=self.place.device)
        self.objective.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.scaler.load_state_dict(saved["scaler"])
        self.step, self.state = saved["step"], tuple(saved["state"])
        self._random = saved["random"].cpu()
        return True

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self._checkpoint.with_suffix(".partial")
        saved = {
            "model": self.objective.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "scaler": self.scaler.state_dict(),
            "step": self.step,
            "state": list(self.state),
            "random": torch.get_rng_state(),
        }
        torch.save(saved, partial)
        partial.replace(self._checkpoint)

    def run(self) -> bool:
        """Trains from the current step to the last one."""
        parallel = self.objective if self.place.world == 1 else DistributedDataParallel(self.objective)
        self.objective.train()
        if self._random is None:
            torch.manual_seed(self.config.seed * 1_000 + self.place.rank)
        else:
            torch.set_rng_state(self._random)
        with _stopping_at_signals(self), self.report:
            for batch in self._task.batches(self.step, self.place.rank, self.place.world):
                if self.step >= self.config.steps or self._stopped():
                    break
                figures = self._learn(parallel, batch)
                self.step += 1
                self._told(figures)
                self._now_and_then()
            self._told(None)
        self.save()
        return self.step >= self.config.steps

    def _told(self, figures: Figures | None) -> None:
        """Reports the step before this one: a GPU that has just been given a step is not waited for."""
        now = time.monotonic()
        if self._figures is not None:
            (step, since), (loss, norm, parts) = self._figures
            shown = {name: float(value) for name, value in parts.items()}
            self.report.step(step, float(loss), float(norm), now - since, shown)
            if self._watch:
                self.report.flows(step, self._watch.found(float(loss), float(norm)))
        self._figures = ((self.step, now), figures) if figures else None

    def _learn(self, parallel: nn.Module, batch: Any) -> Figures:
        """One batch; with truncation, one optimiser step a stretch."""
        self.state = _some_reset(self.state, self.config.carry)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.step, self.config)
        losses, norms, parts = [], [], {}
        for stretch in self._task.stretches(batch, self.config.truncate):
            self.optimiser.zero_grad(set_to_none=True)
            with self._watch.looking(self.step) if self._watch else nullcontext():
                loss, parts, state = parallel(stretch, self.state)
            self.scaler.scale(loss).backward()
            self.scaler.unscale_(self.optimiser)
            norms.append(nn.utils.clip_grad_norm_(self.objective.parameters(), self.config.clip))
            self.scaler.step(self.optimiser)
            self.scaler.update()
            self.state = tuple(part.detach() for part in state)
            losses.append(loss.detach())
        return torch.stack(losses).mean(), torch.stack(norms).max(), parts

    def _now_and_then(self) -> None:
        if self.step % self.config.save_every == 0:
            self.save()
        if self.step % self.config.validate_every == 0 and self.place.rank == 0:
            self._told(None)
            random = torch.get_rng_state()
            self.objective.eval()
            self.report.validation(self.step, self._task.validate())
            self.objective.train()
            torch.set_rng_state(random)

    def _stopped(self) -> bool:
        """Whether any process was told to stop; all of them stop at the same step."""
        if self.place.world == 1:
            return self._stop
        flag = torch.tensor(int(self._stop), device=self.place.device)
        torch.distributed.all_reduce(flag, torch.distributed.ReduceOp.MAX)
        return bool(flag)

    def stop(self) -> None:
        """Ends the run after the current step, with a checkpoint."""
        self._stop = True


def carry_out(loop: Loop, begin: Callable[[], None], tell: Callable[[str], None]) -> bool:
    """Trains from the checkpoint that there is, or after `begin`; whether it came to its end. `tell` takes lines."""
    started = time.monotonic()
    if loop.resume():
        tell(f"going on from step {loop.step}")
    else:
        begin()
    finished = loop.run()
    if not finished:
        tell(f"stopped at step {loop.step}; the same command goes on from there")
    elif not loop.place.rank:
        tell(f"trained in {timedelta(seconds=round(time.monotonic() - started))}")
    return finished


def _some_reset(state: State, carry: float) -> State:
    """The state with each stream zeroed with probability 1 − carry; matrices have the batch first, others second.

    Tasks whose streams all begin at their start have none.
    """
    if not state:
        return state
    batch = state[0].shape[0 if state[0].dim() == 2 else 1]
    keep = (torch.rand(batch) < carry).to(state[0])
    return tuple(part * (keep[:, None] if part.dim() == 2 else keep[None, :, None]) for part in state)


@contextmanager
def _stopping_at_signals(loop: Loop) -> Iterator[None]:
    """Lets Ctrl-C and a termination signal end the loop at the next step."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        loop.stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
