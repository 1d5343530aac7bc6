"""`legato learn`: a gesture of one's own, from a few recordings."""

import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import platformdirs
import torch
import typer
from rich.console import Console
from rich.progress import Progress

from legato.app import assets
from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.session import Session
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.recording import Recording
from legato.app.vision.sight import Sight, open_sight
from legato.app.vision.tracker import HandModels
from legato.export.file import written
from legato.export.gestures import gesture_contract, gesture_model
from legato.export.parity import measure
from legato.export.rebuild import rebuild
from legato.models.gesture import GestureNet
from legato.training.gestures import takes_file
from legato.training.gestures.calibration import edits, quiet_threshold
from legato.training.gestures.examples import mirror_image
from legato.training.gestures.growing import Kept
from legato.training.gestures.learning import LearnConfig, learn, shown
from legato.training.takes import Take

REPLAY = Path(__file__).parent / "replay.npz"
"""Takes like those that the shipped model was trained on; `train` ones to learn from, `dev` ones to look at"""
_TRIAL_SECONDS = 10.0
console = Console(stderr=True)


def learn_gesture(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the gesture is called.")],
    *,
    source: Annotated[
        list[Path] | None,
        typer.Option("--from", help="A recording, a video, or a folder of them; repeatable. Without: `record`'s."),
    ] = None,
    other: Annotated[
        list[Path] | None, typer.Option("--not", help="The same, in which nothing is to be reported; repeatable.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="The model to add to; without, one's own, or the shipped one.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; without, one's own.")] = None,
    directed: Annotated[
        bool, typer.Option("--directed", help="It has a direction: what it looks like in a mirror is another gesture.")
    ] = False,
) -> None:
    """Add a gesture to a model; `watch` and the window then report it, of either hand."""
    if not re.fullmatch(r"[\w-]+", name):
        raise UsageError(f"NAME may hold letters, digits, _ and - only, not {name!r}")
    torch.set_num_threads(1)
    base, path = model or assets.gesture_model(), output or assets.OWN_GESTURES
    session = Session.open(base, "cpu")
    net = rebuild(base, session.contract)
    if not isinstance(net, GestureNet):
        raise ModelError(f"{base}: holds no gesture network that could learn")
    try:
        new = _shown(name, source or [_folder(name)])
        taught = [*new, *_either(new, directed=directed), *_earlier(session.contract, name)]
        others = [Take(title, recording, ()) for title, recording in _read(other or [])]
    except ValueError as error:
        raise UsageError(str(error)) from None
    kept = _kept(net, session.contract, name)
    replay = takes_file.load(REPLAY)
    learned = [take for take in replay if take.split == "train"]
    held = [take for take in replay if take.split == "dev"]
    before = edits(net, session.contract.decoder, held)
    started, config = time.monotonic(), LearnConfig()
    with Progress(console=console) as bar:
        task = bar.add_task("learning", total=config.steps)
        net = learn(net, [*taught, *others], learned, kept, config, advance=lambda: bar.advance(task))
    quiet = [take for take in replay if take.split == "dev" or not take.spans]
    contract = _contract(net, session.contract, new, quiet, kept, directed=directed)
    _write(net, contract, path)
    _tell(name, path, new, time.monotonic() - started)
    made = sum(span.label in net.config.labels for take in held for span in take.spans)
    after = edits(net, contract.decoder, held)
    console.print(f"on {made} gestures that it knows, mistakes before: {before}, and now: {after}")


def _folder(name: str) -> Path:
    """Where `legato record` leaves a gesture's recordings."""
    return platformdirs.user_data_path("legato") / "gestures" / name


def _shown(name: str, paths: Sequence[Path]) -> list[Take]:
    """The recordings of a gesture; ValueError where none can be made out."""
    return [shown(recording, name, title) for title, recording in _read(paths)]


def _either(takes: Sequence[Take], *, directed: bool) -> list[Take]:
    """What a gesture looks like in a mirror, where that is the same gesture, made by the other hand."""
    return [] if directed else [mirror_image(take) for take in takes]


def _earlier(base: Contract, name: str) -> list[Take]:
    """The recordings of the gestures that were taught before this one, so that they are not forgotten for it."""
    takes: list[Take] = []
    for label, about in base.provenance.get("learned", {}).items():
        if label == name:
            continue
        if not _folder(label).is_dir():
            console.print(f"{label} was learned from recordings that are not in {_folder(label)}: it may be forgotten")
            continue
        found = _shown(label, [_folder(label)])
        takes += [*found, *_either(found, directed=about["directed"])]
    return takes


def _kept(net: GestureNet, base: Contract, name: str) -> Kept:
    """What a model's network keeps as it is: all that was not learned from one's own recordings, nor is now."""
    before = base.provenance.get("kept", {"hidden": net.config.hidden, "labels": net.config.labels})
    own = {name, *base.provenance.get("learned", {})}
    return Kept(before["hidden"], tuple(label for label in before["labels"] if label not in own))


def _read(paths: Sequence[Path]) -> list[tuple[str, Recording]]:
    """The recordings in files and folders; UsageError where there is none, SourceError where one is broken."""
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    files = [file for file in files if not file.name.startswith(".")]
    if paths and not files:
        raise UsageError(f"{paths[0]} holds no recordings: make some with legato record gesture NAME")
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UsageError(f"no such file: {missing}; recordings are made with legato record gesture NAME")
    models = HandModels.shipped("cpu")
    found = []
    for file in files:
        with open_sight(str(file.absolute()), models) as opened:
            sights: list[Sight] = list(opened.sights())
        if not sights:
            raise UsageError(f"{file} holds no pictures")
        found.append((file.name, Recording.of([(sight.time, sight.hands) for sight in sights], sights[0].size)))
    return found


def _contract(
    net: GestureNet, base: Contract, new: Sequence[Take], quiet: Sequence[Take], kept: Kept, *, directed: bool
) -> Contract:
    """What the wider network promises: the recordings' own length, and a threshold that `quiet` takes do not reach."""
    name = new[0].spans[0].label
    usual = statistics.median(base.decoder.thresholds.values())
    seconds = statistics.median(span.end - span.start for take in new for span in take.spans)
    decoder = replace(
        base.decoder,
        thresholds={**base.decoder.thresholds, name: usual},
        durations={**base.decoder.durations, name: round(seconds, 3)},
    )
    others = [take for take in quiet if all(span.label != name for span in take.spans)]
    threshold = quiet_threshold(net, decoder, name, others, usual)
    decoder = replace(decoder, thresholds={**decoder.thresholds, name: threshold})
    learned = {**base.provenance.get("learned", {}), name: {"recordings": len(new), "directed": directed}}
    provenance = {**base.provenance, "learned": learned, "kept": asdict(kept)}
    return gesture_contract(net.config, decoder, provenance)


def _write(net: GestureNet, contract: Contract, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with written(gesture_model(net, contract), path) as draft:
        found = measure(Session.open(draft, "cpu"), net, _TRIAL_SECONDS)
        if not found.holds:
            raise ModelError(f"{path}: not written, its scores differ from PyTorch's by {found.largest:.2e}")


def _tell(name: str, path: Path, new: Sequence[Take], seconds: float) -> None:
    """Print the path, and how many of the recordings the model finds."""
    spotter = GestureSpotter(Session.open(path, "cpu"))
    found = sum(name in _labels(spotter, take.recording) for take in new)
    console.print(f"{name}: learned in {seconds:.0f} s, found in {found} of its {len(new)} recordings")
    typer.echo(path)


def _labels(spotter: GestureSpotter, recording: Recording) -> set[str]:
    spotter.reset()
    width, height = (round(side) for side in recording.size.tolist())
    events = [
        event for time, hands in recording.frames() for event in spotter.feed(Sight(time, hands, (width, height)))
    ]
    return {event.label for event in (*events, *spotter.flush())}
