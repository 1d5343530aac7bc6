"""Training from the command line: recordings in, a model that the runtime runs out, and clear words otherwise."""

import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from legato.app.cli.main import main
from legato.training.media import read_audio

DEMO = Path(__file__).parents[2] / "app" / "assets" / "demo.flac"


class Run(NamedTuple):
    """What a command ended with and printed."""

    status: int
    stdout: str
    stderr: str


WORDS = {"hey legato": (0.5, 1.35), "go": (2.0, 2.5)}
RECIPE = """
labels = ["hey legato", "go"]
wake = ["hey legato"]
[recurrent]
hidden = 12
layers = 1
[streams]
seconds = 2.0
[loop]
steps = 4
batch = 2
warmup = 1
"""


@pytest.fixture
def legato(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Run(status, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two words in two voices each, cut from the recording in the box."""
    folder = tmp_path_factory.mktemp("words")
    sound, rows = read_audio(DEMO, 16_000), ["path\tspeaker\ttext\tseconds\tsplit"]
    for speaker, split in (("ann", "train"), ("bob", "dev")):
        for text, (start, end) in WORDS.items():
            clip = sound[int(start * 16_000) : int(end * 16_000)]
            name = f"{speaker}-{text.replace(' ', '_')}.wav"
            with wave.open(str(folder / name), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(16_000)
                file.writeframes(np.asarray(clip, "<i2").tobytes())
            rows.append(f"{name}\t{speaker}\t{text}\t{len(clip) / 16_000:.3f}\t{split}")
    path = folder / "kokoro.tsv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_from_recordings_to_events(legato: Callable[..., Run], manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE)
    common = ("--manifest", manifest, "--corpus", tmp_path / "corpus")
    run = legato(
        *("train", "keywords", *common, "--out", tmp_path / "run", "--config", tmp_path / "recipe.toml"),
        *("--sounds", tmp_path / "none", "--device", "cpu"),
    )
    assert run.status == 0, run.stderr
    assert "step" in run.stderr
    model = tmp_path / "words.onnx"
    assert legato("export", tmp_path / "run" / "keywords.pt", "-o", model).status == 0
    verified = legato("verify", model, "--minutes", "0.1")
    assert verified.status == 0, verified.stdout + verified.stderr
    shown = json.loads(legato("models", "show", model, "--json").stdout)
    assert shown["labels"] == ["hey legato", "go"]
    assert shown["provenance"]["hours"].keys() == {"kokoro"}
    assert legato("listen", DEMO, "--model", model, "--keyword", "go", "--json").status == 0
    sets = legato("train", "manifests", *common, "--out", tmp_path / "dev")
    assert sets.stdout.split() == [str(tmp_path / "dev" / "kokoro_dev.tsv")]
    measured = json.loads(
        legato("eval", "keywords", tmp_path / "dev" / "kokoro_dev.tsv", "--model", model, "--json").stdout
    )
    assert measured["groups"]["words"]["recall"]["total"] == measured["groups"]["wake"]["recall"]["total"] == 1
    again = legato(
        *("train", "keywords", *common, "--out", tmp_path / "run", "--config", tmp_path / "recipe.toml"),
        *("--sounds", tmp_path / "none", "--device", "cpu", "--steps", "6"),
    )
    assert "going on from step 4" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name recordings to learn from"),
        (("--manifest", "nowhere.tsv"), "nowhere.tsv"),
        (("--config", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_is_missing_is_named(
    legato: Callable[..., Run], tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    run = legato("train", "keywords", "--out", tmp_path, "--sounds", tmp_path / "none", *arguments)
    assert run.status == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
