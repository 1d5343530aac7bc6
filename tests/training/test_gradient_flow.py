"""How far back gradients reach: against automatic differentiation, and in words while a network is trained."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from typer.testing import CliRunner

from legato.app.cli.program import app
from legato.models.cells import Weights, step
from legato.training.gradient_flow import Flow, FlowWatch, flow, kind_of

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


@pytest.mark.parametrize("kind", LAYERS)
@settings(max_examples=8)
@given(seed=st.integers(0, 50), frames=st.integers(1, 6))
def test_norms_are_those_of_the_jacobians(kind: str, seed: int, frames: int) -> None:
    """The gradient at a lag is the loss's, times the Jacobian of the last state by the earlier one."""
    torch.manual_seed(seed)
    layer, x = LAYERS[kind](3, 4, batch_first=True), torch.randn(1, frames, 3)
    weights = Weights.of(layer)
    parts = 2 if kind == "lstm" else 1

    def onward(state: Tensor, places: range) -> Tensor:
        pieces = state.view(parts, 1, 4)
        hidden, cell = pieces[0], pieces[1] if parts == 2 else None
        for place in places:
            told = step(kind, x[:, place], hidden, cell, weights)
            hidden, cell = told.hidden, told.cell
        return torch.cat([part for part in (hidden, cell) if part is not None]).flatten()

    slope = torch.cat([torch.arange(1.0, 5.0), torch.zeros(4 * (parts - 1))])
    found = flow(kind, x, weights, lambda hidden: (hidden * torch.arange(1.0, 5.0)).sum())
    assert len(found.norms) == frames
    for lag, norm in enumerate(found.norms):
        state = onward(torch.zeros(4 * parts), range(frames - lag)).detach()
        rest = range(frames - lag, frames)
        jacobian = torch.autograd.functional.jacobian(lambda value, rest=rest: onward(value, rest), state)
        assert norm == pytest.approx(float((slope @ jacobian).norm()), rel=1e-4, abs=1e-7)


def test_a_line_has_the_slope_of_its_weight() -> None:
    """A cell whose state shrinks to 0.9 a frame has a gradient that does the same."""
    layer = nn.RNN(1, 1, batch_first=True)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.zero_()
        layer.weight_hh_l0.fill_(0.9)  # type: ignore[operator]
    found = flow("rnn", torch.zeros(2, 60, 1), Weights.of(layer))
    assert found.factor == pytest.approx(0.9, abs=1e-4)
    assert found.reach == 44  # 0.9 ** 44 < 0.01
    assert found.growth == pytest.approx(1.0)
    assert Flow((1.0, 1.0)).reach is None


def test_kinds_are_known() -> None:
    assert {kind: kind_of(layer(2, 2)) for kind, layer in LAYERS.items()} == {kind: kind for kind in LAYERS}


class Net(nn.Module):
    def __init__(self, scale: float) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.rnn = nn.RNN(3, 16, batch_first=True)
        with torch.no_grad():
            self.rnn.weight_hh_l0.mul_(scale)  # type: ignore[operator]
            for name in ("weight_ih_l0", "bias_ih_l0", "bias_hh_l0"):
                getattr(self.rnn, name).mul_(0.01)

    def forward(self, x: Tensor) -> Tensor:
        told: Tensor = self.rnn(x)[0]
        return told


@pytest.mark.parametrize(
    ("scale", "warning"), [(0.3, "it vanishes"), (8.0, "it explodes"), (1.75, None)], ids=["small", "large", "right"]
)
def test_what_is_remarkable_is_told_once(scale: float, warning: str | None) -> None:
    net, lines = Net(scale), list[str]()
    watch = FlowWatch(net, clip=1.0, tell=lines.append, every=2)
    for number in range(6):
        with watch.looking(number):
            net(0.01 * torch.randn(4, 40, 3))
        flows = watch.found(loss=1.0, norm=0.5)
        assert list(flows) == (["rnn"] if number % 2 == 0 else [])
    assert len(lines) == (1 if warning else 0)
    assert all(warning in line for line in lines if warning)
    assert not net.rnn._forward_pre_hooks


def test_a_run_that_exploded_or_is_always_clipped_is_told() -> None:
    net, lines = Net(1.0), list[str]()
    watch = FlowWatch(net, clip=1.0, tell=lines.append, every=2)
    for loss in (1.0, 1.0, float("nan"), float("nan")):
        with watch.looking(0):
            net(torch.randn(2, 5, 3))
        watch.found(loss, norm=50.0)
    assert any("exploded" in line for line in lines)
    assert any("clipping cuts most gradients down" in line for line in lines)
    assert len(lines) == len(set(lines)) == 2 + sum("vanishes" in line for line in lines)


def test_the_training_loop_tells(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("a line to learn\n" * 300)
    (tmp_path / "r.toml").write_text(
        '[recurrent]\ncell = "lstm"\ninputs = 8\nhidden = 16\nlayers = 2\n'
        "[text]\nlength = 20\nrarest = 1\n[loop]\nbatch = 4\n"
    )
    arguments = ["train", "characters", str(tmp_path / "text.txt"), "--config", str(tmp_path / "r.toml")]
    said = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "a"), "--steps", "2", "--log-gradient-flow"])
    assert said.exit_code == 0
    assert "net.recurrent.layers.1.rnn: a gradient reaches" in said.output
    quiet = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "b"), "--steps", "2"])
    assert "gradient reaches" not in quiet.output
    models = [torch.load(tmp_path / name / "characters.pt", weights_only=True)["model"] for name in "ab"]
    assert all(torch.equal(value, models[1][name]) for name, value in models[0].items())
