import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from typer import Typer
from typer.testing import CliRunner

from legato.app.engine.contract import METADATA_KEY
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.export.checkpoint import load_checkpoint
from legato.export.command import export, verify
from legato.export.parity import Parity
from legato.models.keyword import KeywordNet

MakeNet = Callable[..., KeywordNet]
Save = Callable[..., Path]

app = Typer()
app.command()(export)
app.command()(verify)


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def written(net: MakeNet, checkpoint: Save, *more: object, **options: Any) -> tuple[Path, Path]:
    saved = checkpoint(net(layers=2, hidden=48, **options))
    output = saved.with_name("keywords.onnx")
    code, out, _ = run("export", saved, "-o", output, *more)
    assert code == 0
    assert out.startswith(f"{output}: 0.")
    return saved, output


@pytest.mark.parametrize("more", [(), ("--quantize", "int8"), ("--quantize", "fp16")])
def test_an_exported_file_verifies(net: MakeNet, checkpoint: Save, more: tuple[str, ...]) -> None:
    saved, output = written(net, checkpoint, *more, residual=True, layer_norm=True)
    assert sorted(path.name for path in output.parent.iterdir()) == ["keywords.onnx", "keywords.pt"]
    provenance = Session.open(output, "cpu").contract.provenance
    assert provenance["data"] == "made up"
    assert provenance.get("quantize") == (more[1] if more else None)
    code, out, err = run("verify", output, saved, "--minutes", "0.05")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{output}: contract version 1, graph as promised"
    assert [line.split("  ")[1] for line in lines[2:]] == [
        "PyTorch whole = PyTorch in pieces",
        "PyTorch whole = ONNX whole",
        "ONNX whole = ONNX in pieces",
        "checkpoint whole = ONNX whole",
    ]
    code, out, _ = run("verify", output, "--minutes", "0.02", "--chunkings", "0")
    assert code == 0
    assert len(out.splitlines()) == 5


def test_verify_without_the_networks_configuration(net: MakeNet, checkpoint: Save) -> None:
    _, output = written(net, checkpoint)
    model = onnx.load(output)
    contract = json.loads(model.metadata_props[0].value)
    del contract["provenance"]["config"]
    helper.set_model_props(model, {METADATA_KEY: json.dumps(contract)})
    onnx.save(model, output)
    code, out, _ = run("verify", output, "--minutes", "0.02")
    assert code == 0
    assert "PyTorch left out" in out


def test_verify_finds_a_file_that_is_not_its_checkpoint(net: MakeNet, checkpoint: Save) -> None:
    saved, output = written(net, checkpoint)
    model = onnx.load(output)
    bias = next(tensor for tensor in model.graph.initializer if tensor.name == "head.bias")
    changed = numpy_helper.to_array(bias).copy()
    changed[1] += 0.5
    bias.CopyFrom(numpy_helper.from_array(changed, "head.bias"))
    onnx.save(model, output)
    assert run("verify", output, "--minutes", "0.02")[0] == 0
    code, _, err = run("verify", output, saved, "--minutes", "0.02")
    assert (code, err) == (1, f"{output}: differences above 0.0001\n")


def test_verify_finds_a_graph_whose_chunks_do_not_fit(net: MakeNet, checkpoint: Save) -> None:
    _, output = written(net, checkpoint)
    model = onnx.load(output)
    for node in model.graph.node:
        if node.op_type == "Identity" and node.output[0] == "next_hidden":
            node.op_type = "Neg"
    onnx.save(model, output)
    assert run("verify", output, "--minutes", "0.02")[0] == 1


def test_verify_names_another_network(net: MakeNet, checkpoint: Save) -> None:
    _, output = written(net, checkpoint)
    other = checkpoint(net(layers=1))
    with pytest.raises(ModelError, match=r"keywords\.onnx: made from another network than .*keywords\.pt$"):
        run("verify", output, other, "--minutes", "0.02")


def test_weights_that_do_not_fit_the_configuration(net: MakeNet, checkpoint: Save) -> None:
    _, output = written(net, checkpoint)
    model = onnx.load(output)
    contract = json.loads(model.metadata_props[0].value)
    contract["provenance"]["config"]["recurrent"]["hidden"] = 7
    helper.set_model_props(model, {METADATA_KEY: json.dumps(contract)})
    onnx.save(model, output)
    with pytest.raises(ModelError, match=r"keywords\.onnx: contract field 'provenance.config' does not fit") as caught:
        run("verify", output)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_without_decoder_settings_gets_plain_ones(net: MakeNet, checkpoint: Save) -> None:
    loaded = load_checkpoint(checkpoint(net(), decoder=None, provenance=None))
    assert set(loaded.contract.decoder.thresholds.values()) == {0.5}
    assert not loaded.net.training


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"format": 2}, "checkpoint field 'format' must be 1, not 2"),
        (
            {"task": "dance"},
            "checkpoint field 'task' must be 'keywords' or 'gestures' or 'speech' or 'characters', not 'dance'",
        ),
        ({"config": {"labels": ["go"]}}, "not a checkpoint that fits together"),
        ({"model": {}}, "not a checkpoint that fits together"),
        ({"decoder": {"delay": 1}}, "not a checkpoint that fits together"),
        ({"provenance": {"loss": float("nan")}}, "not a checkpoint that fits together"),
    ],
)
def test_a_checkpoint_that_does_not_fit_together(
    net: MakeNet, checkpoint: Save, changes: dict[str, Any], complaint: str
) -> None:
    saved = checkpoint(net(), **changes)
    with pytest.raises(ModelError) as caught:
        run("export", saved, "-o", saved.with_name("x.onnx"))
    assert str(caught.value).startswith(f"{saved}: {complaint}")
    assert "\n" not in str(caught.value)
    assert not saved.with_name("x.onnx").exists()


class Trap:
    """What a pickle may do: anything."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("the pickle was executed",))


@pytest.mark.parametrize("kind", ["missing", "empty", "text", "pickle", "list"])
def test_a_file_that_is_no_checkpoint(tmp_path: Path, capfd: Any, kind: str) -> None:
    path = tmp_path / "x.pt"
    if kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("not a checkpoint")
    elif kind == "pickle":
        torch.save({"format": 1, "task": Trap()}, path)
    elif kind == "list":
        torch.save([1], path)
    with pytest.raises(ModelError, match=r"x\.pt: (no such|not a) checkpoint") as caught:
        load_checkpoint(path)
    assert "\n" not in str(caught.value)
    assert "executed" not in capfd.readouterr().out


def test_a_place_that_cannot_be_written(net: MakeNet, checkpoint: Save, tmp_path: Path) -> None:
    saved = checkpoint(net())
    with pytest.raises(ModelError, match=r"x\.onnx: cannot be written"):
        run("export", saved, "-o", tmp_path / "nowhere" / "x.onnx")
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(ModelError, match=r"folder\.onnx: cannot be written"):
        run("export", saved, "-o", tmp_path / "folder.onnx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.onnx", "keywords.pt"]


def test_a_file_that_stood_there_stays_when_the_export_fails(
    net: MakeNet, checkpoint: Save, tmp_path: Path, monkeypatch: Any
) -> None:
    output = tmp_path / "old.onnx"
    output.write_text("the old one")
    monkeypatch.setattr("legato.export.command.measure", lambda *_: Parity(1.0, "halves", onnx_pieces=0.5))
    with pytest.raises(ModelError, match=r"not written, its scores differ from PyTorch's by 5\.00e-01"):
        run("export", checkpoint(net()), "-o", output)
    assert output.read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keywords.pt", "old.onnx"]


def test_a_score_that_is_no_number_is_no_parity() -> None:
    assert not Parity(1.0, "halves", onnx_pieces=float("nan")).holds
    assert not Parity(1.0, "halves", onnx_pieces=0.0, torch_pieces=0.0, torch_onnx=float("nan")).holds
    assert Parity(1.0, "halves", onnx_pieces=0.0, torch_pieces=1e-5, torch_onnx=0.0).holds
