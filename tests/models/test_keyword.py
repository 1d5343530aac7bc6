"""The keyword network as a whole: audio in, scores out, in any chunks."""

from dataclasses import asdict

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.models.keyword import KeywordConfig, KeywordNet
from legato.models.recurrent import RecurrentConfig

LABELS = ("yes", "no", "hey you")


def network(cell: str) -> KeywordNet:
    torch.manual_seed(5)
    return KeywordNet(KeywordConfig(LABELS, recurrent=RecurrentConfig(cell, 40, 24, 2), phones=5)).eval()


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_chunked_equals_whole(cell: str) -> None:
    net = network(cell)
    audio = 0.2 * torch.randn(2, 320 * 25, generator=torch.Generator().manual_seed(2))
    whole = net.scores(net(audio))
    assert whole.shape == (2, 25, 3)

    @settings(max_examples=10, deadline=None)
    @given(st.lists(st.integers(1, 11), min_size=1, max_size=5))
    def check(sizes: list[int]) -> None:
        state, parts, at, turn = net.initial_state(2), [], 0, 0
        while at < audio.shape[1]:
            size = 320 * sizes[turn % len(sizes)]
            logits, state = net.step(audio[:, at : at + size], state)
            parts.append(net.scores(logits))
            at, turn = at + size, turn + 1
        worst = (torch.cat(parts, dim=1) - whole).abs().max().item()
        assert worst <= 1e-4, f"largest difference {worst:.2e}"

    check()


def test_scores_are_probabilities_without_the_class_nothing() -> None:
    logits = torch.tensor([[[2.0, 1.0, 0.0, 0.0]]])
    scores = KeywordNet.scores(logits)
    assert torch.allclose(scores, torch.softmax(logits, -1)[..., 1:])


def test_configuration_survives_a_round_trip() -> None:
    config = network("lstm").config
    assert KeywordConfig.from_dict(asdict(config)) == config


@pytest.mark.parametrize(
    ("labels", "inputs", "message"), [((), 40, "labels"), (("a", "a"), 40, "labels"), (("a",), 39, "39 features")]
)
def test_impossible_configurations_are_refused(labels: tuple[str, ...], inputs: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        KeywordConfig(labels, recurrent=RecurrentConfig(inputs=inputs))
