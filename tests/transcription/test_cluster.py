"""Ray does the same work, byte for byte."""

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from legato.app.engine.errors import ModelError, UsageError
from legato.app.transcription import cluster, local
from legato.app.transcription.jobs import Job
from legato.app.transcription.parcels import Parcel
from legato.app.transcription.results import Event, Heard, Result, Settings

Speak = Callable[..., Path]


@pytest.fixture
def settings(speech_model: Path) -> Settings:
    return Settings(speech_model, "cpu", ("txt", "json", "srt", "vtt"))


@pytest.fixture
def parcels(speak: Speak, tmp_path: Path) -> list[Parcel]:
    """Two parcels of recordings; one cannot be read."""
    text = tmp_path / "text.mp3"
    text.write_text("Dear diary")
    paths = [*(speak(f"{number}.wav", begin=number, seconds=4.0) for number in range(3)), text]
    jobs = [Job(path, path.with_suffix("")) for path in paths]
    return [Parcel(tuple(jobs[:2]), (4.0, 4.0)), Parcel(tuple(jobs[2:]), (4.0, 0.0))]


def results(events: Iterator[Event] | list[Event]) -> list[Result]:
    found = [event for event in events if isinstance(event, Result)]
    return sorted(found, key=lambda result: result.job.source)


@pytest.mark.filterwarnings("default")  # Ray warns of its own future
def test_the_same_bytes_as_the_local_engine_although_an_actor_is_killed(
    parcels: list[Parcel], settings: Settings, speak: Speak
) -> None:
    pytest.importorskip("ray", reason="Ray is an extra")
    path = speak("long.wav", seconds=120.0)
    parcels = [*parcels, Parcel((Job(path, path.with_suffix("")),), (120.0,))]
    killed: list[int] = []
    events: list[Event] = []
    for event in cluster.run(parcels, settings, 1, None):
        events.append(event)
        if not killed:
            killed = actors()
            for actor in killed:
                os.kill(actor, signal.SIGKILL)
    assert len(killed) == 1
    assert results(events) == results(local.run(parcels, settings, 1))
    assert sum(event.seconds for event in events if isinstance(event, Heard)) == pytest.approx(132.0)


def unpacked(batch: dict[str, list[bytes]]) -> list[Any]:
    """What an actor gives out."""
    (row,) = batch["results"]
    found = pickle.loads(row)  # noqa: S301 - pickled by the test itself
    return found if isinstance(found, list) else [found]


def actors() -> list[int]:
    """Processes that map over parcels."""
    names = {int(path.parent.name): path for path in Path("/proc").glob("[0-9]*/cmdline")}
    return [process for process, path in names.items() if b"MapWorker" in _read(path)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


class Ledger:
    """Stands in for the actor that counts what was begun, and for a call to it."""

    def __init__(self, failures: dict[int, int]) -> None:
        self.failures = failures
        """By how many jobs were begun together"""
        self.ended: list[tuple[Job, ...]] = []

    def ask(self, method: str, jobs: tuple[Job, ...]) -> int:
        if method == "end":
            self.ended.append(jobs)
        return self.failures[len(jobs)]


@pytest.mark.parametrize(
    ("failures", "given_up", "ended"),
    [({2: 0, 1: 0}, 0, [2]), ({2: 1, 1: 0}, 0, [1, 1, 2]), ({2: 2, 1: 2}, 2, [1, 1, 2])],
    ids=["first", "second", "last"],
)
def test_after_a_death_recordings_are_tried_one_by_one(
    *,
    parcels: list[Parcel],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    failures: dict[int, int],
    given_up: int,
    ended: list[int],
) -> None:
    ledger = Ledger(failures)
    actor = cluster._Actor(settings, None)
    monkeypatch.setattr(actor, "_ask", ledger.ask)
    found = unpacked(actor({"parcel": [pickle.dumps(parcels[0])]}))
    assert sorted(result.job.source.name for result in found) == ["0.wav", "1.wav"]
    assert [len(jobs) for jobs in ledger.ended] == ended
    problems = [result.problems[0] for result in found if not result.texts]
    assert len(problems) == given_up
    assert all(problem.endswith("in 3 tries: the actor that read it ended") for problem in problems)


def test_what_was_begun_and_not_ended_is_counted(parcels: list[Parcel]) -> None:
    tries, jobs = cluster._Tries(), parcels[0].jobs
    assert [tries.begin(jobs), tries.begin(jobs), tries.begin(jobs[:1])] == [0, 1, 0]
    tries.end(jobs)
    assert tries.begin(jobs) == 1


def test_an_actor_tells_of_a_model_that_is_none(parcels: list[Parcel], tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    model.write_text("no model")
    (error,) = unpacked(cluster._Actor(Settings(model, "cpu", ("txt",)), None)({"parcel": []}))
    assert isinstance(error, ModelError)
    assert "m.onnx: not a model" in str(error)


def test_a_cluster_that_is_not_there(parcels: list[Parcel], settings: Settings) -> None:
    pytest.importorskip("ray", reason="Ray is an extra")
    with pytest.raises(UsageError, match="no Ray cluster could be had at localhost:9: "):
        next(cluster.run(parcels, settings, 1, "localhost:9"))


def test_without_ray_it_is_told_what_to_install(
    parcels: list[Parcel], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"--engine ray needs Ray: pip install 'legato\[ray\]'"):
        next(cluster.run(parcels, settings, 1, None))
