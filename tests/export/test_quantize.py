from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from legato.app.engine.session import Session
from legato.export.parity import difference, measure, sound
from legato.export.quantize import quantized
from legato.export.rebuild import read_weights, rebuild
from legato.models.keyword import KeywordNet

MakeNet = Callable[..., KeywordNet]
OpenNet = Callable[[KeywordNet], Session]
LIMITS = {"int8": 0.1, "fp16": 2e-3}
"""Largest change of a score by rounding the weights of these networks, whose heads exaggerate it"""


@pytest.mark.parametrize("kind", ["int8", "fp16"])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_rounded_weights_keep_what_streams_need(
    net: MakeNet, open_net: OpenNet, tmp_path: Path, kind: str, cell: str
) -> None:
    network = net(cell, layers=2, hidden=64, projection=40, layer_norm=True)
    plain = open_net(network)
    path = tmp_path / "small.onnx"
    onnx.save(quantized(onnx.load(plain.path), kind), path)
    small = Session.open(path, "cpu")
    assert small.contract == plain.contract
    samples = sound(320 * 100, 16_000, np.random.default_rng(3))
    change = difference(small.run(samples, small.initial_state())[0], plain.run(samples, plain.initial_state())[0])
    assert 0 < change <= LIMITS[kind], f"rounding changes a score by {change:.2e}"
    found = measure(small, rebuild(path, small.contract), 3.0)
    assert found.holds, f"{found}"
    weights = sum(weight.numel() for weight in network.recurrent.parameters() if weight.numel() >= 1024)
    assert plain.path.stat().st_size - path.stat().st_size > {"int8": 2.7, "fp16": 1.9}[kind] * weights


def test_eight_bits_are_a_step_of_a_127th_of_each_rows_largest_weight(
    net: MakeNet, open_net: OpenNet, tmp_path: Path
) -> None:
    plain = open_net(net(hidden=32)).path
    path = tmp_path / "small.onnx"
    onnx.save(quantized(onnx.load(plain), "int8"), path)
    before, after = read_weights(plain), read_weights(path)
    change = (before["layer0.w"] - after["layer0.w"]).abs()
    step = before["layer0.w"].abs().amax(dim=(0, 2), keepdim=True) / 127
    assert 0 < change.max() <= step.max() * 0.5001
    assert (change <= step * 0.5001).all()
    assert before["cosines"].equal(after["cosines"])
    kinds = {tensor.name: tensor.data_type for tensor in onnx.load(path).graph.initializer}
    assert kinds["layer0.w.int8"] == onnx.TensorProto.INT8


def test_the_model_given_is_not_touched(net: MakeNet, open_net: OpenNet) -> None:
    model = onnx.load(open_net(net(hidden=64)).path)
    before = model.SerializeToString(deterministic=True)
    quantized(model, "int8")
    assert model.SerializeToString(deterministic=True) == before


def test_another_kind(net: MakeNet, open_net: OpenNet) -> None:
    with pytest.raises(ValueError, match="one of int8, fp16, not 'int4'"):
        quantized(onnx.load(open_net(net()).path), "int4")
