"""The gesture network as a file: ONNX equals PyTorch, chunks equal the whole, and the way back to the network."""

import itertools
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper
from typer import Typer
from typer.testing import CliRunner

from legato.app.engine.contract import METADATA_KEY, DecoderSettings
from legato.app.engine.errors import ModelError
from legato.app.engine.promises import check_graph
from legato.app.engine.session import Session
from legato.export.checkpoint import load_checkpoint
from legato.export.command import export, verify
from legato.export.gestures import gesture_contract, gesture_model
from legato.export.parity import difference, hands, measure
from legato.export.quantize import quantized
from legato.export.rebuild import rebuild
from legato.models.gesture import GestureConfig, GestureNet

LABELS = ("wave", "grab", "push", "pinch", "rotate")
SHAPES = [
    {"layers": 1, "hidden": 8},
    {"layers": 2, "hidden": 24},
    {"layers": 3, "hidden": 5, "references": ()},
    {"layers": 2, "hidden": 16, "references": (2.0, 0.5, 0.0, 1.0)},
]

Floats = np.ndarray[Any, np.dtype[np.float32]]

app = Typer()
app.command()(export)
app.command()(verify)


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def decoder() -> DecoderSettings:
    return DecoderSettings(
        thresholds=dict.fromkeys(LABELS, 0.6),
        smoothing=0.05,
        hysteresis=0.5,
        refractory=0.4,
        warmup=0.1,
        delay=0.1,
        durations=dict.fromkeys(LABELS, 0.7),
        wake=(),
        command_window=0.0,
        conflict=0.3,
    )


def make_net(**options: Any) -> GestureNet:
    """A network with decided opinions, so that a difference in its logits is one in its scores."""
    torch.manual_seed(7)
    net = GestureNet(GestureConfig(LABELS, **{"hidden": 16, **options})).eval()
    with torch.no_grad():
        net.features.mean.uniform_(-0.5, 0.5)
        net.features.scale.uniform_(0.2, 0.6)
        net.head.weight.mul_(10)
    return net


@pytest.fixture
def open_net(tmp_path: Path) -> Callable[[GestureNet], Session]:
    """Writes a network to a file and opens it."""

    def write(net: GestureNet) -> Session:
        path = tmp_path / "gestures.onnx"
        onnx.save(gesture_model(net, gesture_contract(net.config, decoder(), {"data": "made up"})), path)
        return Session.open(path, "cpu")

    return write


OpenNet = Callable[[GestureNet], Session]


@pytest.fixture
def checkpoint(tmp_path: Path) -> Callable[..., Path]:
    """Writes a checkpoint as training does."""

    def write(net: GestureNet, **changes: Any) -> Path:
        entries = {
            "format": 1,
            "task": "gestures",
            "config": asdict(net.config),
            "model": net.state_dict(),
            "provenance": {"data": "made up"},
            "decoder": asdict(decoder()),
            **changes,
        }
        path = tmp_path / "gestures.pt"
        torch.save(entries, path)
        return path

    return write


Save = Callable[..., Path]


def seen(batch: int, frames: int, seed: int = 0) -> Floats:
    """Frames (B, T, 133) of hands that come and go."""
    random = np.random.default_rng(seed)
    return np.concatenate([hands(frames, random) for _ in range(batch)])


def expected(net: GestureNet, landmarks: Floats) -> Floats:
    with torch.inference_mode():
        return np.asarray(net(torch.from_numpy(landmarks)).numpy())


@pytest.mark.parametrize("options", SHAPES, ids=lambda one: "-".join(str(value) for value in one.values()))
def test_onnx_equals_pytorch_in_any_chunks(open_net: OpenNet, options: dict[str, Any]) -> None:
    network = make_net(**options)
    session, landmarks = open_net(network), seen(3, 80)
    truth = expected(network, landmarks)
    assert truth.max() > 0.5
    assert (truth == 0).all(axis=3).any()  # hands are away at times
    whole, end = session.run(landmarks, session.initial_state(3))
    assert whole.shape == (3, 80, 2, 5)
    worst = difference(whole, truth)
    assert worst <= 1e-4, f"ONNX differs from PyTorch by {worst:.2e}"

    @settings(max_examples=8, deadline=None)
    @given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
    def check(sizes: list[int]) -> None:
        stream = session.stream(3)
        cuts = [size for size in itertools.accumulate(itertools.islice(itertools.cycle(sizes), 80)) if size < 80]
        pieces = np.split(landmarks, np.array(cuts, int), axis=1)
        worst = difference(np.concatenate([stream.step(piece) for piece in pieces], axis=1), truth)
        assert worst <= 1e-4, f"largest difference {worst:.2e} with chunks of {sizes}"
        for ours, theirs in zip(stream.state(), end, strict=True):
            assert np.abs(ours - theirs).max() <= 1e-4

    check()


def test_the_state_is_pytorchs(open_net: OpenNet) -> None:
    network = make_net(layers=2)
    session, landmarks = open_net(network), seen(2, 40, seed=4)
    _, (memory, hidden) = session.run(landmarks, session.initial_state(2))
    with torch.inference_mode():
        _, state = network.step(torch.from_numpy(landmarks), network.initial_state(2))
    assert memory == pytest.approx(state.memory.numpy(), rel=1e-4, abs=1e-4)
    assert hidden == pytest.approx(state.hidden.numpy(), abs=1e-4)


def test_a_hand_that_is_missed_is_held_bit_for_bit(open_net: OpenNet) -> None:
    session, landmarks = open_net(make_net()), seen(1, 30)
    landmarks[:, :20, 126:128] = 0.9
    landmarks[:, 20:, 126] = 0.0
    landmarks[:, :, 132] = 1 / 30
    stream = session.stream()
    stream.step(landmarks[:, :20])
    before = stream.state()[1]
    for frame in range(20, 30):
        stream.step(landmarks[:, frame : frame + 1])
        assert np.array_equal(stream.state()[1][:, :, 0], before[:, :, 0])
    assert np.abs(stream.state()[1] - before)[:, :, 1].max() > 0


def test_rows_of_a_batch_do_not_see_one_another_and_reset_by_mask(open_net: OpenNet) -> None:
    session = open_net(make_net())
    before, after = seen(3, 30, seed=1), seen(3, 30, seed=2)
    stream = session.stream(3)
    together = stream.step(before)
    for row in range(3):
        alone, _ = session.run(before[row : row + 1], session.initial_state())
        assert difference(together[row : row + 1], alone) <= 1e-5
    stream.reset([False, True, False])
    then = stream.step(after)
    fresh, _ = session.run(after, session.initial_state(3))
    assert difference(then[1:2], fresh[1:2]) <= 1e-5
    assert difference(then[[0, 2]], fresh[[0, 2]]) > 1e-3


def test_the_contract_is_what_the_graph_keeps(open_net: OpenNet) -> None:
    network = make_net(layers=2, hidden=9)
    session = open_net(network)
    contract = session.contract
    assert [state.name for state in contract.states] == ["memory", "hidden"]
    assert [state.shape for state in contract.states] == [(None, 2, network.features.memory), (2, None, 2, 9)]
    assert (contract.task, contract.cell, contract.hop, contract.inputs) == ("gestures", "gru", 1, ("landmarks",))
    assert (contract.labels, contract.decoder) == (LABELS, decoder())
    assert contract.provenance["data"] == "made up"
    check_graph(contract, session._session, "gestures.onnx")
    operators = [node.op_type for node in onnx.load(session.path).graph.node]
    assert (operators.count("GRU"), operators.count("Scan")) == (2, 1)


@pytest.mark.parametrize("options", SHAPES[1:], ids=lambda one: "-".join(str(value) for value in one.values()))
def test_a_file_gives_the_network_back(open_net: OpenNet, options: dict[str, Any]) -> None:
    network = make_net(**options)
    session = open_net(network)
    again = rebuild(session.path, session.contract)
    assert isinstance(again, GestureNet)
    assert (again.config, again.training) == (network.config, False)
    for name, weight in network.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name]), name


@pytest.mark.parametrize(("kind", "limit"), [("int8", 0.1), ("fp16", 4e-3)])
def test_rounded_weights_keep_what_streams_need(open_net: OpenNet, tmp_path: Path, kind: str, limit: float) -> None:
    plain = open_net(make_net(hidden=40))
    path = tmp_path / "small.onnx"
    onnx.save(quantized(onnx.load(plain.path), kind), path)
    small, landmarks = Session.open(path, "cpu"), seen(1, 120, seed=3)
    change = difference(small.run(landmarks, small.initial_state())[0], plain.run(landmarks, plain.initial_state())[0])
    assert 0 < change <= limit, f"rounding changes a score by {change:.2e}"
    found = measure(small, rebuild(path, small.contract), 3.0)
    assert found.holds, f"{found}"
    assert path.stat().st_size < 0.8 * plain.path.stat().st_size


@pytest.mark.parametrize("more", [(), ("--quantize", "int8")])
def test_an_exported_checkpoint_verifies(checkpoint: Save, tmp_path: Path, more: tuple[str, ...]) -> None:
    saved, output = checkpoint(make_net(hidden=40)), tmp_path / "mine.onnx"
    code, out, _ = run("export", saved, "-o", output, *more)
    assert code == 0
    assert out.startswith(f"{output}: 0.")
    assert Session.open(output, "cpu").contract.provenance["data"] == "made up"
    code, out, err = run("verify", output, saved, "--minutes", "0.1")
    assert (code, err) == (0, "")
    assert [line.split("  ")[1] for line in out.splitlines()[2:]] == [
        "PyTorch whole = PyTorch in pieces",
        "PyTorch whole = ONNX whole",
        "ONNX whole = ONNX in pieces",
        "checkpoint whole = ONNX whole",
    ]


def test_verify_finds_other_weights_and_another_network(checkpoint: Save, tmp_path: Path) -> None:
    network, output = make_net(), tmp_path / "mine.onnx"
    run("export", checkpoint(network), "-o", output)
    with torch.no_grad():
        network.head.bias[1] += 0.5
    code, _, err = run("verify", output, checkpoint(network), "--minutes", "0.05")
    assert (code, err) == (1, f"{output}: differences above 0.0001\n")
    with pytest.raises(ModelError, match=r"mine\.onnx: made from another network than .*gestures\.pt$"):
        run("verify", output, checkpoint(make_net(layers=1)), "--minutes", "0.05")


def test_verify_finds_a_graph_whose_chunks_do_not_fit(checkpoint: Save, tmp_path: Path) -> None:
    output = tmp_path / "mine.onnx"
    run("export", checkpoint(make_net()), "-o", output)
    model = onnx.load(output)
    for node in model.graph.node:
        if node.op_type == "Identity" and node.output[0] == "next_hidden":
            node.op_type = "Neg"
    onnx.save(model, output)
    assert run("verify", output, "--minutes", "0.05")[0] == 1


def test_a_configuration_that_does_not_fit_the_weights(checkpoint: Save, tmp_path: Path) -> None:
    output = tmp_path / "mine.onnx"
    run("export", checkpoint(make_net()), "-o", output)
    model = onnx.load(output)
    contract = json.loads(model.metadata_props[0].value)
    contract["provenance"]["config"]["hidden"] = 7
    helper.set_model_props(model, {METADATA_KEY: json.dumps(contract)})
    onnx.save(model, output)
    with pytest.raises(ModelError, match=r"mine\.onnx: contract field 'provenance.config' does not fit") as caught:
        run("verify", output)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"config": {"labels": ["go"], "units": 3}}, "not a checkpoint that fits together"),
        ({"model": {}}, "not a checkpoint that fits together"),
        ({"task": "keywords"}, "not a checkpoint that fits together"),
    ],
)
def test_a_checkpoint_that_does_not_fit_together(checkpoint: Save, changes: dict[str, Any], complaint: str) -> None:
    saved = checkpoint(make_net(), **changes)
    with pytest.raises(ModelError) as caught:
        load_checkpoint(saved)
    assert str(caught.value).startswith(f"{saved}: {complaint}")
    assert "\n" not in str(caught.value)


def test_made_up_hands_try_all_that_matters() -> None:
    frames = hands(2000, np.random.default_rng(1))[0]
    there = frames[:, 126:128] > 0.5
    assert 0.2 < there.mean() < 0.8
    assert frames[:, 132].min() < 1 / 60
    assert frames[:, 132].max() > 1 / 20
    away = np.diff(np.flatnonzero(np.diff(there[:, 0]))) * frames[:, 132].mean()
    assert away.min() < 0.5 < away.max()  # some are held, some forgotten
