"""`legato train speech`: recordings in, a model that the runtime runs out, and clear words otherwise."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from legato.app.cli.main import main
from legato.app.engine.session import Session
from legato.training.corpus import Shard

DEMO = Path(__file__).parents[3] / "app" / "assets" / "demo.flac"

RECIPE = """
[frontend]
hop = 160
mels = 20
[subsampling]
channels = 8
outputs = 12
[recurrent]
inputs = 12
hidden = 8
layers = 1
projection = 0
[utterances]
seconds = 20.0
[loop]
steps = 3
warmup = 1
validate_every = 2
"""


@pytest.fixture
def legato(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs a command line in this process; its status and what it said of errors."""

    def run(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return status, capsys.readouterr().err

    return run


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "demo.tsv"
    rows = [f"{DEMO}\t{who}\they legato go\t3.0\t{split}" for who, split in (("ann", "train"), ("bob", "dev"))]
    path.write_text("\n".join(["path\tspeaker\ttext\tseconds\tsplit", *rows]) + "\n")
    return path


@pytest.mark.parametrize("bidirectional", ["true", "false"])
def test_a_run_becomes_a_file_that_runs(
    legato: Callable[..., tuple[int, str]], manifest: Path, tmp_path: Path, bidirectional: str
) -> None:
    (tmp_path / "small.toml").write_text(f"bidirectional = {bidirectional}\n{RECIPE}")
    options = ("--config", tmp_path / "small.toml", "--corpus", tmp_path / "corpus", "--sounds", tmp_path / "none")
    status, said = legato("train", "speech", "--out", tmp_path / "run", "--manifest", manifest, *options)
    assert status == 0, said
    assert "wer_demo" in said
    status, said = legato("export", tmp_path / "run" / "speech.pt", "-o", tmp_path / "speech.onnx")
    assert status == 0, said
    session = Session.open(tmp_path / "speech.onnx", "cpu")
    assert session.contract.provenance["hours"] == {"demo": pytest.approx(0.003, abs=0.003)}
    audio = np.zeros((1, 9_600), np.float32)
    if bidirectional == "true":
        assert session.whole(audio, np.array([9_600])).shape == (1, 20, 29)
    else:
        assert session.stream().step(audio).shape == (1, 20, 29)


def test_nothing_to_learn_from_is_said(legato: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    status, said = legato("train", "speech", "--out", tmp_path / "run")
    assert status == 2
    assert "name recordings: --data" in said


def test_packed_recordings_are_learned_from(
    legato: Callable[..., tuple[int, str]], shard: Shard, tmp_path: Path
) -> None:
    folder = tmp_path / "packed"
    folder.mkdir()
    clips = [{**asdict(clip), "source": "packed"} for clip in shard.clips]
    (folder / "tones.json").write_text(json.dumps(clips))
    np.asarray(shard.audio).tofile(folder / "tones.s16")
    (tmp_path / "small.toml").write_text(RECIPE)
    options = ("--config", tmp_path / "small.toml", "--corpus", tmp_path / "corpus", "--sounds", tmp_path / "none")
    status, said = legato("train", "speech", "--out", tmp_path / "run", "--packed", folder, *options)
    assert status == 0, said
    assert "wer_packed" in said
    status, said = legato("train", "speech", "--out", tmp_path / "run", "--packed", tmp_path / "corpus", *options)
    assert status == 2
    assert "holds no packed recordings" in said


def test_a_wrong_entry_of_a_recipe_is_named(
    legato: Callable[..., tuple[int, str]], manifest: Path, tmp_path: Path
) -> None:
    (tmp_path / "wrong.toml").write_text("[utterances]\nlongestt = 3.0\n")
    status, said = legato(
        "train", "speech", "--out", tmp_path / "run", "--manifest", manifest, "--config", tmp_path / "wrong.toml"
    )
    assert status == 2
    assert "longestt" in said
