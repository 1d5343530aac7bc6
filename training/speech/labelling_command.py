"""`legato train pseudo-labels`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID

from legato.app import assets
from legato.app.engine.session import Session
from legato.app.transcription.decoding import open_decoder
from legato.app.transcription.recognition import Recogniser
from legato.app.transcription.transcriber import Transcriber
from legato.app.transcription.voice import VoiceDetector
from legato.training.sources import read_folders
from legato.training.speech.labelling import Kept, label

console = Console(stderr=True)


def pseudo_labels(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Recordings that nobody wrote down.")],
    out: Annotated[Path, typer.Option(metavar="MANIFEST.tsv", help="What is written: a manifest for train speech.")],
    model: Annotated[Path | None, typer.Option(help="A speech model; without one, the shipped one.")] = None,
    confidence: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Least confidence, on average, of a recording's words.")
    ] = Kept().confidence,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
) -> None:
    """Write down recordings with a model, and keep those that it is sure of, to learn from (self-training)."""
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder}: no such folder")
    paths = [recording.path for recording in read_folders([folder], "speech")]
    if not paths:
        raise typer.BadParameter(f"{folder}: holds no recordings")
    session = Session.open(model or assets.SPEECH, device)
    transcriber = Transcriber(Recogniser(session, open_decoder(session.contract)), VoiceDetector())
    with Progress(console=console) as bar:
        task = bar.add_task("reading", total=len(paths))
        advance = partial(_advance, bar, task)
        count = label(transcriber, paths, out, Kept(confidence=confidence), advance)
    console.print(f"kept {count} of {len(paths)} recordings")
    print(out)


def _advance(bar: Progress, task: TaskID, done: int) -> None:
    bar.update(task, completed=done)
