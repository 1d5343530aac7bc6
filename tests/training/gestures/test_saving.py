"""Networks in files: saved whole, begun with only where they fit; and what a file tells of its making."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
import typer

from legato.export.checkpoint import load_checkpoint
from legato.models.gesture import GestureConfig, GestureNet
from legato.training.gestures.calibration import settings
from legato.training.provenance import command, revision
from legato.training.saving import begin_with, save_model


def network(hidden: int = 6, seed: int = 1) -> GestureNet:
    torch.manual_seed(seed)
    return GestureNet(GestureConfig(("a", "b"), hidden, 1))


def assert_same(net: Any, weights: Mapping[str, torch.Tensor]) -> None:
    for name, value in net.state_dict().items():
        assert torch.equal(value, weights[name]), name


def test_a_gesture_network_survives_saving(tmp_path: Path) -> None:
    net, decoder = network(), settings(0.7, {"a": 0.3, "b": 0.4}, 0.12)
    save_model(tmp_path / "gestures.pt", "gestures", net, {"command": "none"}, asdict(decoder))
    assert [path.name for path in tmp_path.iterdir()] == ["gestures.pt"]
    trained = load_checkpoint(tmp_path / "gestures.pt")
    assert (trained.contract.task, trained.contract.labels) == ("gestures", ("a", "b"))
    assert trained.contract.decoder == decoder
    assert trained.contract.provenance["command"] == "none"
    assert_same(trained.net, net.state_dict())


def test_a_network_begins_with_anothers_weights(tmp_path: Path) -> None:
    first, second = network(), network(seed=2)
    save_model(tmp_path / "gestures.pt", "gestures", first, {}, None)
    begin_with(second, tmp_path / "gestures.pt")
    assert_same(second, first.state_dict())


@pytest.mark.parametrize("kind", ["other shape", "missing", "text", "list"])
def test_what_cannot_be_begun_with_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "gestures.pt"
    if kind == "other shape":
        save_model(path, "gestures", network(hidden=7), {}, None)
    elif kind == "text":
        path.write_text("no network")
    elif kind == "list":
        torch.save([1], path)
    with pytest.raises(typer.BadParameter, match=r"gestures\.pt: cannot begin with it") as caught:
        begin_with(network(), path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "gestures", "--out", "runs/mine"], "legato train gestures --out runs/mine"),
        (["train", "--out", "/home/me/secret/mine"], "legato train --out mine"),
        (["train", "--out", "../../secret/mine/"], "legato train --out mine"),
        (["train", "--data", "takes:/home/me/secret/films"], "legato train --data takes:films"),
        (["train", "--config=/home/me/secret/a.toml"], "legato train --config=a.toml"),
        (["train", "--data", "ipn:../secret/ipn"], "legato train --data ipn:ipn"),
        (["train", "--without", "a b"], "legato train --without 'a b'"),
        (["train", "--data", "takes:films/new"], "legato train --data takes:films/new"),
    ],
)
def test_a_command_line_tells_no_folders_elsewhere(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/legato", *arguments])
    assert command() == told


def test_a_revision_is_git_s_or_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert revision()
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert revision() == "unknown"
