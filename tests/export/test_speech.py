"""Speech networks as files: ONNX equals PyTorch, streaming equals whole, rows of a batch equal rows alone."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from legato.app.cli.program import app
from legato.app.engine.contract import TranscriptSettings
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.models.frontend import FrontEndConfig
from legato.models.recurrent import RecurrentConfig
from legato.models.speech import BLANK, SpeechConfig, speech_net
from legato.models.subsampling import SubsamplingConfig

LABELS = (BLANK, " ", "a", "b")
SETTINGS = TranscriptSettings(language_weight=0.4, word_bonus=-0.5, beam=8, delay=0.06, confidence=(1.5, 2.0))


def checkpoint(folder: Path, cell: str = "gru", *, bidirectional: bool, **changes: Any) -> Path:
    torch.manual_seed(4)
    config = SpeechConfig(
        LABELS,
        bidirectional,
        FrontEndConfig(window=256, hop=160, mels=12),
        SubsamplingConfig(channels=10, outputs=96, rate=3),
        RecurrentConfig(cell, 96, 96, 2, residual=True, projection=96, layer_norm=True),
    )
    net = speech_net(config)
    with torch.no_grad():
        net.frontend.mean.uniform_(-6, -4)
        net.frontend.scale.uniform_(0.3, 0.5)
        net.head.weight.mul_(8)
    entries = {
        "format": 1,
        "task": "speech",
        "config": asdict(config),
        "model": net.state_dict(),
        "provenance": {"data": "made up"},
        "decoder": asdict(SETTINGS),
        **changes,
    }
    path = folder / "speech.pt"
    torch.save(entries, path)
    return path


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_an_exported_file_gives_what_the_network_gives(tmp_path: Path, cell: str, bidirectional: bool) -> None:
    output = tmp_path / "speech.onnx"
    run("export", checkpoint(tmp_path, cell, bidirectional=bidirectional), "-o", output)
    said = run("verify", output, tmp_path / "speech.pt", "--minutes", "0.2", "--chunkings", "1")
    assert ("in one padded batch" if bidirectional else "1 frame at a time") in said
    for line in said.splitlines():
        if " = " in line:
            assert float(line.split()[-1]) <= 1e-4, line
            # Rows of a batch may well be the same to the last bit; PyTorch and ONNX are not.
            assert float(line.split()[-1]) > 0 or "PyTorch whole = ONNX" not in line, f"nothing was compared: {line}"


def test_the_contract_says_how_text_is_decoded(tmp_path: Path) -> None:
    run("export", checkpoint(tmp_path, bidirectional=True), "-o", tmp_path / "speech.onnx")
    contract = Session.open(tmp_path / "speech.onnx", "cpu").contract
    assert contract.transcript == SETTINGS
    assert (contract.task, contract.hop, contract.labels) == ("speech", 480, LABELS)
    assert (contract.inputs, contract.states) == (("audio", "lengths"), ())
    with pytest.raises(ModelError, match="use it with legato transcribe"):
        _ = contract.decoder


@pytest.mark.parametrize("kind", ["int8", "fp16"])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_rounded_weights_are_read_back(tmp_path: Path, kind: str, bidirectional: bool) -> None:
    source = checkpoint(tmp_path, bidirectional=bidirectional)
    run("export", source, "-o", tmp_path / "plain.onnx")
    run("export", source, "-o", tmp_path / "small.onnx", "--quantize", kind)
    assert (tmp_path / "small.onnx").stat().st_size < 0.7 * (tmp_path / "plain.onnx").stat().st_size
    run("verify", tmp_path / "small.onnx", "--minutes", "0.1", "--chunkings", "1")


def test_whole_recordings_are_no_stream(tmp_path: Path) -> None:
    run("export", checkpoint(tmp_path, bidirectional=True), "-o", tmp_path / "speech.onnx")
    session = Session.open(tmp_path / "speech.onnx", "cpu")
    with pytest.raises(ModelError, match="reads whole recordings"):
        session.stream()
    audio = np.zeros((2, 960), np.float32)
    with pytest.raises(ValueError, match="lengths must be 2 numbers from 1 to 960"):
        session.whole(audio, np.array([960, 961]))
    assert session.whole(audio, np.array([960, 1])).shape == (2, 2, 4)
