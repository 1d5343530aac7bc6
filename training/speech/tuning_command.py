"""`legato train speech-decoder`."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import onnx
import typer
from rich.console import Console
from rich.progress import Progress

from legato.app import assets
from legato.app.engine.contract import METADATA_KEY, Contract
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.evaluation.spoken import Spoken, read_spoken, read_times
from legato.app.transcription.decoding.language import read_language
from legato.export.file import written
from legato.training.provenance import command

if TYPE_CHECKING:
    from legato.training.speech.tuning import Sample, Timetable

console = Console(stderr=True)


def speech_decoder(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="A model that writes speech down.")],
    manifests: Annotated[
        list[Path], typer.Argument(metavar="MANIFEST...", help="Held-out recordings: path, text; each counts alike.")
    ],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.onnx", help="The model with its new settings.")],
    split: Annotated[
        str | None, typer.Option(help="Only the recordings of which a manifest's column `split` says this.")
    ] = None,
    language_model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is likely to be said; without, the shipped one.")
    ] = None,
    words: Annotated[
        Path | None, typer.Option(metavar="FILE.tsv", help="The words' times: path, word, start, end.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Take every so many-th recording only.")] = 1,
) -> None:
    """How much the language model counts, how wide the search is, how late words are, how sure: sought and written."""
    # Late, as training itself goes without the packages that read with a language model.
    from legato.training.speech.tuning import TuningConfig, letter_by_letter, tuned

    session = Session.open(model, "auto")
    contract = session.contract
    sets = [_scores(session, read_spoken(path, split)[::every], path.name) for path in manifests]
    language = read_language(language_model or assets.LANGUAGE)
    times: Timetable = read_times(words) if words else {}
    console.print(f"letter by letter: {100 * letter_by_letter(contract, sets):.2f} % of words wrong")
    settings = tuned(contract, language, sets, times, TuningConfig(), tell=console.print)
    _write(model, replace(contract, settings=settings, provenance=_told(contract)), out)
    typer.echo(" ".join(f"{name}={value}" for name, value in asdict(settings).items()))


def _scores(session: Session, recordings: tuple[Spoken, ...], name: str) -> "list[Sample]":
    from legato.training.speech.tuning import samples_of

    with Progress(console=console) as bar:
        task = bar.add_task(name, total=len(recordings))
        return samples_of(session, recordings, lambda: bar.advance(task))


def _told(contract: Contract) -> dict[str, object]:
    """Where the model comes from, and the command that sought its settings."""
    return {**contract.provenance, "decoder": command()}


def _write(model: Path, contract: Contract, out: Path) -> None:
    """The same graph with another contract; ModelError where it cannot be written."""
    graph = onnx.load(model)
    entries = {entry.key: entry for entry in graph.metadata_props}
    if METADATA_KEY not in entries:
        raise ModelError(f"{model}: no {METADATA_KEY!r} in its metadata")
    entries[METADATA_KEY].value = contract.to_json()
    with written(graph, out) as draft:
        Session.open(draft, "cpu")
