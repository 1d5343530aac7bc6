"""Models that are looked into: gates are those of the cells in `legato.models`, scores and states the models' own."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from legato.app import assets
from legato.app.devices.media import MediaFile
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.inside.gates import MEANINGS, recompute
from legato.app.inside.opened import OpenModel
from legato.app.inside.protobuf import field, fields
from legato.app.inside.recurrences import recurrences, with_outputs
from legato.export.layers import GATES
from legato.models import cells
from legato.models.cells import Weights

LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def demo() -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    with MediaFile(assets.DEMO, 16_000) as file:
        sound = file.whole()
    return sound[: len(sound) // 320 * 320]


@pytest.mark.parametrize("kind", LAYERS)
def test_gates_are_those_of_the_written_out_cells(kind: str) -> None:
    torch.manual_seed(1)
    layer = LAYERS[kind](5, 7, batch_first=True)
    x, hidden, cell = torch.randn(1, 11, 5), torch.randn(1, 7), torch.randn(1, 7)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    ordered = []
    for name in names:
        gates = getattr(layer, name).detach().chunk(len(GATES[kind]))
        ordered.append(torch.cat([gates[place] for place in GATES[kind]]).numpy())
    w, r, *biases = ordered
    found = recompute(kind, x[0].numpy(), (w, r, np.concatenate(biases)), hidden[0].numpy(), cell[0].numpy())
    expected: dict[str, list[np.ndarray[tuple[int], np.dtype[np.float32]]]] = {}
    for frame in x.unbind(1):
        _, step = cells.run(kind, frame[:, None], Weights.of(layer), hidden, cell)
        hidden = step.hidden
        cell = step.cell if step.cell is not None else cell
        told = {"hidden": hidden, **({"cell": cell} if kind == "lstm" else {}), **step.gates}
        for name, gate in told.items():
            expected.setdefault(name, []).append(gate.detach().numpy()[0])
    assert set(found.values) == set(expected)
    for name, value in found.values.items():
        difference = np.abs(value - np.array(expected[name])).max()
        assert difference <= 1e-5, f"{name} differs by {difference}"
        assert name in MEANINGS


def test_the_shipped_keyword_model_agrees_with_itself() -> None:
    model, sound = OpenModel(assets.KEYWORDS), demo()[None, : 3 * 16_000]
    stream = model.stream()
    scores = stream.step(sound)
    np.testing.assert_allclose(scores, Session.open(assets.KEYWORDS, "cpu").stream().step(sound), atol=1e-5)
    assert stream.difference <= 1e-5, f"states differ by {stream.difference}"
    ((first, *rest),) = stream.inside
    assert (first.kind, len(rest)) == ("lstm", 2)
    assert list(first.values) == ["hidden", "cell", "forget", "input", "output", "candidate"]
    assert first.hidden.shape == (150, 192)


@pytest.mark.parametrize("sizes", [[320], [640, 320, 3200], [48_000]])
def test_any_split_shows_the_same(sizes: list[int]) -> None:
    model, sound = OpenModel(assets.KEYWORDS), demo()[None, :16_000]
    whole, parts = model.stream(), model.stream()
    whole.step(sound)
    begin = 0
    while begin < sound.shape[1]:
        for size in sizes:
            parts.step(sound[:, begin : begin + size])
            begin += size
    for number, layer in enumerate(whole.inside[0]):
        for name, value in layer.values.items():
            joined = np.concatenate([step[number].values[name] for step in parts.inside])
            difference = np.abs(joined - value).max()
            assert difference <= 1e-4, f"{name} of layer {number} differs by {difference}"


def test_it_goes_on_from_a_state_and_stops_looking() -> None:
    session, sound = Session.open(assets.KEYWORDS, "cpu"), demo()[None, :32_000]
    plain = session.stream()
    expected = plain.step(sound)
    before = session.stream()
    before.step(sound[:, :16_000])
    stream = OpenModel(assets.KEYWORDS).stream(before.state())
    one = stream.step(sound[:, 16_000:24_000])
    stream.looking = False
    other = stream.step(sound[:, 24_000:])
    np.testing.assert_allclose(np.concatenate([one, other], axis=1), expected[:, 50:], atol=1e-5)
    assert len(stream.inside) == 1
    for ours, theirs in zip(stream.state(), plain.state(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_gestures_are_looked_into_as_well() -> None:
    model = OpenModel(assets.GESTURES)
    stream = model.stream()
    landmarks = np.random.default_rng(1).normal(size=(1, 8, 133)).astype(np.float32)
    stream.step(landmarks)
    assert stream.difference <= 1e-5, f"states differ by {stream.difference}"
    assert [one.kind for one in stream.inside[0]] == ["gru", "gru"]
    assert set(stream.inside[0][0].values) == {"hidden", "reset", "update", "candidate"}


def test_live_speech_in_eight_bits_is_looked_into_as_well() -> None:
    model = OpenModel(assets.LIVE_SPEECH)
    stream = model.stream()
    stream.step(demo()[None, : 480 * 30])
    assert stream.difference <= 1e-4, f"states differ by {stream.difference}"
    assert len(stream.inside[0]) == 5


def test_a_vanilla_cell_has_no_gates(level_model: Path) -> None:
    stream = OpenModel(level_model).stream()
    stream.step(np.full((1, 640), 0.9, np.float32))
    assert stream.difference <= 1e-6, f"states differ by {stream.difference}"
    assert [(one.kind, list(one.values)) for one in stream.inside[0]] == [("rnn", ["hidden"])]


def test_what_cannot_be_looked_into(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be looked into"):
        OpenModel(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("no model at all")
    with pytest.raises(ModelError):
        OpenModel(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="no recurrent layer that is run frame by frame"):
        OpenModel(assets.SPEECH)


def test_names_are_what_the_onnx_package_reads() -> None:
    data = assets.KEYWORDS.read_bytes()
    nodes = [node for node in onnx.load_from_string(data).graph.node if node.op_type == "LSTM"]
    found = recurrences(data)
    assert [(one.x, *one.weights, one.hidden, one.cell) for one in found] == [
        (*node.input[:4], node.input[5], node.input[6]) for node in nodes
    ]
    more = onnx.load_from_string(with_outputs(data, [found[0].x, found[0].x]))
    assert [output.name for output in more.graph.output][-1] == found[0].x
    assert len(more.graph.output) == len(onnx.load_from_string(data).graph.output) + 1


def test_fields_of_all_kinds() -> None:
    message = b"\x08\x96\x01" + field(2, b"testing") + b"\x19" + bytes(8) + b"\x25" + bytes(4) + field(300, b"x" * 200)
    found = [
        (number, value if isinstance(value, int) else bytes(value)) for number, value in fields(memoryview(message))
    ]
    assert found == [(1, 150), (2, b"testing"), (300, b"x" * 200)]
    for broken in (b"\x08", b"\x12\x05ab", b"\x0f"):
        with pytest.raises(ValueError, match=r"breaks off|longer|unknown"):
            list(fields(memoryview(broken)))
