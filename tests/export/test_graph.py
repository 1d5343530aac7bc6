"""ONNX equals PyTorch, and chunks equal the whole, for every cell and option."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.app.engine.promises import check_graph
from legato.app.engine.session import Session
from legato.export.parity import difference, sound
from legato.models.frontend import FrontEndConfig
from legato.models.keyword import KeywordConfig, KeywordNet
from legato.models.recurrent import RecurrentConfig

HOP = 320
OPTIONS = [
    {"layers": layers, "residual": residual, "projection": projection, "layer_norm": norm}
    for layers, (residual, projection, norm) in itertools.product(
        (1, 2, 3), ((False, 0, False), (True, 0, True), (True, 20, False), (False, 7, True), (True, 12, True))
    )
]

MakeNet = Callable[..., KeywordNet]
OpenNet = Callable[[KeywordNet], Session]


def audio(batch: int, hops: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    random = np.random.default_rng(seed)
    return np.concatenate([sound(hops * HOP, 16_000, random) for _ in range(batch)])


def expected(net: KeywordNet, samples: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    with torch.inference_mode():
        return np.asarray(net.scores(net(torch.from_numpy(samples))).numpy())


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("options", OPTIONS, ids=lambda one: "-".join(str(int(value)) for value in one.values()))
def test_onnx_equals_pytorch_in_any_chunks(net: MakeNet, open_net: OpenNet, cell: str, options: dict[str, Any]) -> None:
    network = net(cell, **options)
    session = open_net(network)
    samples = audio(3, 60)
    truth = expected(network, samples)
    assert truth.max() > 0.3
    whole, end = session.run(samples, session.initial_state(3))
    worst = difference(whole, truth)
    assert worst <= 1e-4, f"ONNX differs from PyTorch by {worst:.2e}"

    @settings(max_examples=8, deadline=None)
    @given(st.lists(st.integers(1, 25), min_size=1, max_size=8))
    def check(sizes: list[int]) -> None:
        stream = session.stream(3)
        cuts = [size for size in itertools.accumulate(itertools.islice(itertools.cycle(sizes), 60)) if size < 60]
        pieces = np.split(samples, np.array(cuts, int) * HOP, axis=1)
        worst = difference(np.concatenate([stream.step(piece) for piece in pieces], axis=1), truth)
        assert worst <= 1e-4, f"largest difference {worst:.2e} with chunks of {sizes}"
        for ours, theirs in zip(stream.state(), end, strict=True):
            assert np.abs(ours - theirs).max() <= 1e-4

    check()


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_new_audio_never_changes_old_scores(net: MakeNet, open_net: OpenNet, cell: str) -> None:
    session = open_net(net(cell, layers=2, residual=True))
    samples = audio(1, 40)
    changed = samples.copy()
    changed[:, 25 * HOP :] *= -0.5
    before, _ = session.run(samples, session.initial_state())
    after, _ = session.run(changed, session.initial_state())
    assert np.abs(before[:, :25] - after[:, :25]).max() <= 1e-6
    assert np.abs(before[:, 25:] - after[:, 25:]).max() > 1e-3


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_rows_reset_by_mask_start_afresh(net: MakeNet, open_net: OpenNet, cell: str) -> None:
    session = open_net(net(cell, layers=2))
    before, after = audio(4, 20, seed=1), audio(4, 20, seed=2)
    stream = session.stream(4)
    stream.step(before)
    stream.reset([False, True, False, True])
    scores = stream.step(after)
    fresh, _ = session.run(after, session.initial_state(4))
    carried, _ = session.run(after, session.run(before, session.initial_state(4))[1])
    assert difference(scores[1::2], fresh[1::2]) <= 1e-6
    assert difference(scores[::2], carried[::2]) <= 1e-6
    assert difference(fresh, carried) > 1e-3


def test_rows_of_a_batch_do_not_hear_one_another(net: MakeNet, open_net: OpenNet) -> None:
    session = open_net(net(layers=2, residual=True, layer_norm=True))
    samples = audio(5, 30)
    together, _ = session.run(samples, session.initial_state(5))
    for row in range(5):
        alone, _ = session.run(samples[row : row + 1], session.initial_state())
        assert difference(together[row : row + 1], alone) <= 1e-5


def test_silence_and_full_scale_give_numbers(net: MakeNet, open_net: OpenNet) -> None:
    session = open_net(net(layers=2))
    for samples in (np.zeros((1, 50 * HOP)), np.tile([1.0, -1.0], (1, 25 * HOP)), np.ones((1, 50 * HOP))):
        scores, _ = session.run(samples.astype(np.float32), session.initial_state())
        assert np.isfinite(scores).all()
        assert 0 <= scores.min() <= scores.max() <= 1


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_one_native_operator_a_layer_and_no_loop(net: MakeNet, open_net: OpenNet, cell: str) -> None:
    session = open_net(net(cell, layers=3))
    model = onnx.load(session.path)
    operators = [node.op_type for node in model.graph.node]
    assert operators.count(cell.upper()) == 3
    assert not {"Loop", "Scan", "If"} & set(operators)
    assert [entry.key for entry in model.metadata_props] == ["legato.contract"]
    gru = [node for node in model.graph.node if node.op_type == "GRU"]
    assert all({"linear_before_reset"} < {attribute.name for attribute in node.attribute} for node in gru)


def test_the_contract_is_what_the_graph_keeps(net: MakeNet, open_net: OpenNet) -> None:
    session = open_net(net("lstm", layers=2, hidden=9))
    contract = session.contract
    assert [state.name for state in contract.states] == ["history", "hidden", "cell"]
    assert [state.shape for state in contract.states] == [(None, 192), (2, None, 9), (2, None, 9)]
    assert (contract.sample_rate, contract.hop, contract.cell) == (16_000, HOP, "lstm")
    check_graph(contract, session._session, "keywords.onnx")


def test_another_window_and_hop(net: MakeNet, open_net: OpenNet) -> None:
    torch.manual_seed(0)
    frontend = FrontEndConfig(sample_rate=8000, window=256, hop=80, mels=16, high=3900)
    network = KeywordNet(KeywordConfig(("go",), frontend, RecurrentConfig(inputs=16, hidden=8))).eval()
    samples = audio(2, 10)
    session = open_net(network)
    assert difference(session.run(samples, session.initial_state(2))[0], expected(network, samples)) <= 1e-4


def test_a_window_without_history_is_refused(open_net: OpenNet) -> None:
    network = KeywordNet(KeywordConfig(("go",), FrontEndConfig(window=320, hop=320), RecurrentConfig(hidden=8)))
    with pytest.raises(ValueError, match="shorter than its window"):
        open_net(network)
