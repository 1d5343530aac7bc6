"""`legato eval gestures`: detection, false positives, order, overlap and latency on labelled recordings."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from legato.app.cli.device import Device
from legato.app.cli.evaluating import MOST_VALUES, bar, between, percent, read, table, tell_failures
from legato.app.cli.shipped import gesture_model
from legato.app.engine.errors import UsageError
from legato.app.engine.session import Session
from legato.app.evaluation.gestures import Report, evaluate
from legato.app.evaluation.watching import Seen, Viewing, watch
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.tracker import HandModels

_HEADER = ("", "found", "detection", "95 %", "false positives", "a minute", "95 %", "latency", "Jaccard")


def gestures(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help="Tab-separated: path, label, start, end, and a header.")
    ],
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Report from this score on, 0 to 1, in place of the model's own.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="Frames a second at most, as a slower camera gives them; the rest is left out.")
    ] = None,
    hands: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Keep the hands that are seen in videos there, and take them from there again."
        ),
    ] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Detection, false positives a minute, order, overlap and latency of gestures."""
    if rate is not None and not rate > 0:
        raise UsageError("--rate must be above 0")
    session = Session.open(model or gesture_model(), device.value)
    labelled = read(manifest, session, "gestures")
    spotter = GestureSpotter(session, threshold)
    if hands is not None:
        hands.mkdir(parents=True, exist_ok=True)
    with bar("watching", len(labelled.recordings)) as advance:
        seen = watch(spotter, HandModels.shipped(device.value), labelled.recordings, Viewing(rate, hands), advance)
    report = evaluate(seen.views, session.contract.labels)
    if as_json:
        about = _about(session, manifest, seen, rate, threshold)
        print(json.dumps({**about, **report.to_dict()}, ensure_ascii=False))
    else:
        _tell(report, seen)
    tell_failures(manifest, seen.failures)


def _about(session: Session, manifest: Path, seen: Seen, rate: float | None, threshold: float | None) -> dict[str, Any]:
    return {
        "task": "gestures",
        "model": str(session.path),
        "provider": session.provider,
        "manifest": str(manifest),
        "recordings": len(seen.views),
        "seconds": round(sum(view.seconds for view in seen.views), 3),
        "frames": seen.frames,
        "failures": list(seen.failures),
        "rate": rate,
        "threshold": threshold,
    }


def _tell(report: Report, seen: Seen) -> None:
    """The report as a table and some lines."""
    figures = report.to_dict()
    minutes = sum(view.seconds for view in seen.views) / 60
    print(f"{len(seen.views)} recordings, {minutes:.2f} minutes, {seen.frames} frames\n")
    rows = [("all", *_figures(figures), _number(figures["jaccard"]))]
    rows += [
        (f"{column} {value}", *_figures(group), "")
        for column, values in figures["by"].items()
        if len(values) <= MOST_VALUES
        for value, group in values.items()
    ]
    rows += [
        (label, *_figures(group), _number(group["jaccard"]))
        for label, group in figures["labels"].items()
        if group["detection"]["total"] or group["false_positives"]["count"]
    ]
    table(_HEADER, rows)
    _tell_order(figures)
    _tell_negatives(figures["negatives"])
    for made, found, count in figures["confusions"]:
        print(f"  {made} taken for {found}: {count}")


def _tell_order(figures: dict[str, Any]) -> None:
    """Figures of all gestures together."""
    order, latency, hand = figures["levenshtein"], figures["latency"], figures["hand"]
    if order["total"]:
        print(f"Levenshtein accuracy: {percent(order['value'])} ({order['distance']} edits, {order['total']} gestures)")
    if latency["median"] is not None:
        print(f"events come {latency['median']:.3f} s after the gesture's end (median), {latency['p90']:.3f} s (90 %)")
    if hand["total"]:
        print(f"hand told right: {percent(hand['value'])} {between(hand['interval'])} of {hand['total']}")


def _tell_negatives(negatives: dict[str, Any]) -> None:
    """What was found where nothing is."""
    if negatives["recordings"]:
        rate = f", {negatives['per_minute']:.2f} a minute" if negatives["minutes"] else ""
        print(f"where nothing is to be found ({negatives['recordings']} recordings): {negatives['count']} events{rate}")


def _figures(group: dict[str, Any]) -> tuple[str, ...]:
    detection, false = group["detection"], group["false_positives"]
    share = (percent(detection["value"]), between(detection["interval"])) if detection["total"] else ("", "")
    within = "" if false["interval"] is None else "{:.2f}–{:.2f}".format(*false["interval"])
    return (
        f"{detection['count']} of {detection['total']}",
        *share,
        str(false["count"]),
        _number(false["per_minute"]),
        within,
        _number(group["latency"]["median"], "{:.3f} s"),
    )


def _number(value: float | None, form: str = "{:.2f}") -> str:
    """A number, or nothing where it is undefined."""
    return "" if value is None else form.format(value)
