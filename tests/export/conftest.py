"""Small networks with made-up weights, and the files that they become."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch

from legato.app.engine.contract import DecoderSettings
from legato.app.engine.session import Session
from legato.export.graph import keyword_contract, keyword_model
from legato.models.frontend import FrontEndConfig
from legato.models.keyword import KeywordConfig, KeywordNet
from legato.models.recurrent import RecurrentConfig

LABELS = ("hey", "go", "stop", "left", "right")


def decoder(labels: tuple[str, ...] = LABELS) -> DecoderSettings:
    return DecoderSettings(
        thresholds=dict.fromkeys(labels, 0.5),
        smoothing=0.06,
        hysteresis=0.5,
        refractory=0.5,
        warmup=0.2,
        delay=0.1,
        durations=dict.fromkeys(labels, 0.4),
        wake=labels[:1],
        command_window=5.0,
        conflict=0.3,
    )


def make_net(cell: str = "gru", **options: Any) -> KeywordNet:
    """A network with decided opinions, so that a difference in its logits is one in its scores."""
    torch.manual_seed(5)
    stack = RecurrentConfig(cell=cell, inputs=20, hidden=options.pop("hidden", 20), **options)
    net = KeywordNet(KeywordConfig(LABELS, FrontEndConfig(mels=20), stack, phones=7)).eval()
    with torch.no_grad():
        net.frontend.mean.uniform_(-6, -4)
        net.frontend.scale.uniform_(0.3, 0.5)
        net.head.weight.mul_(12)
    return net


@pytest.fixture(scope="session")
def net() -> Callable[..., KeywordNet]:
    return make_net


@pytest.fixture(scope="session")
def open_net(tmp_path_factory: pytest.TempPathFactory) -> Callable[[KeywordNet], Session]:
    """Writes a network to a file and opens it."""

    def write(net: KeywordNet) -> Session:
        path = tmp_path_factory.mktemp("model") / "keywords.onnx"
        onnx.save(keyword_model(net, keyword_contract(net.config, decoder(net.config.labels))), path)
        return Session.open(path, "cpu")

    return write


@pytest.fixture
def checkpoint(tmp_path: Path) -> Callable[..., Path]:
    """Writes a checkpoint as training does, with entries replaced or, by None, left out."""

    def write(net: KeywordNet, **changes: Any) -> Path:
        entries = {
            "format": 1,
            "task": "keywords",
            "config": asdict(net.config),
            "model": net.state_dict(),
            "provenance": {"data": "made up", "metrics": {"recall": 0.9}},
            "decoder": asdict(decoder(net.config.labels)),
            **changes,
        }
        path = tmp_path / "keywords.pt"
        torch.save({name: value for name, value in entries.items() if value is not None}, path)
        return path

    return write
