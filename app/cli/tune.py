"""`legato tune`: the threshold of a keyword from a recording of one's own room."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from legato.app import assets
from legato.app.cli.device import Device
from legato.app.cli.evaluating import bar, percent, table
from legato.app.cli.interrupts import remembered
from legato.app.cli.shipped import live_speech_model
from legato.app.devices.microphone import Microphone
from legato.app.devices.recorder import write_flac
from legato.app.engine.contract import SPEECH
from legato.app.engine.errors import SourceError, UsageError
from legato.app.engine.own_thresholds import keep_threshold
from legato.app.engine.session import Session
from legato.app.evaluation.intervals import Rate, Share
from legato.app.evaluation.listening import Playing, Take, listen
from legato.app.evaluation.manifest import Recording
from legato.app.evaluation.matching import decode
from legato.app.phrases import learned, trained
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.learned import Learned

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(2, 20))
"""Those that are tried"""


@dataclass(frozen=True)
class Trial:
    """What a threshold does."""

    threshold: float
    alarms: Rate
    """Where the keyword is not said"""
    found: Share | None
    """Of the recordings in which it is said, where there are any"""


def tune(
    keyword: Annotated[str, typer.Argument(metavar="KEYWORD", help="A word of the model's, one's own, or any phrase.")],
    room: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="RECORDING...", help="Of the room as it is, without the keyword. Without: the microphone, now."
        ),
    ] = None,
    *,
    false_alarms: Annotated[float, typer.Option("--false-alarms", min=0.0, help="At most so many an hour.")] = 0.5,
    said: Annotated[
        list[Path] | None, typer.Option("--from", help="Recordings of the keyword, to see what is lost; repeatable.")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.1, max=120.0, help="How long the microphone listens.")] = 5.0,
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Set a keyword's threshold from what one's own room sounds like, and show what each would do.

    It is lowered only by recordings as long as it takes, at that rate, to a false alarm: two hours for 0.5 an hour.
    """
    ears, typed = _ears(keyword, model, device.value)
    with tempfile.TemporaryDirectory() as scratch:
        rooms = room or [_hear(Path(scratch), ears.contract.sample_rate, minutes)]
        heard = _listen(ears, rooms, Playing())
    takes = [_listen(ears, [path], Playing(separate=True)) for path in said or []]
    usual = ears.contract.decoder.thresholds[keyword]
    trials = [_try(threshold, keyword, ears, heard, takes) for threshold in sorted({*THRESHOLDS, round(usual, 3)})]
    # So short a recording that even one alarm would be too many can only show that a threshold is too low.
    lowest = 0.0 if trials[0].alarms.hours * false_alarms >= 1 else round(usual, 3)
    quiet = [trial for trial in trials if trial.alarms.value <= false_alarms and trial.threshold >= lowest]
    if not quiet:
        raise UsageError(
            f"{keyword!r} is heard more than {false_alarms:g} times an hour at every threshold: is it said in there?"
        )
    chosen = quiet[0].threshold
    if as_json:
        print(json.dumps({"keyword": keyword, "threshold": chosen, "trials": [_told(trial) for trial in trials]}))
    else:
        _show(trials, chosen)
    _keep(keyword, typed, chosen)
    typer.echo(f"{keyword}: reported from a score of {chosen:.2f} from now on", err=True)


def _ears(keyword: str, model: Path | None, device: str) -> tuple[Session | PhraseEars, Learned | None]:
    """What listens for the keyword; and, where that is no word of a keyword model, how it is spelled."""
    session = Session.open(model or assets.KEYWORDS, device)
    own = learned.find(keyword)
    if session.contract.task != SPEECH and own is None:
        network = None if keyword in session.contract.labels else trained.find(keyword)
        session = Session.open(network, device) if network else session
        if keyword in session.contract.labels:
            return session, None
    live = session if session.contract.task == SPEECH else Session.open(live_speech_model(), device)
    ears = PhraseEars(live, [own or keyword])
    letters = live.contract.labels
    spellings = tuple("".join(letters[place] for place in spelling) for spelling in ears.sought[0].spellings)
    return ears, own or Learned(keyword, spellings, ears.sought[0].threshold, 0, live.path.name)


def _hear(folder: Path, rate: int, minutes: float) -> Path:
    """A recording of what the default microphone hears now."""
    parts, missing = [], round(60 * minutes * rate)
    with Microphone(None, rate) as microphone, remembered() as check:
        typer.echo(f"listening to {microphone.name} for {minutes:g} minutes: live on, but do not say it", err=True)
        for block in microphone.blocks():
            check()
            parts.append(block)
            missing -= len(block)
            if missing <= 0:
                break
    path = folder / "room.flac"
    write_flac(path, np.concatenate(parts), rate)
    return path


def _listen(ears: Session | PhraseEars, paths: Sequence[Path], playing: Playing) -> Take:
    """The recordings through the model; SourceError where one cannot be read."""
    recordings = [Recording(path, number, (), {}) for number, path in enumerate(paths, 1)]
    with bar("listening", len(recordings)) as advance:
        take = listen(ears, recordings, playing, advance)
    if take.failures:
        raise SourceError(take.failures[0].partition(": ")[2])
    return take


def _try(threshold: float, keyword: str, ears: Session | PhraseEars, room: Take, said: Sequence[Take]) -> Trial:
    limits = {keyword: threshold}
    hours = sum(span.end - span.start for span in room.spans) / 3600
    found = sum(bool(decode(take, ears.contract, limits)) for take in said)
    alarms = Rate(len(decode(room, ears.contract, limits)), hours)
    return Trial(threshold, alarms, Share(found, len(said)) if said else None)


def _show(trials: Sequence[Trial], chosen: float) -> None:
    """The trade-off as a table with bars."""
    most = max((trial.alarms.value for trial in trials), default=0.0)
    rows = []
    for trial in trials:
        low, high = trial.alarms.interval
        found = percent(trial.found.value) if trial.found else ""
        length = round(20 * trial.alarms.value / most) if most else 0
        mark = "<" if trial.threshold == chosen else ""
        rows.append(
            (f"{trial.threshold:.2f} {mark}", f"{trial.alarms.value:.2f}", f"{low:.2f}–{high:.2f}", found, "#" * length)
        )
    table(("threshold", "false alarms an hour", "95 %", "found", ""), rows)


def _told(trial: Trial) -> dict[str, object]:
    found = trial.found.to_dict() if trial.found else None
    return {"threshold": trial.threshold, "false_alarms": trial.alarms.to_dict(), "found": found}


def _keep(keyword: str, typed: Learned | None, threshold: float) -> None:
    if typed is None:
        keep_threshold(keyword, threshold)
    else:
        replace(typed, threshold=threshold).save(learned.path_of(keyword))
