from collections.abc import Callable
from pathlib import Path

import pytest

from legato.app import assets
from legato.app.cli.program import USAGE, run

ShowHeights = Callable[..., Path]


@pytest.fixture
def empty_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "GESTURES", tmp_path / "gestures.onnx")
    monkeypatch.setattr(assets, "OWN_GESTURES", tmp_path / "own" / "gestures.onnx")
    monkeypatch.setattr(assets, "GESTURE_DEMO", tmp_path / "gestures.mp4")


@pytest.mark.usefixtures("empty_box")
@pytest.mark.parametrize(
    "command",
    [["watch", "clip.mp4"], ["eval", "gestures", "manifest.tsv"], ["bench", "--task", "gestures"]],
    ids=lambda command: command[0],
)
def test_without_a_gesture_model_the_line_says_to_name_one(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command) == USAGE
    assert capsys.readouterr().err.splitlines() == [
        "legato: no gesture model comes with this version: name one with --model FILE.onnx"
    ]


@pytest.mark.usefixtures("empty_box")
def test_without_a_video_bench_says_to_name_one(height_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--model", str(height_model)]) == USAGE
    assert "name one with --video FILE" in capsys.readouterr().err


@pytest.mark.usefixtures("empty_box")
def test_watch_takes_ones_own_model_where_there_is_one(
    height_model: Path, show_heights: ShowHeights, capsys: pytest.CaptureFixture[str]
) -> None:
    assets.OWN_GESTURES.parent.mkdir()
    assets.OWN_GESTURES.write_bytes(height_model.read_bytes())
    assert run(["watch", str(show_heights((0.5, 0.5), (0.5, 0.9))), "--json"]) == 0
    assert '"label": "swipe_up"' in capsys.readouterr().out
