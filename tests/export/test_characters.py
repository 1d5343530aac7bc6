"""Character models as files: ONNX equals PyTorch, as a whole and in pieces; contract and commands."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from legato.app.cli.program import app
from legato.app.engine.contract import LineSettings
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.inside.opened import OpenModel
from legato.models.characters import CharacterConfig, CharacterNet
from legato.models.recurrent import RecurrentConfig

LABELS = ("\n", "\t", *"abcdefgh ")


def checkpoint(folder: Path, cell: str = "lstm") -> tuple[Path, CharacterNet]:
    torch.manual_seed(4)
    net = CharacterNet(CharacterConfig(LABELS, RecurrentConfig(cell, 8, 96, 2))).eval()
    with torch.no_grad():
        net.head.weight.mul_(8)
    path = folder / "characters.pt"
    saved = {
        "format": 1,
        "task": "characters",
        "config": asdict(net.config),
        "model": net.state_dict(),
        "provenance": {"data": "made up"},
        "decoder": None,
    }
    torch.save(saved, path)
    return path, net


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_an_exported_file_gives_what_the_network_gives(tmp_path: Path, cell: str) -> None:
    path, net = checkpoint(tmp_path, cell)
    output = tmp_path / "characters.onnx"
    run("export", path, "-o", output)
    said = run("verify", output, path, "--minutes", "1", "--chunkings", "2")
    compared = [line for line in said.splitlines() if " = " in line]
    assert len(compared) == 4
    assert all(float(line.split()[-1]) <= 1e-4 for line in compared), said
    session = Session.open(output, "cpu")
    rows = np.random.default_rng(1).integers(0, len(LABELS), (3, 20))
    scores, _ = session.run(rows, session.initial_state(3))
    with torch.no_grad():
        wanted = net(torch.from_numpy(rows)).numpy()
    assert np.abs(np.exp(scores) - np.exp(wanted)).max() <= 1e-5
    alone, _ = session.run(rows[1:2], session.initial_state(1))
    assert np.abs(np.exp(alone) - np.exp(scores[1:2])).max() <= 1e-5


def test_eight_bits_are_nearly_the_same(tmp_path: Path) -> None:
    path, _ = checkpoint(tmp_path)
    for name, options in (("full", ()), ("small", ("--quantize", "int8"))):
        run("export", path, "-o", tmp_path / f"{name}.onnx", *options)
    assert (tmp_path / "small.onnx").stat().st_size < 0.45 * (tmp_path / "full.onnx").stat().st_size
    text = np.random.default_rng(1).integers(0, len(LABELS), (1, 50))
    full, small = (Session.open(tmp_path / f"{name}.onnx", "cpu").stream().step(text) for name in ("full", "small"))
    assert 0 < np.abs(np.exp(full) - np.exp(small)).max() < 0.1
    run("verify", tmp_path / "small.onnx", "--minutes", "0.5")


def test_the_contract_says_what_lines_begin_with(tmp_path: Path) -> None:
    path, _ = checkpoint(tmp_path)
    run("export", path, "-o", tmp_path / "characters.onnx")
    session = Session.open(tmp_path / "characters.onnx", "cpu")
    contract = session.contract
    assert contract.lines == LineSettings("\n", "\t")
    assert (contract.task, contract.hop, contract.inputs, contract.labels) == ("characters", 1, ("text",), LABELS)
    assert [state.name for state in contract.states] == ["hidden", "cell"]
    with pytest.raises(ModelError, match="legato complete"):
        _ = contract.decoder
    with pytest.raises(ModelError, match="writes nothing down"):
        _ = contract.transcript
    for wrong in (np.zeros((2, 3, 4), np.int64), np.array([[len(LABELS)]]), np.array([[-1]])):
        with pytest.raises(ValueError, match="places of 11 characters"):
            session.run(wrong, session.initial_state(1))
    shown = run("models", "show", str(tmp_path / "characters.onnx"))
    assert "character by character" in shown
    assert "as they are written, and plain" in shown


def test_its_cells_can_be_looked_into(tmp_path: Path) -> None:
    path, _ = checkpoint(tmp_path)
    run("export", path, "-o", tmp_path / "characters.onnx")
    stream = OpenModel(tmp_path / "characters.onnx").stream()
    text = np.random.default_rng(3).integers(0, len(LABELS), (1, 30))
    scores = stream.step(text)
    assert np.array_equal(scores, Session.open(tmp_path / "characters.onnx", "cpu").stream().step(text))
    (first, second) = stream.inside[0]
    assert first.hidden.shape == second.hidden.shape == (30, 96)
    assert 0 <= stream.difference <= 1e-5


def test_a_character_model_does_not_listen(tmp_path: Path) -> None:
    path, _ = checkpoint(tmp_path)
    run("export", path, "-o", tmp_path / "characters.onnx")
    for arguments in (["listen", "--demo"], ["transcribe", str(tmp_path)]):
        result = CliRunner().invoke(app, [*arguments, "--model", str(tmp_path / "characters.onnx")])
        assert result.exit_code == 1
