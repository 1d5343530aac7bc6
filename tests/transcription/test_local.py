"""Worker processes: what one leaves undone when it dies is done by another."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from legato.app.engine.errors import LegatoError, ModelError
from legato.app.transcription import local
from legato.app.transcription.jobs import Job
from legato.app.transcription.local import PAUSES, Crew, run
from legato.app.transcription.parcels import Parcel
from legato.app.transcription.results import Event, Heard, Result, Said, Settings

Speak = Callable[..., Path]


@pytest.fixture
def settings(speech_model: Path) -> Settings:
    return Settings(speech_model, "cpu", ("txt", "srt"))


def parcel(*paths: Path) -> Parcel:
    return Parcel(tuple(Job(path, path.with_suffix("")) for path in paths), (3.0,) * len(paths))


def results(events: list[Event]) -> dict[str, Result]:
    found = [event for event in events if isinstance(event, Result)]
    assert len({result.job for result in found}) == len(found), "a job has two results"
    return {result.job.source.name: result for result in found}


def workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


def test_all_is_done_whoever_does_it(speak: Speak, settings: Settings, tmp_path: Path) -> None:
    paths = [speak(f"{number}.wav", begin=number, seconds=2.0) for number in range(4)]
    text = tmp_path / "text.mp3"
    text.write_text("Dear diary")
    parcels = [parcel(*paths[:2]), parcel(text), parcel(*paths[2:])]
    events = list(run(parcels, settings, workers=2))
    one = results(list(run([parcel(path) for path in (*paths, text)], settings, workers=1)))
    assert results(events) == one
    assert set(one["0.wav"].texts) == {"txt", "srt"}
    assert one["0.wav"].texts["txt"].strip()
    assert (one["text.mp3"].texts, len(one["text.mp3"].problems)) == ({}, 1)
    heard = sum(event.seconds for event in events if isinstance(event, Heard))
    assert heard == pytest.approx(8.0)
    assert workers() == []


def test_a_killed_workers_recordings_are_done_again(speak: Speak, settings: Settings) -> None:
    paths = [speak(f"{number}.wav", begin=number, seconds=13.0) for number in range(4)]
    whole = results(list(run([parcel(*paths)], settings, workers=1)))
    events: list[Event] = []
    for event in run([parcel(*paths)], settings, workers=1):
        if isinstance(event, Heard) and not events:
            os.kill(workers()[0], signal.SIGKILL)
        events.append(event)
    assert results(events) == whole
    assert sum(event.seconds for event in events if isinstance(event, Heard)) == pytest.approx(52.0)


def test_a_recording_that_kills_every_worker_is_given_up(speak: Speak, settings: Settings) -> None:
    bad, good = speak("bad.wav", seconds=300.0), speak("good.wav")
    events: list[Event] = []
    for event in run([parcel(bad), parcel(good)], settings, workers=1):
        if isinstance(event, Heard) and event.seconds > 0 and "bad.wav" not in results(events):
            os.kill(workers()[0], signal.SIGKILL)
        events.append(event)
    found = results(events)
    assert found["bad.wav"].texts == {}
    assert found["bad.wav"].problems[0].startswith(f"{bad} could not be read in 3 tries: ")
    assert found["good.wav"].problems == ()


def test_a_model_that_is_none_is_told_once(speak: Speak, settings: Settings, tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    model.write_text("no model")
    with pytest.raises(ModelError, match=r"m\.onnx: not a model"):
        list(run([parcel(speak("a.wav"))] * 2, Settings(model, "cpu", ("txt",)), workers=2))
    assert workers() == []


def test_workers_that_cannot_begin(speak: Speak, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_Hand", _Stillborn)
    with pytest.raises(LegatoError, match=r"workers end before they begin \(exit status 7\): try fewer"):
        list(run([parcel(speak("a.wav"))], settings, workers=1))


class _Stillborn(local._Hand):
    """A worker that ends at once."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=os._exit, args=(7,))
        self.process.start()
        theirs.close()
        self.begun, self.parcel = False, None


def test_whoever_stops_listening_ends_the_workers(speak: Speak, settings: Settings) -> None:
    events = run([parcel(speak("a.wav", seconds=100.0))], settings, workers=1)
    next(events)
    assert len(workers()) == 1
    events.close()
    assert workers() == []


def test_what_concerns_all_is_said_once(speak: Speak, speech_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    parcels = [parcel(speak("a.wav")), parcel(speak("b.wav"))]
    events = list(run(parcels, Settings(speech_model, "auto", ("txt",)), workers=2))
    said = [event.text for event in events if isinstance(event, Said)]
    assert len(said) == len(set(said)) <= 1
    assert len(results(events)) == 2


def test_an_unexpected_error_ends_one_recording_only(speak: Speak, settings: Settings, tmp_path: Path) -> None:
    odd = Job(None, tmp_path / "odd")  # type: ignore[arg-type]  # something that nobody has thought of
    parcels = [Parcel((odd, *parcel(speak("a.wav")).jobs), (1.0, 3.0)), parcel(speak("b.wav"))]
    found = [event for event in run(parcels, settings, workers=1) if isinstance(event, Result)]
    assert sorted(bool(result.texts) for result in found) == [False, True, True]
    (failed,) = (result for result in found if not result.texts)
    assert failed.job == odd
    assert "could not be read in 3 tries: unexpected " in failed.problems[0]


def test_more_is_asked_for_when_nothing_is_left(speak: Speak, settings: Settings) -> None:
    paths = [speak(f"{number}.wav", seconds=2.0) for number in range(3)]
    more = [parcel(path) for path in paths[1:]]
    crew = Crew([parcel(paths[0])], settings, 1, lambda: more.pop(0) if more else None)
    found = results(list(crew.events()))
    assert sorted(found) == ["0.wav", "1.wav", "2.wav"]
    assert workers() == []


def test_an_interruption_ends_it_in_the_middle(speak: Speak, settings: Settings) -> None:
    crew = Crew([parcel(speak("long.wav", seconds=600.0)), parcel(speak("other.wav"))], settings, 1)
    events = []
    for event in crew.events():
        events.append(event)
        if isinstance(event, Heard):
            crew.pause()
            crew.interrupt()
    crew.dismiss()
    assert results(events) == {}
    assert workers() == []


@pytest.mark.skipif(not PAUSES, reason="this system cannot let a process stand still")
def test_a_pause_lasts_until_it_is_over(speak: Speak, settings: Settings) -> None:
    crew = Crew([parcel(speak("a.wav", seconds=300.0))], settings, 1)
    paused: list[float] = []

    def go_on() -> None:
        paused.append(time.monotonic())
        crew.resume()

    timer = threading.Timer(0.6, go_on)
    times = []
    for event in crew.events():
        times.append(time.monotonic())
        if isinstance(event, Heard) and not timer.is_alive() and not paused:
            crew.pause()
            timer.start()
    crew.dismiss()
    assert not [moment for moment in times[3:] if moment < paused[0]]  # what was on its way may come
