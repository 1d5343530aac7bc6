"""What export knows of each task: its configuration, network, contract and graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import onnx
import torch
from torch import Tensor

from legato.app.engine.contract import Contract, DecoderSettings, LineSettings, Settings, TranscriptSettings
from legato.export.characters import character_contract, character_model
from legato.export.gestures import gesture_contract, gesture_model
from legato.export.graph import keyword_contract, keyword_model
from legato.export.speech import speech_contract, speech_model
from legato.models.characters import CharacterConfig, CharacterNet
from legato.models.gesture import GestureConfig, GestureNet
from legato.models.keyword import KeywordConfig, KeywordNet
from legato.models.speech import LiveSpeechNet, SpeechConfig, SpeechNet, speech_net

Net = KeywordNet | GestureNet | SpeechNet | LiveSpeechNet | CharacterNet
Streaming = KeywordNet | GestureNet | LiveSpeechNet | CharacterNet


@dataclass(frozen=True)
class Task:
    """How a task's networks are made and written."""

    build: Callable[[Mapping[str, Any]], Net]
    """From a configuration as `dataclasses.asdict` gives it; KeyError, TypeError or ValueError where it is none"""
    settings: Callable[[Mapping[str, Any] | None, Any], Settings]
    """Of the decoder, from what training saved, or plain ones where nobody has tuned any; and the configuration"""
    contract: Callable[[Any, Any, Mapping[str, Any] | None], Contract]
    model: Callable[[Any, Contract], onnx.ModelProto]


def _keywords(entries: Mapping[str, Any]) -> KeywordNet:
    return KeywordNet(KeywordConfig.from_dict(dict(entries)))


def _gestures(entries: Mapping[str, Any]) -> GestureNet:
    return GestureNet(GestureConfig.from_dict(dict(entries)))


def _speech(entries: Mapping[str, Any]) -> SpeechNet | LiveSpeechNet:
    return speech_net(SpeechConfig.from_dict(dict(entries)))


def _characters(entries: Mapping[str, Any]) -> CharacterNet:
    return CharacterNet(CharacterConfig.from_dict(dict(entries)))


def _spotting(entries: Mapping[str, Any] | None, config: KeywordConfig | GestureConfig) -> DecoderSettings:
    if entries is not None:
        return DecoderSettings(**{**entries, "wake": tuple(entries["wake"])})
    return DecoderSettings(
        thresholds=dict.fromkeys(config.labels, 0.5),
        smoothing=0.06,
        hysteresis=0.5,
        refractory=0.5,
        warmup=0.2,
        delay=0.1,
        durations=dict.fromkeys(config.labels, 0.5),
        wake=(),
        command_window=5.0,
        conflict=0.3,
    )


def _writing(entries: Mapping[str, Any] | None, _config: SpeechConfig) -> TranscriptSettings:
    if entries is not None:
        return TranscriptSettings(**{**entries, "confidence": tuple(entries["confidence"])})
    return TranscriptSettings(language_weight=0.5, word_bonus=1.0, beam=32, delay=0.0, confidence=(1.0, 1.0))


def _marks(_entries: Mapping[str, Any] | None, config: CharacterConfig) -> LineSettings:
    return LineSettings(config.written, config.plain)


TASKS = {
    "keywords": Task(_keywords, _spotting, keyword_contract, keyword_model),
    "gestures": Task(_gestures, _spotting, gesture_contract, gesture_model),
    "speech": Task(_speech, _writing, speech_contract, speech_model),
    "characters": Task(_characters, _marks, character_contract, character_model),
}
"""By the name that contracts and checkpoints give them"""


def stream(net: Streaming) -> Callable[[Tensor], Tensor]:
    """A stream through a network: chunk after chunk to scores."""
    state: Any = net.initial_state(1)

    def step(chunk: Tensor) -> Tensor:
        nonlocal state
        with torch.inference_mode():
            outputs, state = net.step(chunk, state)
            return net.scores(outputs) if isinstance(net, KeywordNet) else outputs

    return step
