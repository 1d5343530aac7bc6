"""`legato models`: what models are shipped, and what a model file promises."""

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from legato.app import assets
from legato.app.cli.commands import plain_app
from legato.app.engine.contract import SPEECH, Contract, StateSpec
from legato.app.engine.session import Session

models = plain_app(help="What models are shipped, and what a model file promises.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@models.command("list")
def list_models(as_json: Json = False) -> None:
    """What is shipped, and what was learned, with its path."""
    for name, path in assets.named_models().items():
        task = Session.open(path, "cpu").contract.task
        row = {"name": name, "task": task, "path": str(path)}
        typer.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{name:<16} {task:<12} {path}")


@models.command("show")
def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A model file, or the name of one in the list.")],
    as_json: Json = False,
) -> None:
    """What the model in FILE promises: inputs, labels, states, decoder, and where it comes from."""
    path = _path(file)
    contract = Session.open(path, "cpu").contract
    if as_json:
        typer.echo(contract.to_json())
    else:
        typer.echo("\n".join([str(path), *_lines(contract)]))


def _path(file: str) -> Path:
    return Path(file) if Path(file).exists() else assets.named_models().get(file, Path(file))


def _lines(contract: Contract) -> list[str]:
    rows = [
        ("task", f"{contract.task}, {contract.cell} cells, contract version {contract.version}"),
        _input_row(contract),
        ("lookahead", f"{1000 * contract.lookahead:g} ms"),
        ("inputs", ", ".join(contract.inputs)),
        ("outputs", ", ".join(contract.outputs)),
        *((f"state {state.name}", _shape(state)) for state in contract.states),
        *(_transcript_rows(contract) if contract.task == SPEECH else _decoder_rows(contract)),
        *_provenance_rows(contract.provenance, "from"),
    ]
    width = max(len(name) for name, _ in rows) + 4
    return [line for name, value in rows for line in _wrapped(name, value, width)]


def _input_row(contract: Contract) -> tuple[str, str]:
    if contract.inputs[0] == "landmarks":
        return "hands", f"two at most, at any rate; cameras usually give {contract.sample_rate} frames a second"
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
        ("characters", " ".join(repr(label) if label.isspace() else label for label in contract.labels)),
        ("beam", f"{transcript.beam} texts at once"),
        ("language", f"weight {transcript.language_weight:g}, {transcript.word_bonus:g} for each word"),
        ("usual delay", f"{transcript.delay:g} s"),
        ("confidence", f"logistic, {slope:g} for each unit of certainty, {offset:g} added"),
    ]


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
            rows.append((name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    return rows


def _wrapped(name: str, value: str, width: int) -> list[str]:
    """A row as lines: the name in a column of `width`, the value beside it."""
    indent = " " * width
    text = textwrap.fill(value, 110, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return f"  {name}{text[len(name) + 2 :]}".splitlines()
