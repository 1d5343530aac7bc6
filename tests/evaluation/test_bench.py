import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app.cli.bench import _PROGRAM
from legato.app.cli.first_score import peak_memory
from legato.app.cli.main import main
from legato.app.engine.errors import LegatoError
from legato.app.engine.session import Session
from legato.app.evaluation import benchmark
from legato.app.evaluation.peers import Peer, cpu_seconds


def test_one_object_of_json(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--model", str(model), "--seconds", "2", "--json"]) == 0
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (figures["labels"], figures["hop"], figures["provider"], figures["runs"]) == (3, 0.02, "CPU", 5)
    assert 0 < figures["streaming"]["median"] <= figures["streaming"]["p99"]
    assert figures["streams"] > figures["streams_decoded"] > 0
    assert 0 < figures["start"]["first_score"] < 30
    assert figures["start"]["memory"] > 10_000_000
    assert "peers" not in figures
    assert "gestures" not in figures


def test_lines_for_people_name_the_peers_that_are_absent(
    model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise ImportError

    monkeypatch.setattr("legato.app.cli.bench.peers", lambda: (Peer("somebody-else", "nothing", missing, 160),))
    assert main(["bench", "--model", str(model), "--seconds", "1", "--peers"]) == 0
    out = capsys.readouterr().out
    assert "ms 99th percentile" in out
    assert "streams on a core" in out
    assert "somebody-else" in out
    assert "not installed" in out


def test_too_short_a_run_is_refused(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--model", str(model), "--seconds", "0"]) == 2
    assert "--seconds must be 1 or more" in capsys.readouterr().err


def test_no_minutes_are_refused(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--model", str(model), "--minutes", "0"]) == 2
    assert "--minutes must be 0.1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(("task", "wanted"), [("gestures", "a gesture model"), ("spelling", "--task")])
def test_a_model_of_another_task_is_refused(
    model: Path, task: str, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--model", str(model), "--task", task]) > 0
    assert wanted in capsys.readouterr().err


def test_a_model_that_cannot_be_listened_with_is_told(model: Path) -> None:
    session = Session.open(model, device="cpu")
    session.path = session.path.with_name("gone.onnx")
    with pytest.raises(LegatoError, match=r"could not be started with .*gone\.onnx"):
        benchmark.start(session, np.zeros(16000, np.float32), "cpu", _PROGRAM)


def test_batches_grow_until_a_step_takes_too_long(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "_median_step", lambda _, size: size / 10_000)
    sizes = [(one.size, round(one.streams)) for one in benchmark.batches(Session.open(model, device="cpu"))]
    assert sizes == [(64, 200), (128, 200), (256, 200)]


def test_peers_are_fed_in_their_own_pieces() -> None:
    heard: list[int] = []
    peer = Peer("ear", "counting", lambda: lambda piece: heard.append(len(piece)), 160)
    assert cpu_seconds(peer, np.zeros(16000, np.int16)) is not None
    assert heard == [160] * (50 + 100)


def test_without_a_recording_there_is_noise(tmp_path: Path) -> None:
    samples = benchmark.sound(tmp_path / "none.flac", 16000, 0.5)
    assert len(samples) == 8000
    assert 0.05 < samples.std() < 0.2


def test_memory_is_counted_in_bytes() -> None:
    assert 10_000_000 < peak_memory() < 100_000_000_000
