"""`legato learn`: a keyword or a gesture of one's own, from a few recordings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from legato.app.cli.commands import load_training
from legato.app.cli.record_keyword import recorded
from legato.app.cli.shipped import live_speech_model
from legato.app.devices.container import has_pictures
from legato.app.devices.media import MediaFile
from legato.app.engine.errors import UsageError
from legato.app.engine.session import Session
from legato.app.phrases import learned, learning
from legato.app.phrases.search import Floats

MICROPHONE = "mic"
"""In place of a file: to be recorded now"""


def learn(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the keyword or the gesture is called.")],
    *,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="A recording, a video, or a folder of them; repeatable. `mic`: three recordings of a keyword, made "
            "now. Without: what `legato record` has left.",
        ),
    ] = None,
    other: Annotated[
        list[Path] | None, typer.Option("--not", help="The same, in which nothing is to be reported; repeatable.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A gesture's: the model to add to. A keyword's: a model of live speech.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; without, one's own.")] = None,
    directed: Annotated[
        bool, typer.Option("--directed", help="A gesture's: what it looks like in a mirror is another gesture.")
    ] = False,
) -> None:
    """Add a keyword or a gesture; `listen --keyword NAME`, or `watch` and the window, then report it.

    A gesture needs the training packages.
    """
    if source and MICROPHONE in source:
        if len(source) > 1:
            raise UsageError("--from mic goes alone")
        _keyword(name, recorded(name, None, count=3, folder=None), other or [], model, output)
    elif _is_keyword(name, source, other or []):
        _keyword(name, [Path(path) for path in source or _left_by_record(name)], other or [], model, output)
    else:
        paths = [Path(path) for path in source] if source else None
        load_training("learn")(name, source=paths, other=other, model=model, output=output, directed=directed)


def _is_keyword(name: str, source: Sequence[str] | None, other: Sequence[Path]) -> bool:
    """Whether sound is to be learned: by what the files hold, or where there are none by what was recorded before."""
    files = [file for path in [*(source or ()), *map(str, other)] for file in _files(Path(path))]
    if files:
        return files[0].suffix != ".npz" and not (files[0].is_file() and has_pictures(files[0]))
    return _folder(name).is_dir() or learned.path_of(name).is_file()


def _keyword(
    name: str, sources: Sequence[Path], others: Sequence[Path], model: Path | None, output: Path | None
) -> None:
    if not name.strip():
        raise UsageError("NAME is empty: name the keyword")
    session = Session.open(model or live_speech_model(), "cpu")
    path = output or learned.path_of(name)
    heard, wrong = _read(sources, session), _read(others, session)
    before = learned.load(path) if path.is_file() and not heard else None
    found = learning.quieter(before, wrong, session) if before else learning.learn(name, heard, wrong, session)
    found.save(path)
    typer.echo(f"{name}: reported from a score of {found.threshold:.2f}; legato listen --keyword {name!r}", err=True)
    typer.echo(path)


def _left_by_record(name: str) -> list[Path]:
    """The folder of `legato record keyword`; none where there is none, and the keyword itself is there."""
    folder = _folder(name)
    return [folder] if folder.is_dir() else []


def _folder(name: str) -> Path:
    return platformdirs.user_data_path("legato") / "recordings" / name


def _read(paths: Sequence[Path], session: Session) -> dict[str, Floats]:
    """All recordings by their names; SourceError where one is broken, UsageError where there is none."""
    found = {}
    for path in paths:
        files = _files(path)
        if not files:
            raise UsageError(f"{path} holds no recordings: make some with legato record keyword NAME")
        for file in files:
            with MediaFile(file, session.contract.sample_rate) as opened:
                found[str(file)] = opened.whole()
    return found


def _files(path: Path) -> list[Path]:
    """A file itself, or those in a folder."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if not file.name.startswith("."))
