"""The commands `legato export` and `legato verify`."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.export.checkpoint import load_checkpoint
from legato.export.file import written
from legato.export.parity import LIMIT, Parity, measure
from legato.export.quantize import quantized
from legato.export.rebuild import rebuild
from legato.export.tasks import TASKS
from legato.export.thresholds import with_thresholds

_TRIAL_SECONDS = 10.0
"""Input that every export is tried on"""


class Quantization(StrEnum):
    """How large weights are stored."""

    INT8 = "int8"
    FP16 = "fp16"


def export(
    checkpoint: Annotated[Path, typer.Argument(help="What training saved.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .onnx file to write.", show_default=False)],
    quantize: Annotated[
        Quantization | None, typer.Option(help="Store weights in fewer bits.", show_default=False)
    ] = None,
    thresholds: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.json", help="What `legato eval --save-thresholds` wrote; repeatable."),
    ] = None,
) -> None:
    """Write a trained network to one ONNX file, tried in the runtime before it takes its name."""
    trained = load_checkpoint(checkpoint)
    contract = trained.contract
    for path in thresholds or ():
        contract = with_thresholds(contract, path)
    if quantize is not None:
        contract = replace(contract, provenance={**contract.provenance, "quantize": quantize.value})
    model = TASKS[contract.task].model(trained.net, contract)
    if quantize is not None:
        model = quantized(model, quantize.value)
    with written(model, output) as draft:
        session = Session.open(draft, "cpu")
        same = trained.net if quantize is None else rebuild(draft, contract)
        found = measure(session, same, _TRIAL_SECONDS)
        if not found.holds:
            raise ModelError(f"{output}: not written, its scores differ from PyTorch's by {found.largest:.2e}")
        size = draft.stat().st_size
    typer.echo(f"{output}: {size / 1e6:.2f} MB, largest score difference {found.largest:.1e} over {found.seconds:g} s")


def verify(
    file: Annotated[Path, typer.Argument(help="The .onnx file to look at.", show_default=False)],
    checkpoint: Annotated[
        Path | None, typer.Argument(help="The checkpoint that it should equal.", show_default=False)
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.01, help="Length of the input that it is tried on.")] = 1.0,
    chunkings: Annotated[int, typer.Option(min=0, help="Random chunkings, besides one frame at a time.")] = 3,
    seed: Annotated[int, typer.Option(help="Draws the input and the chunkings.")] = 0,
) -> None:
    """Check a model file: its contract, and that PyTorch and ONNX give the same scores, whole and in any chunks."""
    session = Session.open(file, "cpu")
    typer.echo(f"{file}: contract version {session.contract.version}, graph as promised")
    own = rebuild(file, session.contract)
    found = measure(session, own, minutes * 60, chunkings, seed)
    typer.echo(f"{minutes * 60:g} s, {found.pieces}; largest score differences:")
    _report(found)
    holds = found.holds
    if checkpoint is not None:
        holds &= _verify_against(checkpoint, session, minutes, seed)
    if not holds:
        typer.echo(f"{file}: differences above {LIMIT:g}", err=True)
        raise typer.Exit(1)


def _verify_against(checkpoint: Path, session: Session, minutes: float, seed: int) -> bool:
    """Whether the file gives what the checkpoint gives; one whose weights were rounded on purpose is not held to it."""
    trained = load_checkpoint(checkpoint)
    if trained.contract.labels != session.contract.labels or trained.contract.states != session.contract.states:
        raise ModelError(f"{session.path}: made from another network than {checkpoint}")
    found = measure(session, trained.net, minutes * 60, chunkings=0, seed=seed)
    rounded = session.contract.provenance.get("quantize")
    note = f"  ({rounded} weights)" if rounded else ""
    typer.echo(f"  checkpoint whole = ONNX whole      {found.torch_onnx:.2e}{note}")
    return rounded is not None or found.holds


def _report(found: Parity) -> None:
    if found.torch_pieces is None or found.torch_onnx is None:
        typer.echo("  (no network configuration in its provenance: PyTorch left out)")
    else:
        typer.echo(f"  PyTorch whole = PyTorch in pieces  {found.torch_pieces:.2e}")
        typer.echo(f"  PyTorch whole = ONNX whole         {found.torch_onnx:.2e}")
    typer.echo(f"  ONNX whole = ONNX in pieces        {found.onnx_pieces:.2e}")
