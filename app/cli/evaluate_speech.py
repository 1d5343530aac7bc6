"""`legato eval speech`: error rates of words and characters, times, confidences and speed on transcribed recordings."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from legato.app.cli.device import Device
from legato.app.cli.evaluating import MOST_VALUES, bar, between, check_task, percent, table, tell_failures
from legato.app.cli.shipped import speech_model
from legato.app.engine.contract import Contract
from legato.app.engine.session import Session
from legato.app.evaluation.captioning import caption
from legato.app.evaluation.speech import Calibration, Rates, TimeErrors, breakdowns
from legato.app.evaluation.speech_peers import speech_peers
from legato.app.evaluation.spoken import Spoken, read_spoken, read_times
from legato.app.evaluation.transcribing import Transcribed, transcribe, transcribe_by
from legato.app.transcription.captions import Captioner
from legato.app.transcription.decoding import open_decoder
from legato.app.transcription.recognition import Recogniser
from legato.app.transcription.transcriber import Transcriber
from legato.app.transcription.voice import VoiceDetector

_HEADER = ("", "words", "word errors", "95 %", "character errors", "95 %", "CPU s / s")


def speech(
    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="Tab-separated: path, text, and a header.")],
    *,
    split: Annotated[
        str | None, typer.Option(help="Only the recordings of which the manifest's column `split` says this.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    language_model: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is likely to be said; without, the shipped one.")
    ] = None,
    greedy: Annotated[bool, typer.Option("--greedy", help="Letter by letter, without a language model.")] = False,
    words: Annotated[
        Path | None, typer.Option(metavar="FILE.tsv", help="The words' times: path, word, start, end.")
    ] = None,
    compare: Annotated[bool, typer.Option("--peers", help="Others on the same recordings, where installed.")] = False,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Error rates of words and characters, times, confidences and speed of transcription."""
    recordings = read_spoken(manifest, split)
    times = read_times(words) if words is not None else {}
    session = Session.open(model or speech_model(), device.value)
    check_task(session, "speech")
    decoder = open_decoder(_letters(session.contract) if greedy else session.contract, language_model=language_model)
    delays: tuple[float, ...] = ()
    with bar("transcribing", len(recordings)) as advance:
        if session.contract.states:
            captioned = caption(Captioner(session, decoder), recordings, times, advance)
            found, delays = captioned.transcribed, captioned.latencies
        else:
            transcriber = Transcriber(Recogniser(session, decoder), VoiceDetector())
            found = transcribe(transcriber, recordings, advance)
    others = _compare(recordings) if compare else {}
    figures = _figures(found) | {
        "by": {
            column: {value: rates.to_dict() for value, rates in values.items()}
            for column, values in breakdowns(found.heard).items()
        },
        "calibration": Calibration.of(found.heard).to_dict(),
        "latency": _delays(delays),
        "times": TimeErrors.of(found.heard, times).to_dict(),
        "peers": {name: _figures(peer) if peer else None for name, peer in others.items()},
    }
    if as_json:
        print(json.dumps(_about(session, manifest, found) | figures, ensure_ascii=False))
    else:
        _tell(figures, found)
    tell_failures(manifest, found.failures)


def _delays(found: tuple[float, ...]) -> dict[str, float] | None:
    """Of live captions: seconds from a word's end to when it is to be read; None where no word's time is known."""
    if not found:
        return None
    median, late = np.percentile(found, [50, 90])
    return {"words": len(found), "median": round(float(median), 3), "ninety": round(float(late), 3)}


def _letters(contract: Contract) -> Contract:
    """The same model, read letter by letter."""
    return replace(contract, settings=replace(contract.transcript, beam=1))


def _compare(recordings: tuple[Spoken, ...]) -> dict[str, Transcribed | None]:
    """What each of the peers writes down; None if it is not installed."""
    found: dict[str, Transcribed | None] = {}
    for peer in speech_peers():
        try:
            listener = peer.load()
        except ImportError:
            found[peer.name] = None
            continue
        with bar(peer.name, len(recordings)) as advance:
            found[peer.name] = transcribe_by(listener, recordings, advance)
    return found


def _about(session: Session, manifest: Path, found: Transcribed) -> dict[str, Any]:
    return {
        "task": "speech",
        "model": str(session.path),
        "provider": session.provider,
        "manifest": str(manifest),
        "recordings": len(found.heard),
        "seconds": round(found.seconds, 3),
        "failures": list(found.failures),
    }


def _figures(found: Transcribed) -> dict[str, Any]:
    """Error rates and speed."""
    factor = found.factor
    return Rates.of(found.heard).to_dict() | {"real_time_factor": None if factor is None else round(factor, 5)}


def _tell(figures: dict[str, Any], found: Transcribed) -> None:
    """The figures as a table and some lines."""
    print(f"{len(found.heard)} recordings, {found.seconds / 3600:.3f} hours\n")
    rows = [("all", *_cells(figures))]
    for column, values in figures["by"].items():
        if len(values) <= MOST_VALUES:
            rows += [(f"{column} {value}", *_cells(rates)) for value, rates in values.items()]
    nothing = ("not installed", *[""] * (len(_HEADER) - 2))
    rows += [(name, *(_cells(peer) if peer else nothing)) for name, peer in figures["peers"].items()]
    table(_HEADER, rows)
    sure, times = figures["calibration"], figures["times"]
    if sure["words"]:
        print(
            f"confidence: {percent(sure['confidence'])} on average, {percent(sure['right'])} of words are right; "
            f"expected calibration error {percent(sure['error'])}"
        )
    if latency := figures["latency"]:
        print(
            f"{latency['words']} right words are to be read {latency['median']:.2f} s after their ends (median), "
            f"{latency['ninety']:.2f} s (90th percentile)"
        )
    if times["words"]:
        print(
            f"times of {times['words']} right words: {1000 * times['both']:.0f} ms off (median); starts "
            f"{1000 * times['start']:.0f} ms, ends {1000 * times['end']:.0f} ms"
        )


def _cells(figures: dict[str, Any]) -> tuple[str, ...]:
    factor = figures.get("real_time_factor")
    return (
        str(figures["wer"]["total"]),
        *_rate(figures["wer"]),
        *_rate(figures["cer"]),
        "" if factor is None else f"{factor:.4f}",
    )


def _rate(figures: dict[str, Any]) -> tuple[str, str]:
    """A rate and its interval; nothing where nothing was said."""
    if figures["value"] is None:
        return "", ""
    return percent(figures["value"]), between(figures["interval"])
