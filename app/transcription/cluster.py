"""The same work as a Ray Data pipeline, on this machine or on a cluster: actors that hold the model map over parcels.

All machines must see the recordings under the same paths. What is found comes back to the one that asked, which alone
writes files. What an actor had in hand that died is done again.
"""

import logging
import os
import pickle
import socket
import sys
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from legato.app.engine.errors import LegatoError, UsageError
from legato.app.transcription.jobs import Job
from legato.app.transcription.parcels import Parcel
from legato.app.transcription.results import TRIES, Event, Heard, Result, Settings, given_up
from legato.app.transcription.work import Worker

_QUIET = {"RAY_BACKEND_LOG_LEVEL": "fatal"}
"""What Ray itself tells of actors that die is told otherwise"""
_ALONE = {
    "RAY_worker_maximum_startup_concurrency": "8",
    "RAY_task_events_report_interval_ms": "0",
    "RAY_enable_metrics_collection": "0",
}
"""For a cluster on this machine alone: its processes begin side by side, however few the cores, and report to nobody"""


def run(parcels: Sequence[Parcel], settings: Settings, workers: int, address: str | None) -> Generator[Event]:
    """Everything that happens, one result a job in any order; LegatoError where no worker can begin.

    UsageError where Ray is not installed, or not to be found at `address`; else one is begun on this machine.
    """
    _connect(address, workers)
    import ray

    try:
        left = list(parcels)
        for _ in range(TRIES):
            done: set[Job] = set()
            for result in _results(left, settings, min(workers, len(left))):
                if result.job not in done:
                    done.add(result.job)
                    yield Heard(result.seconds)
                    yield result
            left = [rest for parcel in left for rest in parcel.rest(done)]
            if not left:
                return
        for parcel in left:
            yield from (given_up(job, "it makes errors that nobody has thought of") for job in parcel.jobs)
    finally:
        ray.shutdown()


def _connect(address: str | None, workers: int) -> None:
    """Be part of the cluster at `address`, or begin one."""
    for name, value in (_QUIET if address else _QUIET | _ALONE).items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
    except ModuleNotFoundError:
        raise UsageError("--engine ray needs Ray: pip install 'legato[ray]'") from None
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address is not None:
            _knock(address)
        with _hushed():
            if address is None:
                ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
            else:
                ray.init(address=address, **quiet)
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise UsageError(f"no Ray cluster could be had at {address or 'this machine'}: {reason}") from error
    logging.getLogger("ray").setLevel(logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.max_errored_blocks = -1
    context.memory_usage_poll_interval_s = None  # looking at an actor's memory takes a while where models are in it


def _knock(address: str) -> None:
    """Raise OSError where nobody answers at HOST:PORT; Ray itself would go on trying for many minutes."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


@contextmanager
def _hushed() -> Iterator[None]:
    """Let nothing through to standard error, not even from compiled code, which announces that it will be quiet."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _results(parcels: Sequence[Parcel], settings: Settings, actors: int) -> Iterator[Result]:
    """What comes of the parcels, as it comes; nothing of those that met with an error.

    LegatoError where no actor can begin.
    """
    import ray
    import ray.data

    rows = [{"parcel": pickle.dumps(parcel)} for parcel in parcels]
    tries = ray.remote(num_cpus=0)(_Tries).remote()
    transcripts = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        _Actor,
        fn_constructor_args=(settings, tries),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=actors),
    )
    for row in transcripts.iter_rows():
        results = pickle.loads(row["results"])  # noqa: S301 - from an actor of ours
        if isinstance(results, LegatoError):
            raise results
        yield from results


class _Tries:
    """What was begun and came to no end; one for a whole pipeline."""

    def __init__(self) -> None:
        self._open: Counter[tuple[Job, ...]] = Counter()

    def begin(self, jobs: tuple[Job, ...]) -> int:
        """How often these were begun together before, without coming to an end."""
        self._open[jobs] += 1
        return self._open[jobs] - 1

    def end(self, jobs: tuple[Job, ...]) -> None:
        """They came to an end."""
        self._open[jobs] -= 1


class _Actor:
    """A worker on whatever machine Ray has chosen. Ray gives to another one what it was doing when it died."""

    def __init__(self, settings: Settings, tries: Any) -> None:
        self._tries = tries
        self._worker: Worker | LegatoError
        try:
            self._worker = Worker(settings)
        except LegatoError as error:
            self._worker = error

    def __call__(self, batch: Mapping[str, Sequence[bytes]]) -> dict[str, list[bytes]]:
        """The results of a parcel, pickled, in one row, since each costs the one that asked; or why there are none."""
        if isinstance(self._worker, LegatoError):
            return {"results": [pickle.dumps(self._worker)]}
        parcel: Parcel = pickle.loads(batch["parcel"][0])  # noqa: S301 - from ourselves
        return {"results": [pickle.dumps(list(self._work(self._worker, parcel)))]}

    def _work(self, worker: Worker, parcel: Parcel) -> Iterator[Result]:
        """The results of a parcel; after a failure, of its recordings one by one."""
        failures = self._ask("begin", parcel.jobs)
        if failures and len(parcel.jobs) > 1:
            for part in parcel.rest(()):
                yield from _tried(worker, part, failures=1 + self._ask("begin", part.jobs))
                self._ask("end", part.jobs)
        else:
            yield from _tried(worker, parcel, failures)
        self._ask("end", parcel.jobs)

    def _ask(self, method: str, jobs: tuple[Job, ...]) -> Any:
        import ray

        return ray.get(getattr(self._tries, method).remote(jobs))


def _tried(worker: Worker, parcel: Parcel, failures: int) -> Iterator[Result]:
    """The results of a parcel, or those of recordings that are given up."""
    if failures >= TRIES:
        yield from (given_up(job, "the actor that read it ended") for job in parcel.jobs)
    else:
        yield from worker.work(parcel, lambda _: None)
