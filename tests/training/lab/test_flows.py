"""Gradients through time as the laboratory tells of them: what vanishes, what explodes, and what saves it."""

from dataclasses import replace
from typing import Any

import pytest

from legato.training.lab import flows
from legato.training.lab.flows import FlowConfig

Started = dict[str, dict[str, Any]]
CONFIG = FlowConfig(lag=40, learned=5, steps=60)
FADED = {"reach": 3}


@pytest.fixture(scope="module")
def start() -> Started:
    return flows.at_start(CONFIG)


def test_small_weights_lose_a_gradient_and_large_ones_blow_it_up(start: Started) -> None:
    radii = start["radii"]
    assert radii["0.5"]["factor"] == pytest.approx(0.5, abs=0.08)
    assert radii["0.5"]["reach"] < 12
    assert radii["0.9"]["factor"] > radii["0.5"]["factor"]
    assert [radii[name]["radius"] for name in radii] == pytest.approx(list(CONFIG.radii), abs=1e-3)


def test_open_gates_keep_a_gradient(start: Started) -> None:
    ways = start["beginnings"]
    assert ways["LSTM, as PyTorch begins"]["reach"] < ways["LSTM, forget bias 1"]["reach"]
    assert ways["LSTM, forget bias 3"]["reach"] is None
    assert ways["GRU, gates spread over 200 steps"]["reach"] is None
    assert ways["vanilla, orthogonal"]["factor"] > ways["vanilla, as PyTorch begins"]["factor"]


def test_clipping_saves_the_run_that_explodes() -> None:
    runs = {how: flows.clipping(how, CONFIG) for how in ("none", "norm", "value")}
    assert [runs[how]["exploded"] for how in runs] == [True, False, False]
    assert runs["none"]["losses"][0] == runs["norm"]["losses"][0] == runs["value"]["losses"][0]
    assert runs["norm"]["last"] < runs["norm"]["losses"][0]


def test_truncated_errors_do_not_reach_what_matters() -> None:
    config = replace(CONFIG, steps=200)
    whole, cut = (flows.truncation(steps, config)["scores"] for steps in (0, 10))
    assert cut[-1] < 0.3
    assert whole[-1] > 0.6


def test_learning_is_seen_in_the_flow() -> None:
    told = flows.after_learning("lstm", CONFIG)
    assert len(told["before"]["norms"]) == len(told["after"]["norms"]) == 40
    assert told["before"]["norms"] != told["after"]["norms"]
    assert told["score"] > 0.8


def test_what_is_left_by_radius_is_told(start: Started) -> None:
    told = {
        **start,
        "learned": {key: {"score": 1.0, "before": FADED, "after": FADED} for key in ("rnn", "gru", "lstm")},
        "clipping": {"without clipping": {"exploded": True}},
        "truncation": {key: {"scores": [1.0]} for key in ("whole", "cut")},
    }
    (line,) = (line for line in flows.findings(told) if "by spectral radius" in line)
    assert f"after {CONFIG.lag} steps" in line
    for radius, figures in start["radii"].items():
        share = figures["norms"][-1] / figures["norms"][0]
        shown = f"{share:.3g} ×" if share >= 0.001 else f"{share:.0e} ×" if share >= 1e-12 else "nothing"
        assert f"{radius}: {shown}" in line
    gone = {**told, "radii": {"0.1": {"norms": [1.0, 0.0]}}}
    assert any("0.1: nothing" in line for line in flows.findings(gone))
