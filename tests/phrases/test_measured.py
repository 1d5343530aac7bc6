"""`legato eval keywords` with a model of live speech: the manifest's labels are phrases to listen for."""

import json
from pathlib import Path

import pytest

from legato.app import assets
from legato.app.cli.main import main


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "said.tsv"
    path.write_text(
        f"path\tlabel\tstart\tend\n{assets.DEMO}\they legato\t0.2\t1.0\n{assets.DEMO}\tstop it now\t4.0\t5.0\n"
    )
    return path


def test_phrases_of_the_manifest_are_measured(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "keywords", str(manifest), "--model", str(assets.LIVE_SPEECH), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sorted(told["labels"]) == ["hey legato", "stop it now"]
    assert told["labels"]["hey legato"]["recall"]["total"] == 1
    assert told["groups"]["words"]["recall"]["total"] == 2
    assert told["provider"] == "CPU"


def test_only_those_that_are_asked_for(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["eval", "keywords", str(manifest), "--model", str(assets.LIVE_SPEECH), "--keyword", "hey legato"]
    assert main([*arguments, "--json"]) == 0
    told = capsys.readouterr()
    assert sorted(json.loads(told.out)["labels"]) == ["hey legato"]
    assert "not counted, as the model does not know them: stop it now" in told.err


def test_an_odd_phrase_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.tsv"
    path.write_text(f"path\tlabel\tstart\tend\n{assets.DEMO}\t42\t0\t1\n")
    assert main(["eval", "keywords", str(path), "--model", str(assets.LIVE_SPEECH)]) == 2
    assert "write '4' as it is spoken, in letters" in capsys.readouterr().err
