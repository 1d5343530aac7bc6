"""What each cell costs: parameters, time forward and backward, memory of back-propagation, and a frame in a stream.

Letters: B sequences, T frames, F inputs, H hidden units.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from legato.app.engine.session import Session
from legato.export.tasks import TASKS
from legato.models.keyword import KeywordConfig, KeywordNet
from legato.models.recurrent import RecurrentConfig
from legato.training.lab.nets import CELLS, NAMES, Beginning, LabNet, begin

_FEATURES = 40


@dataclass(frozen=True)
class BillConfig:
    """What is measured."""

    hidden: int = 128
    batch: int = 32
    frames: int = 100
    """Of a sequence that is learned from."""
    lengths: tuple[int, ...] = (50, 100, 200, 400)
    """Frames whose memory is measured."""
    times: int = 9
    """Repetitions, of which the median counts."""
    streamed: int = 400
    """Frames that are streamed through ONNX Runtime, one by one."""


def bill(kind: str, config: BillConfig) -> dict[str, Any]:
    """The figures of a cell."""
    torch.manual_seed(0)
    layer = CELLS[kind](_FEATURES, config.hidden, batch_first=True)
    x = torch.randn(config.batch, config.frames, _FEATURES)

    def forward() -> Tensor:
        total: Tensor = layer(x)[0].sum()
        return total

    kept = {length: _kept(layer, torch.randn(config.batch, length, _FEATURES)) / 1e6 for length in config.lengths}
    microseconds, size = _streamed(kind, config)
    return {
        "parameters": sum(one.numel() for one in layer.parameters()),
        "forward_ms": round(1000 * _seconds(forward, config.times), 3),
        "step_ms": round(1000 * _seconds(lambda: forward().backward(), config.times), 3),
        "kept_mb": {str(length): round(value, 3) for length, value in kept.items()},
        "frame_us": round(microseconds, 1),
        "file_kb": round(size / 1000, 1),
    }


def words(kind: str, sounds: Tensor, labels: Tensor, held_out: Tensor, seconds: float) -> dict[str, Any]:
    """A cell that learns spoken words for so many seconds: features (N, T, F), labels (N), which are held out (N)."""
    torch.manual_seed(0)
    choices = int(labels.max()) + 1
    net = LabNet(kind, sounds.shape[2], 128, choices)
    begin(net.layer, kind, Beginning(orthogonal=kind == "rnn", lag=50), torch.Generator().manual_seed(0))
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3 if kind != "rnn" else 1e-3)
    learned = torch.nonzero(~held_out)[:, 0]
    chance, end, steps = torch.Generator().manual_seed(0), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        rows = learned[torch.randint(0, len(learned), (32,), generator=chance)]
        loss = nn.functional.cross_entropy(net(sounds[rows])[:, 0], labels[rows])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        steps += 1
    with torch.no_grad():
        right = net(sounds[held_out])[:, 0].argmax(dim=1) == labels[held_out]
    return {"right": int(right.sum()), "words": int(held_out.sum()), "choices": choices, "steps": steps}


def _seconds(work: Callable[[], object], times: int) -> float:
    work()
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return median(found)


def _kept(layer: nn.RNNBase, x: Tensor) -> int:
    """Bytes of what a forward pass keeps for the backward one, the weights apart."""
    weights = {one.untyped_storage().data_ptr() for one in layer.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        told = layer(x)[0]
    del told
    return sum(kept.values())


def _streamed(kind: str, config: BillConfig) -> tuple[float, int]:
    """Median microseconds of a frame of a keyword network with two such layers in ONNX Runtime, and its file's size."""
    labels = ("yes", "no")
    torch.manual_seed(0)
    net = KeywordNet(KeywordConfig(labels, recurrent=RecurrentConfig(kind, hidden=config.hidden, layers=2))).eval()
    task = TASKS["keywords"]
    contract = task.contract(net.config, task.settings(None, net.config), None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "cell.onnx")
        onnx.save(task.model(net, contract), path)
        size = path.stat().st_size
        stream = Session.open(path, "cpu").stream()
    chunk = np.zeros((1, net.config.frontend.hop), np.float32)
    found = []
    for _ in range(config.streamed):
        begun = time.perf_counter()
        stream.step(chunk)
        found.append(time.perf_counter() - begun)
    return 1e6 * median(found), size


def findings(told: dict[str, Any]) -> list[str]:
    """What was found: the pros and cons of each cell, in numbers."""
    plain = told["cells"]["rnn"]
    lines = []
    for kind, name in NAMES.items():
        one = told["cells"][kind]
        longest = max(one["kept_mb"], key=int)
        line = (
            f"{name}: {one['parameters']:,} parameters, {one['step_ms']:.1f} ms a step of learning, "
            f"{one['kept_mb'][longest]:.0f} MB kept for {longest} steps back, {one['frame_us']:.0f} µs a frame"
        )
        if kind != "rnn":
            line += (
                f": {one['parameters'] / plain['parameters']:.1f} ×, {one['step_ms'] / plain['step_ms']:.1f} ×, "
                f"{one['kept_mb'][longest] / plain['kept_mb'][longest]:.1f} × and "
                f"{one['frame_us'] / plain['frame_us']:.2f} × the vanilla cell"
            )
        if found := told.get("words", {}).get(kind):
            line += f"; {found['right']} of {found['words']} held-out words are right"
        lines.append(f"{line}.")
    return lines
