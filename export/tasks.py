"""What export knows of each task: its configuration, network, contract and graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import onnx
import torch
from torch import Tensor

from legato.app.engine.contract import Contract, DecoderSettings
from legato.export.gestures import gesture_contract, gesture_model
from legato.export.graph import keyword_contract, keyword_model
from legato.models.gesture import GestureConfig, GestureNet
from legato.models.keyword import KeywordConfig, KeywordNet

Net = KeywordNet | GestureNet


@dataclass(frozen=True)
class Task:
    """How a task's networks are made and written."""

    build: Callable[[Mapping[str, Any]], Net]
    """From a configuration as `dataclasses.asdict` gives it; KeyError, TypeError or ValueError where it is none"""
    contract: Callable[[Any, DecoderSettings, Mapping[str, Any] | None], Contract]
    model: Callable[[Any, Contract], onnx.ModelProto]


def _keywords(entries: Mapping[str, Any]) -> KeywordNet:
    return KeywordNet(KeywordConfig.from_dict(dict(entries)))


def _gestures(entries: Mapping[str, Any]) -> GestureNet:
    return GestureNet(GestureConfig.from_dict(dict(entries)))


TASKS = {
    "keywords": Task(_keywords, keyword_contract, keyword_model),
    "gestures": Task(_gestures, gesture_contract, gesture_model),
}
"""By the name that contracts and checkpoints give them"""


def stream(net: Net) -> Callable[[Tensor], Tensor]:
    """A stream through a network: chunk after chunk to scores."""
    state: Any = net.initial_state(1)

    def step(chunk: Tensor) -> Tensor:
        nonlocal state
        with torch.inference_mode():
            if isinstance(net, GestureNet):
                scores, state = net.step(chunk, state)
                return scores
            logits, state = net.step(chunk, state)
            return net.scores(logits)

    return step
