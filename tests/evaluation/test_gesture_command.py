import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from legato.app.cli.main import main

ShowHeights = Callable[..., Path]
Write = Callable[..., Path]


@pytest.fixture
def manifest(show_heights: ShowHeights, list_recordings: Write) -> Path:
    """Three recordings: up and down; one that goes down where it should go up; one where nothing should be."""
    show_heights((0.5, 0.5), (0.5, 0.9), (0.5, 0.5), (0.5, 0.1), name="a.npz")
    show_heights((0.5, 0.5), (0.5, 0.1), name="b.npz")
    show_heights((0.5, 0.5), (0.5, 0.9), name="c.npz")
    return list_recordings(
        {"path": "a.npz", "label": "swipe_up", "start": 0.3, "end": 0.5, "source": "x", "hand": "right"},
        {"path": "a.npz", "label": "swipe_down", "start": 1.3, "end": 1.5, "source": "x", "hand": "left"},
        {"path": "b.npz", "label": "swipe_up", "start": 0.3, "end": 0.5, "source": "y"},
        {"path": "c.npz", "source": "y"},
    )


@pytest.fixture
def command(manifest: Path, height_model: Path) -> list[str]:
    return ["eval", "gestures", str(manifest), "--model", str(height_model), "--device", "cpu"]


def test_one_object_of_json(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    figures: dict[str, Any] = json.loads(line)
    assert {name: figures[name] for name in ("task", "provider", "recordings", "seconds", "frames", "failures")} == {
        "task": "gestures",
        "provider": "CPU",
        "recordings": 3,
        "seconds": pytest.approx(59 / 30 + 2 * 29 / 30, abs=2e-3),
        "frames": 120,
        "failures": [],
    }
    assert (figures["detection"]["count"], figures["detection"]["total"]) == (2, 3)
    assert figures["false_positives"]["count"] == 2
    assert figures["levenshtein"] == {"value": pytest.approx(1 / 3, abs=1e-6), "distance": 2, "total": 3}
    assert figures["confusions"] == [["swipe_up", "swipe_down", 1]]
    assert (figures["negatives"]["recordings"], figures["negatives"]["count"]) == (1, 1)
    assert (figures["hand"]["count"], figures["hand"]["total"]) == (1, 2)
    assert figures["by"]["source"]["y"]["detection"]["count"] == 0
    assert 0 <= figures["latency"]["median"] < 0.1


def test_a_table_for_people(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "3 recordings, 0.07 minutes, 120 frames" in out
    assert re.search(r"all +2 of 3 +66.7 %", out)
    assert re.search(r"swipe_down +1 of 1 +100.0 %", out)
    assert "Levenshtein accuracy: 33.3 % (2 edits, 3 gestures)" in out
    assert "swipe_up taken for swipe_down: 1" in out
    assert "where nothing is to be found (1 recordings): 1 events" in out
    assert "hand told right: 50.0 %" in out


def test_threshold_and_rate(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--json", "--threshold", "1", "--rate", "15"]) == 0
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert (figures["rate"], figures["threshold"], figures["frames"]) == (15.0, 1.0, 60)


def test_the_hands_of_videos_are_kept(
    hand_film: Path,
    list_recordings: Write,
    height_model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest = list_recordings({"path": str(hand_film), "label": "swipe_down", "start": 0.3, "end": 0.5})
    kept = tmp_path / "kept" / "hands"
    command = ["eval", "gestures", str(manifest), "--model", str(height_model), "--device", "cpu", "--json"]
    assert main(command) == 0
    plain = capsys.readouterr().out
    assert json.loads(plain)["detection"]["value"] == 1.0
    for _ in range(2):
        assert main([*command, "--hands", str(kept)]) == 0
        assert capsys.readouterr().out == plain
    assert len(list(kept.iterdir())) == 1


def test_what_cannot_be_read_is_a_failure_of_its_own(
    command: list[str], manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (manifest.parent / "b.npz").write_bytes(b"")
    assert main([*command, "--json"]) == 1
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert figures["recordings"] == 2
    assert len(figures["failures"]) == 1
    assert f"legato: {manifest}: line 4: " in err


def test_labels_that_the_model_does_not_know_are_named(
    show_heights: ShowHeights, list_recordings: Write, height_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show_heights((0.5, 0.5), (0.5, 0.9), name="a.npz")
    known = {"path": "a.npz", "label": "swipe_up", "start": 0.3, "end": 0.5}
    unknown = {"path": "a.npz", "label": "grab", "start": 0.6, "end": 0.9}
    rest = ["--model", str(height_model), "--device", "cpu", "--json"]
    assert main(["eval", "gestures", str(list_recordings(known, unknown)), *rest]) == 0
    out, err = capsys.readouterr()
    assert "not counted, as the model does not know them: grab" in err
    assert json.loads(out)["detection"]["total"] == 1
    assert main(["eval", "gestures", str(list_recordings(unknown)), *rest]) == 1
    assert "column 'label': the model knows none of grab" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--threshold", "1.5"], 2, "between 0 and 1"),
        (["--rate", "0"], 2, "--rate must be above 0"),
        (["--device", "abacus"], 2, "--device"),
    ],
)
def test_wrong_usage(
    command: list[str], options: list[str], status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, *options]) == status
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_a_model_for_keywords_is_refused(manifest: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "gestures", str(manifest), "--model", str(model), "--device", "cpu"]) == 1
    assert "this needs a gesture model" in capsys.readouterr().err
