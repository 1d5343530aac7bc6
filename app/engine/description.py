"""What a model file promises, in words."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from legato.app.engine.contract import CHARACTERS, SPEECH, Contract, StateSpec


def described(contract: Contract) -> list[tuple[str, str]]:
    """Rows of a name and a value: inputs, labels, states, decoder, and where the model comes from."""
    return [
        ("task", f"{contract.task}, {contract.cell} cells, contract version {contract.version}"),
        _input_row(contract),
        ("lookahead", f"{1000 * contract.lookahead:g} ms"),
        ("inputs", ", ".join(contract.inputs)),
        ("outputs", ", ".join(contract.outputs)),
        *((f"state {state.name}", _shape(state)) for state in contract.states),
        *_ROWS.get(contract.task, _decoder_rows)(contract),
        *_provenance_rows(contract.provenance, "from"),
    ]


def _input_row(contract: Contract) -> tuple[str, str]:
    if contract.inputs[0] == "landmarks":
        return "hands", f"two at most, at any rate; cameras usually give {contract.sample_rate} frames a second"
    if contract.inputs[0] == "text":
        return "text", f"character by character; people speak about {contract.sample_rate} a second"
    milliseconds = 1000 * contract.hop_seconds
    return "audio", f"{contract.sample_rate} Hz, a score every {contract.hop} samples ({milliseconds:g} ms)"


def _decoder_rows(contract: Contract) -> list[tuple[str, str]]:
    decoder = contract.decoder
    commands = [label for label in contract.labels if label not in decoder.wake]
    return [
        ("wake phrases", _thresholds(contract, list(decoder.wake))),
        ("commands" if decoder.wake else "labels", _thresholds(contract, commands)),
        ("command window", f"{decoder.command_window:g} s after a wake phrase"),
        ("smoothing", f"{decoder.smoothing:g} s"),
        ("hysteresis", f"re-arms below {decoder.hysteresis:g} of the threshold"),
        ("refractory", f"{decoder.refractory:g} s"),
        ("conflict", f"{decoder.conflict:g} s"),
        ("warm-up", f"{decoder.warmup:g} s"),
        ("usual delay", f"{decoder.delay:g} s"),
    ]


def _transcript_rows(contract: Contract) -> list[tuple[str, str]]:
    transcript = contract.transcript
    slope, offset = transcript.confidence
    return [
        ("characters", _spelled(contract)),
        ("beam", f"{transcript.beam} texts at once"),
        ("language", f"weight {transcript.language_weight:g}, {transcript.word_bonus:g} for each word"),
        ("usual delay", f"{transcript.delay:g} s"),
        ("confidence", f"logistic, {slope:g} for each unit of certainty, {offset:g} added"),
    ]


def _line_rows(contract: Contract) -> list[tuple[str, str]]:
    lines = contract.lines
    kinds = "as they are written, and plain, as models of speech write" if lines.plain else "as they are written"
    return [("characters", _spelled(contract)), ("lines", kinds)]


def _spelled(contract: Contract) -> str:
    return " ".join(repr(label) if label.isspace() else label for label in contract.labels)


_ROWS: Mapping[str, Callable[[Contract], list[tuple[str, str]]]] = {SPEECH: _transcript_rows, CHARACTERS: _line_rows}


def _thresholds(contract: Contract, labels: list[str]) -> str:
    return ", ".join(f"{label} {contract.decoder.thresholds[label]:g}" for label in labels) or "none"


def _shape(state: StateSpec) -> str:
    sizes = ", ".join("batch" if size is None else str(size) for size in state.shape)
    return f"({sizes}) {state.dtype}"


def _provenance_rows(values: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    """Whatever JSON it is, a row for each value, named by the keys that lead to it."""
    rows = []
    for key, value in values.items():
        name = f"{prefix} {key}"
        if isinstance(value, Mapping):
            rows += _provenance_rows(value, name)
        else:
            shown = isinstance(value, str) and value.strip()
            rows.append((name, shown or json.dumps(value, ensure_ascii=False)))
    return rows
