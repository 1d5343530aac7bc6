"""The character model: later characters change nothing earlier, and a text in pieces is the text as a whole."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from legato.models.characters import CharacterConfig, CharacterNet
from legato.models.recurrent import RecurrentConfig

LABELS = ("\n", "\t", *"abcdefgh ")


def make_net(cell: str = "lstm") -> CharacterNet:
    torch.manual_seed(2)
    net = CharacterNet(CharacterConfig(LABELS, RecurrentConfig(cell, inputs=6, hidden=10, layers=2))).eval()
    with torch.no_grad():
        net.head.weight.mul_(6)
    return net


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@given(seed=st.integers(0, 99), cuts=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_pieces_are_the_whole(cell: str, seed: int, cuts: list[int]) -> None:
    net = make_net(cell)
    text = torch.randint(0, len(LABELS), (2, sum(cuts)), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        whole, state, parts = net(text), net.initial_state(2), []
        for piece in text.split(cuts, dim=1):
            scores, state = net.step(piece, state)
            parts.append(scores)
    difference = float((torch.cat(parts, dim=1) - whole).abs().max())
    assert difference <= 1e-5, f"differs by {difference}"
    assert torch.allclose(whole.exp().sum(dim=2), torch.ones(2, sum(cuts)), atol=1e-5)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_what_comes_later_changes_nothing_earlier(cell: str) -> None:
    net = make_net(cell)
    text = torch.randint(0, len(LABELS), (1, 12), generator=torch.Generator().manual_seed(1))
    other = text.clone()
    other[0, 7:] = (other[0, 7:] + 1) % len(LABELS)
    with torch.no_grad():
        first, second = net(text), net(other)
    assert torch.equal(first[:, :7], second[:, :7])
    assert not torch.equal(first[:, 7:], second[:, 7:])


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": ("ab", "\n", "\t")},
        {"labels": ("a", "a", "\n", "\t")},
        {"labels": ("a", "\t")},
        {"labels": ("a", "\n")},
        {"labels": LABELS, "written": ""},
    ],
)
def test_a_configuration_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"labels|marks"):
        CharacterConfig(**wrong)  # type: ignore[arg-type]
