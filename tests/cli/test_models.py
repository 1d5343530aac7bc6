"""`legato models`: what is there, and what it promises."""

import json
import shutil
from pathlib import Path

import pytest

from legato.app import assets
from legato.app.cli.main import main


@pytest.fixture(autouse=True)
def shipped(level_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny model in place of those in the package."""
    folder = tmp_path / "assets"
    folder.mkdir()
    shutil.copy(level_model, folder / "keywords.onnx")
    monkeypatch.setattr(assets, "FOLDER", folder)
    monkeypatch.setattr(assets, "OWN_GESTURES", tmp_path / "own" / "gestures.onnx")
    return folder / "keywords.onnx"


def test_list_as_json(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"name": "keywords", "task": "keywords", "path": str(shipped)}


def test_list(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    assert capsys.readouterr().out.split() == ["keywords", "keywords", str(shipped)]


def test_ones_own_model_is_listed_and_shown(height_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assets.OWN_GESTURES.parent.mkdir()
    shutil.copy(height_model, assets.OWN_GESTURES)
    assert main(["models", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["own-gestures", "gestures", str(assets.OWN_GESTURES)]
    assert main(["models", "show", "own-gestures"]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[0] == str(assets.OWN_GESTURES)
    assert "30 frames a second" in text


@pytest.mark.parametrize("by_name", [True, False])
def test_show(shipped: Path, by_name: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", "keywords" if by_name else str(shipped)]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[0] == str(shipped)
    for promise in ("16000 Hz", "every 320 samples (20 ms)", "(1, batch, 3) float32", "hey 0.5", "a test"):
        assert promise in text


def test_show_as_json(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "show", str(shipped), "--json"]) == 0
    promise = json.loads(capsys.readouterr().out)
    assert promise["labels"] == ["hey", "go", "stop"]
    assert promise["states"] == [{"name": "hidden", "shape": [1, None, 3], "dtype": "float32"}]


def test_show_what_is_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "letter.onnx"
    path.write_text("Dear diary")
    assert main(["models", "show", str(path)]) == 1
    assert "letter.onnx" in capsys.readouterr().err
    assert main(["models", "show", "nothing"]) == 1
    assert capsys.readouterr().err == "legato: nothing: no such model file\n"


def test_nothing_to_do_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 2
    assert capsys.readouterr().err == "legato: Missing command; see legato models --help\n"


def test_a_model_that_writes_tells_how() -> None:
    from legato.app.cli.models import _lines
    from legato.app.engine.contract import Contract, TranscriptSettings

    settings = TranscriptSettings(language_weight=0.6, word_bonus=-0.5, beam=40, delay=0.06, confidence=(2.0, 1.5))
    contract = Contract(
        version=1, task="speech", cell="gru", labels=("<blank>", " ", "a"), sample_rate=16_000, hop=480,
        lookahead=0.0, inputs=("audio", "lengths"), outputs=("scores",), states=(), settings=settings,
        provenance={"made by": "a test"},
    )  # fmt: skip
    text = "\n".join(_lines(contract))
    for promise in (
        "every 480 samples (30 ms)",
        "<blank> ' ' a",
        "40 texts",
        "weight 0.6, -0.5 for each word",
        "0.06 s",
    ):
        assert promise in text
