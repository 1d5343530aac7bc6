"""The tasks of long lag and what is made of them: right answers, lags as they are told, the first that fails."""

import pytest
import torch
from torch import Generator, nn

from legato.training.lab.memory import (
    Attempt,
    Learner,
    Memory,
    MemoryConfig,
    Outcome,
    attempt,
    attempts,
    findings,
    summary,
)
from legato.training.lab.nets import CELLS, Beginning, LabNet, begin, recurrent_radius, spectral_radius
from legato.training.lab.tasks import TASKS

SMALL = MemoryConfig(tasks=("france",), lags=(3, 6), before=(), seeds=1, hidden=24, steps=150, first=300)


def made(name: str, lag: int, count: int = 50) -> tuple[torch.Tensor, torch.Tensor]:
    examples = TASKS[name].make(lag, count, Generator().manual_seed(3))
    assert examples.inputs.shape[::2] == (count, TASKS[name].inputs)
    return examples.inputs, examples.answers


@pytest.mark.parametrize("lag", [2, 10, 100])
def test_adding_asks_for_the_marked_numbers(lag: int) -> None:
    inputs, answers = made("adding", lag)
    assert torch.allclose((inputs[..., 0] * inputs[..., 1]).sum(dim=1) / 2, answers[:, 0])
    assert (inputs[..., 1].sum(dim=1) == 2).all()
    assert inputs.shape[1] == lag


def test_copying_asks_for_the_symbols_after_the_lag() -> None:
    inputs, answers = made("copy", 20)
    kept = answers.shape[1]
    assert torch.equal(inputs[:, :kept].argmax(dim=2), answers)
    assert (inputs[:, kept : kept + 20, -2] == 1).all()
    assert (inputs[:, kept + 20 :, -1] == 1).all()
    assert inputs.shape[1] == 2 * kept + 20


def test_order_asks_which_marks_and_in_which_order() -> None:
    inputs, answers = made("order", 50)
    for row, answer in zip(inputs.argmax(dim=2), answers[:, 0], strict=True):
        first, second = row[row < 2].tolist()
        assert answer == 2 * first + second
        places = torch.nonzero(row < 2)[:, 0]
        assert places[0] < 5
        assert places[1] >= 25


def test_france_asks_for_the_first_word() -> None:
    inputs, answers = made("france", 30)
    words = inputs.argmax(dim=2)
    assert torch.equal(words[:, :1], answers)
    assert (words[:, 1:-1] >= 8).all()
    assert (words[:, -1] == inputs.shape[2] - 1).all()


@pytest.mark.parametrize("name", TASKS)
def test_chance_is_what_one_scores_who_remembers_nothing(name: str) -> None:
    task = TASKS[name]
    _, answers = made(name, 20, 4000)
    if task.choices:
        told = torch.zeros(*answers.shape, task.choices)
        told[..., 1] = 1.0
    else:
        told = torch.full((*answers.shape, 1), 0.5)
    assert task.score(told, answers) == pytest.approx(task.chance, abs=0.03)
    right = nn.functional.one_hot(answers, task.choices).float() if task.choices else answers[..., None]
    assert task.score(right, answers) == 1.0


def test_a_gated_cell_learns_and_lags_grow() -> None:
    found = attempt(Attempt("france", "gru", False, 0), SMALL)
    assert [one.lag for one in found.outcomes] == [3, 6]
    assert found.outcomes[0].solved
    assert found.outcomes[0].steps > 0
    assert attempt(Attempt("france", "gru", False, 0), SMALL) == found


def test_after_a_lag_that_fails_nothing_is_learned() -> None:
    hopeless = MemoryConfig(tasks=("copy",), lags=(30, 60), before=(), seeds=1, hidden=4, steps=2, first=2)
    found = attempt(Attempt("copy", "rnn", False, 0), hopeless)
    assert found.breaks == 30
    assert [one.steps for one in found.outcomes] == [2, 0]
    assert not found.solved(60)


def test_a_network_both_ways_answers_from_both_ends() -> None:
    net = LabNet("lstm", 5, 6, 3, both_ways=True)
    x = torch.randn(2, 9, 5)
    states, _ = net.layer(x)
    assert torch.equal(net(x)[:, 0], net.head(torch.cat([states[:, -1, :6], states[:, 0, 6:]], dim=1)))


@pytest.mark.parametrize("kind", CELLS)
def test_ways_to_begin(kind: str) -> None:
    chance = Generator().manual_seed(1)
    layer = CELLS[kind](4, 12, batch_first=True)
    begin(layer, kind, Beginning(radius=1.3), chance)
    assert recurrent_radius(layer, kind) == pytest.approx(1.3, abs=1e-4)
    begin(layer, kind, Beginning(orthogonal=True, lag=50, forget=None), chance)
    for gate in layer.weight_hh_l0.detach().chunk(len(layer.weight_hh_l0) // 12):
        assert torch.allclose(gate @ gate.T, torch.eye(12), atol=1e-5)
    assert spectral_radius(torch.tensor([[0.0, 2.0], [-2.0, 0.0]])) == pytest.approx(2.0)
    if kind == "lstm":
        begin(layer, kind, Beginning(forget=2.5), chance)
        both = layer.bias_ih_l0 + layer.bias_hh_l0
        assert torch.allclose(both[12:24], torch.full((12,), 2.5))


def test_a_summary_tells_where_each_cell_breaks() -> None:
    config = MemoryConfig(tasks=("copy",), lags=(10, 20), seeds=2)
    runs = [
        Memory(Attempt("copy", "rnn", False, seed), (Outcome(10, 1.0, 5, True), Outcome(20, 0.3 + seed, 9, seed == 1)))
        for seed in range(2)
    ]
    told = summary(runs, config)
    cell = told["tasks"]["copy"]["vanilla RNN"]
    assert cell["solved"] == [2, 1]
    assert cell["breaks"] == [20, None]
    assert cell["scores"] == [[1.0, 1.0], [0.3, 1.3]]
    assert findings(told) == ["Copy memory: vanilla RNN up to 10 from all 2 seeds, up to 20 from the best."]
    cells = {one.cell for one in attempts(MemoryConfig(seeds=1))}
    assert cells == {"vanilla RNN", "GRU", "LSTM", "vanilla RNN, both ways", "LSTM, both ways"}
    assert {one.task for one in attempts(MemoryConfig(seeds=1)) if one.both_ways} == {"order", "france"}


def test_learning_clips_and_steps() -> None:
    net = LabNet("gru", TASKS["adding"].inputs, 8, 1)
    learner = Learner(net, TASKS["adding"], SMALL, Generator().manual_seed(2))
    first = [learner.step(10) for _ in range(30)]
    assert sum(first[-5:]) < sum(first[:5])
