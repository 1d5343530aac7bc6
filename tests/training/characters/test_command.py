"""`train characters`: what is learned is known, a run goes on where it stopped, and its model completes words."""

from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from legato.app.cli.program import app
from legato.models.characters import CharacterConfig, CharacterNet
from legato.models.recurrent import RecurrentConfig
from legato.training.characters.task import measured
from legato.training.characters.text import encode

RECIPE = """
[recurrent]
cell = "gru"
inputs = 12
hidden = 48
layers = 1
[text]
length = 20
rarest = 1
[loop]
batch = 8
rate = 2e-2
warmup = 5
validate_every = 20
"""
LINES = ("The prediction was right.", "Nobody made a prediction.", "She writes a letter.", "It rains today.")


@pytest.fixture
def learned(tmp_path: Path) -> Path:
    (tmp_path / "recipe.toml").write_text(RECIPE)
    (tmp_path / "text.txt").write_text("\n".join(LINES * 60))
    return tmp_path


def train(folder: Path, *options: str, out: str = "run") -> str:
    arguments = ["train", "characters", str(folder / "text.txt"), "--out", str(folder / out)]
    said = CliRunner().invoke(app, [*arguments, "--config", str(folder / "recipe.toml"), *options])
    assert said.exit_code == 0, said.output
    return said.output


def test_what_was_read_is_known(learned: Path) -> None:
    assert "characters.pt" in train(learned, "--steps", "120")
    CliRunner().invoke(app, ["export", str(learned / "run/characters.pt"), "-o", str(learned / "c.onnx")])
    said = CliRunner().invoke(app, ["complete", "Nobody made a predictio", "--model", str(learned / "c.onnx")])
    assert said.stdout.splitlines()[0].startswith("n  "), said.output
    plain = CliRunner().invoke(app, ["write", "It r", "--model", str(learned / "c.onnx"), "--temperature", "0"])
    assert plain.stdout.startswith("It rains today"), plain.output


def test_the_same_command_goes_on(learned: Path) -> None:
    train(learned, "--steps", "30")
    first = torch.load(learned / "run/characters.pt", weights_only=True)["model"]
    assert "going on from step 30" in train(learned, "--steps", "30")
    again = torch.load(learned / "run/characters.pt", weights_only=True)["model"]
    assert all(torch.equal(value, again[name]) for name, value in first.items())


def test_bits_and_accuracy_are_what_they_say() -> None:
    torch.manual_seed(1)
    labels = ("\n", "\t", "a", "b")
    net = CharacterNet(CharacterConfig(labels, RecurrentConfig("rnn", 4, 6, 1)))
    text = torch.from_numpy(encode("\n" + "abba" * 300, labels))
    bits, accuracy = measured(net, text)
    with torch.no_grad():
        scores = net(text[None, :-1].long())[0]
    following = text[1:].long()
    wanted = -scores.gather(1, following[:, None]).mean() / torch.log(torch.tensor(2.0))
    assert bits == pytest.approx(float(wanted), abs=1e-4)
    assert accuracy == pytest.approx(float((scores.argmax(1) == following).float().mean()))


@pytest.mark.parametrize(
    ("options", "line"),
    [(["--config", "nothing.toml"], "nothing.toml"), (["--steps", "5", "--start-from", "nothing.pt"], "nothing.pt")],
)
def test_what_is_not_there_is_told(learned: Path, options: list[str], line: str) -> None:
    arguments = ["train", "characters", str(learned / "text.txt"), "--out", str(learned / "run"), *options]
    said = CliRunner().invoke(app, arguments)
    assert said.exit_code == 2
    assert line in said.output
