"""`legato tune`: a threshold that the room does not reach, shown with what it costs, and kept."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app import assets
from legato.app.cli import tune
from legato.app.devices.media import MediaFile
from legato.app.devices.recorder import write_flac
from legato.app.engine import own_thresholds
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.phrases import learned
from legato.app.transcription.words import Floats

Legato = Callable[..., Any]
"""Gives status, stdout and stderr"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of one's own."""
    monkeypatch.setattr(learned, "FOLDER", tmp_path / "keywords")
    monkeypatch.setattr(own_thresholds, "FILE", tmp_path / "thresholds.json")


@pytest.fixture
def talk(speak_levels: Callable[..., Path]) -> Path:
    """A recording in which the tiny model hears "hey" once."""
    return speak_levels((0.5, 0.0), (0.2, 0.9), (1.0, 0.0))


@pytest.fixture
def quiet(speak_levels: Callable[..., Path], tmp_path: Path) -> Path:
    path = tmp_path / "quiet.flac"
    write_flac(path, np.zeros(20 * 16_000, np.float32), 16_000)
    return path


def test_a_quiet_room_lets_the_lowest_threshold_do(legato: Legato, level_model: Path, quiet: Path, talk: Path) -> None:
    run = legato("tune", "hey", quiet, "--model", level_model, "--from", talk, "--json", "--false-alarms", "200")
    assert run.status == 0, run.stderr
    told = json.loads(run.stdout)
    assert (told["keyword"], told["threshold"]) == ("hey", tune.THRESHOLDS[0])
    assert [trial["threshold"] for trial in told["trials"]] == list(tune.THRESHOLDS)
    assert told["trials"][0]["false_alarms"]["count"] == 0
    assert told["trials"][0]["found"]["count"] == 1
    contract = Session.open(level_model, "cpu").contract
    assert own_thresholds.own_thresholds(contract) == {"hey": tune.THRESHOLDS[0]}


def test_a_short_recording_does_not_lower_it(legato: Legato, level_model: Path, quiet: Path) -> None:
    usual = Session.open(level_model, "cpu").contract.decoder.thresholds["hey"]
    run = legato("tune", "hey", quiet, "--model", level_model, "--json")
    assert json.loads(run.stdout)["threshold"] == pytest.approx(usual)


def test_a_room_in_which_it_is_said_allows_none(legato: Legato, level_model: Path, talk: Path, tmp_path: Path) -> None:
    run = legato("tune", "hey", talk, "--model", level_model)
    assert run.status == 2
    assert "'hey' is heard more than 0.5 times an hour at every threshold: is it said in there?" in run.stderr
    assert not (tmp_path / "thresholds.json").exists()
    loud = legato("tune", "hey", talk, "--model", level_model, "--false-alarms", "10000")
    assert loud.status == 0
    assert "false alarms an hour" in loud.stdout
    assert "####" in loud.stdout


def test_what_is_kept_is_used(legato: Legato, level_model: Path, talk: Path) -> None:
    before = legato("listen", talk, "--model", level_model, "--keyword", "hey").stdout
    assert len(before.splitlines()) == 1
    own_thresholds.keep_threshold("hey", 1.0)
    own_thresholds.keep_threshold("unknown", 0.1)
    assert legato("listen", talk, "--model", level_model, "--keyword", "hey").stdout == ""
    given = legato("listen", talk, "--model", level_model, "--keyword", "hey", "--threshold", "0.5").stdout
    assert given == before


def test_a_phrase_gets_a_file_of_its_own(legato: Legato, quiet: Path, tmp_path: Path) -> None:
    run = legato("tune", "open the garage", quiet, "--false-alarms", "200")
    assert run.status == 0, run.stderr
    kept = learned.load(tmp_path / "keywords" / "open_the_garage.json")
    assert kept.spellings == ("open the garage",)
    assert kept.threshold == tune.THRESHOLDS[0]
    again = legato("tune", "open the garage", assets.DEMO, "--false-alarms", "100000")
    assert again.status == 0, again.stderr


def test_the_microphone_is_heard_for_some_time(
    legato: Legato, level_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    heard: list[float] = []

    class Fake:
        name, live, overruns = "Fake", True, 0

        def __init__(self, source: str | None, rate: int) -> None:
            self.rate = rate

        def __enter__(self) -> "Fake":  # noqa: PYI034 - a local class
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def blocks(self) -> Iterator[Floats]:
            while True:
                heard.append(0.02)
                yield np.zeros(self.rate // 50, np.float32)

    monkeypatch.setattr(tune, "Microphone", Fake)
    run = legato("tune", "hey", "--model", level_model, "--minutes", "0.1")
    assert run.status == 0, run.stderr
    assert sum(heard) == pytest.approx(6.0, abs=0.1)


def test_a_broken_file_is_named(legato: Legato, level_model: Path, quiet: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.flac").write_bytes(b"nothing")
    assert legato("tune", "hey", tmp_path / "bad.flac", "--model", level_model).status == 1
    (tmp_path / "thresholds.json").write_text("[1]")
    with pytest.raises(ModelError, match=r"thresholds\.json: holds no thresholds"):
        own_thresholds.own_thresholds(Session.open(level_model, "cpu").contract)
    with MediaFile(quiet, 16_000) as file:
        assert len(file.whole()) == 20 * 16_000
