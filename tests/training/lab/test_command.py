"""`legato lab`: one HTML file that needs nothing else, JSON with the same figures, parts of it, and bad input."""

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from legato.app.cli.program import app
from legato.app.devices.recorder import write_flac
from legato.training.lab import bill, command, inside
from legato.training.lab.bill import BillConfig
from legato.training.lab.flows import FlowConfig
from legato.training.lab.memory import MemoryConfig
from legato.training.lab.nets import NAMES
from legato.training.lab.sections import LabConfig

TINY = LabConfig(
    memory=MemoryConfig(lags=(2, 4), before=(), seeds=2, hidden=8, steps=3, first=3),
    flow=FlowConfig(lag=8, learned=2, steps=20),
    bill=BillConfig(hidden=16, batch=2, frames=10, lengths=(5, 10), times=1, streamed=5),
    words=0.3,
)


class _Small(LabConfig):
    """What `LabConfig()` makes in these tests."""

    def __new__(cls) -> Any:
        return TINY


def lab(*arguments: str | Path) -> tuple[int, str]:
    said = CliRunner().invoke(app, ["lab", *map(str, arguments), "--jobs", "2"])
    return said.exit_code, said.output


def in_this_process(todo: Any, jobs: int) -> Any:
    return ((name, work()) for name, work in todo.items())


@pytest.fixture(autouse=True)
def _tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "LabConfig", _Small)
    monkeypatch.setattr(command, "_side_by_side", in_this_process)


def test_a_report_needs_nothing_else(tmp_path: Path) -> None:
    status, said = lab("--out", tmp_path / "lab")
    assert status == 0, said
    page = (tmp_path / "lab/report.html").read_text()
    assert len(page) < 5_000_000
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert "http" not in page
    pictures = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)">', page)
    assert len(pictures) == page.count("<img") == 6
    assert all(base64.b64decode(data).startswith(b"\x89PNG") and len(alt) > 40 for data, alt in pictures)
    told = json.loads((tmp_path / "lab/report.json").read_text())
    assert set(told) == {"memory", "gradients", "bill", "inside", "seconds"}
    assert set(told["inside"]["parts"]) == {"hidden", "cell", "forget", "input", "output", "candidate"}
    assert all(f"at {one['seconds']:.1f} s" in page for one in told["inside"]["heard"])
    for kind, name in NAMES.items():
        parameters = f"{told['bill']['cells'][kind]['parameters']:,}"
        assert f"<td>{name}</td><td>{parameters}</td>" in page
    for cell, figures in told["memory"]["tasks"]["copy"].items():
        assert f"<td>Copy memory: {cell}</td><td>{figures['solved'][0]}/2" in page
    assert [line for line in said.splitlines() if line.startswith("  Copy memory: ")]
    assert said.strip().splitlines()[-1].endswith("report.html")


def test_only_what_is_named_is_measured(tmp_path: Path) -> None:
    status, said = lab("--out", tmp_path, "--tasks", "copy, inside", "--seeds", "1")
    assert status == 0, said
    told = json.loads((tmp_path / "report.json").read_text())
    assert set(told) == {"memory", "inside", "seconds"}
    assert list(told["memory"]["tasks"]) == ["copy"]
    assert told["memory"]["tasks"]["copy"]["GRU"]["seeds"] == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--tasks", "copy,dance"], "there is no section 'dance'; known are memory, gradients, bill, inside"),
        (["--tasks", ","], "--tasks names nothing"),
        (["--data", "none.tsv"], "none.tsv"),
        (["--seeds", "0"], "seeds"),
    ],
)
def test_bad_input_is_told(tmp_path: Path, arguments: list[str], line: str) -> None:
    status, said = lab("--out", tmp_path / "lab", *arguments)
    assert status == 2
    assert line in " ".join(said.replace("│", " ").split())


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    status, said = lab("--out", tmp_path / "file", "--tasks", "inside")
    assert status == 2
    assert "file" in said


def test_nothing_is_measured_for_a_folder_that_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    monkeypatch.setattr(command, "measure", lambda *_: pytest.fail("measured"))
    status, said = lab("--out", tmp_path / "lab")
    assert status == 2
    assert "cannot be written to" in " ".join(said.replace("│", " ").split())


def test_words_are_told_apart_where_there_are_recordings(tmp_path: Path) -> None:
    rows = ["path\tspeaker\ttext\tseconds\tsplit"]
    for number in range(24):
        word, split = ("yes", "no")[number % 2], "dev" if number % 6 > 3 else "train"
        tone = np.sin(np.arange(16_000) * (0.1 if word == "yes" else 0.4)) * (0.2 + 0.01 * number)
        write_flac(tmp_path / f"{number}.flac", tone.astype(np.float32), 16_000)
        rows.append(f"{number}.flac\ta\t{word}\t1.0\t{split}")
    (tmp_path / "words.tsv").write_text("\n".join(rows) + "\n")
    status, said = lab("--out", tmp_path, "--tasks", "bill", "--data", tmp_path / "words.tsv")
    assert status == 0, said
    told = json.loads((tmp_path / "report.json").read_text())["bill"]["words"]
    assert {kind: figures["words"] for kind, figures in told.items()} == dict.fromkeys(NAMES, 8)
    assert all(figures["right"] >= 4 and figures["steps"] > 1 for figures in told.values())
    assert "of 8 held-out words are right" in said


def test_the_bill_counts_what_a_cell_has() -> None:
    config = BillConfig(hidden=16, batch=2, frames=10, lengths=(10, 40), times=1, streamed=5)
    found = {kind: bill.bill(kind, config) for kind in NAMES}
    assert found["rnn"]["parameters"] == 16 * 40 + 16 * 16 + 2 * 16
    assert found["gru"]["parameters"] == 3 * found["rnn"]["parameters"]
    assert found["lstm"]["parameters"] == 4 * found["rnn"]["parameters"]
    for one in found.values():
        assert one["kept_mb"]["40"] > 2 * one["kept_mb"]["10"]
        assert one["frame_us"] > 0


def test_what_is_seen_inside_is_the_models_own() -> None:
    looked = inside.look(seconds=2.0)
    assert looked.kind == "lstm"
    assert looked.difference <= 1e-5
    frames = len(looked.scores)
    assert frames == round(2.0 / looked.hop)
    assert len(looked.spectrogram) == frames
    assert {len(values) for values in looked.parts.values()} == {frames}
    assert list(looked.parts)[:2] == ["hidden", "cell"]


def test_what_was_found_inside_comes_of_what_was_seen() -> None:
    looked = inside.look()
    told = inside.summary(looked)
    assert [one["label"] for one in told["heard"]] == ["hey legato", "go", "left", "stop"]
    assert all(a["seconds"] < b["seconds"] for a, b in pairwise(told["heard"]))
    lines = inside.findings(told)
    assert lines[0].startswith(f"Heard: hey legato at {told['heard'][0]['seconds']:.1f} s, go at ")
    (forget,) = (line for line in lines if line.startswith("forget: "))
    figures = told["parts"]["forget"]
    assert forget.endswith(
        f"it is {figures['spoken']:.2f} while something is said and {figures['quiet']:.2f} in quiet."
    )
    still = replace(looked, parts={"forget": np.full_like(looked.parts["forget"], 0.25)}, scores=0 * looked.scores)
    assert inside.summary(still)["parts"] == {"forget": {"spoken": 0.25, "quiet": 0.25}}
    assert inside.findings(inside.summary(still))[0] == "None of its labels was heard."


def test_a_picture_of_the_report_is_drawn_anew(tmp_path: Path) -> None:
    assert lab("--out", tmp_path, "--tasks", "copy")[0] == 0
    script = Path(__file__).parents[3] / "training/recipes/lab_picture.py"
    picture = tmp_path / "lab.png"
    done = subprocess.run([sys.executable, script, tmp_path / "report.json", picture], capture_output=True, check=True)
    assert done.stdout.decode().split() == [str(picture)]
    assert base64.b64encode(picture.read_bytes()).decode() in (tmp_path / "report.html").read_text()
