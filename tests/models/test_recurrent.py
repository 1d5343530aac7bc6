"""The promises of every recurrent layer: causal, chunked equals whole, and a state that is all there is."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.models.recurrent import BiRNN, RecurrentConfig, RecurrentState, StackedRNN

OPTIONS = [
    {"layers": layers, "residual": residual, "projection": projection, "layer_norm": norm}
    for layers, (residual, projection, norm) in itertools.product(
        (1, 3), ((False, 0, False), (True, 0, True), (True, 12, False), (False, 7, True))
    )
]


def network(cell: str, **options: object) -> StackedRNN:
    torch.manual_seed(3)
    return StackedRNN(RecurrentConfig(cell, inputs=12, hidden=16, **options)).eval()  # type: ignore[arg-type]


def in_chunks(net: StackedRNN, x: torch.Tensor, sizes: list[int]) -> tuple[torch.Tensor, RecurrentState]:
    state, outputs, at = net.initial_state(len(x)), [], 0
    for size in itertools.cycle(sizes):
        if at >= x.shape[1]:
            break
        y, state = net.step(x[:, at : at + size], state)
        outputs.append(y)
        at += size
    return torch.cat(outputs, dim=1), state


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("options", OPTIONS)
def test_chunked_equals_whole(cell: str, options: dict[str, object]) -> None:
    net, x = network(cell, **options), torch.randn(2, 40, 12, generator=torch.Generator().manual_seed(1))
    whole = net(x)

    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.integers(1, 17), min_size=1, max_size=8))
    def check(sizes: list[int]) -> None:
        chunked, _ = in_chunks(net, x, sizes)
        worst = (chunked - whole).abs().max().item()
        assert worst <= 1e-5, f"largest difference {worst:.2e} with chunks of {sizes}"

    check()


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_new_input_never_changes_old_output(cell: str) -> None:
    net, x = network(cell, layers=2, residual=True), torch.randn(1, 30, 12, generator=torch.Generator().manual_seed(1))
    changed = x.clone()
    changed[:, 20:] += 1.0
    before, after = net(x), net(changed)
    assert torch.equal(before[:, :20], after[:, :20])
    assert not torch.equal(before[:, 20:], after[:, 20:])


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_state_is_all_that_is_remembered(cell: str) -> None:
    net = network(cell, layers=2)
    state = net.initial_state(3)
    assert state.hidden.shape == (2, 3, 16)
    assert state.cell.shape == ((2, 3, 16) if cell == "lstm" else (0, 3, 16))
    x = torch.randn(3, 9, 12, generator=torch.Generator().manual_seed(1))
    first, after = net.step(x, state)
    again, _ = net.step(x, state)
    other, _ = net.step(x, after)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_residual_adds_the_input() -> None:
    plain, added = (network("gru", layers=1, residual=residual, projection=12) for residual in (False, True))
    x = torch.randn(1, 5, 12, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(added(x), plain(x) + x)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("options", OPTIONS)
def test_padded_rows_equal_rows_alone(cell: str, options: dict[str, object]) -> None:
    torch.manual_seed(3)
    net = BiRNN(RecurrentConfig(cell, inputs=12, hidden=8, **options)).eval()  # type: ignore[arg-type]
    x, lengths = torch.randn(3, 20, 12), torch.tensor([7, 20, 1])
    padded = net(x, lengths)
    for row, length in enumerate(lengths.tolist()):
        alone = net(x[row : row + 1, :length], torch.tensor([length]))
        worst = (padded[row, :length] - alone[0]).abs().max().item()
        assert worst <= 1e-5, f"row {row}: largest difference {worst:.2e}"
        assert not padded[row, length:].any()
    torch.testing.assert_close(net(x), net(x, torch.tensor([20, 20, 20])), rtol=0, atol=1e-6)


def test_a_bidirectional_network_cannot_be_stepped() -> None:
    assert not hasattr(BiRNN, "step")


@pytest.mark.parametrize("wrong", [{"cell": "elman"}, {"layers": 0}, {"hidden": 0}, {"projection": -1}])
def test_impossible_configurations_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        RecurrentConfig(**wrong)  # type: ignore[arg-type]
