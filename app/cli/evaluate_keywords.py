"""`legato eval keywords`: recall, false alarms, latency and top-1 accuracy on labelled recordings."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from legato.app import assets
from legato.app.cli.device import Device
from legato.app.cli.evaluating import MOST_VALUES, bar, between, percent, read, table, tell_failures
from legato.app.cli.shipped import speech_model
from legato.app.engine.contract import SPEECH, Contract
from legato.app.engine.ears import Ears
from legato.app.engine.errors import UsageError
from legato.app.engine.session import Session
from legato.app.evaluation.keywords import Group, Options, Point, Report, at_thresholds, thresholds
from legato.app.evaluation.keywords import evaluate as measure
from legato.app.evaluation.listening import Playing, Take, listen
from legato.app.evaluation.looking_again import Gain, gains
from legato.app.evaluation.manifest import Manifest, read_manifest
from legato.app.evaluation.noise import NoiseSettings
from legato.app.evaluation.peers import wake_words
from legato.app.evaluation.tuning import best_by_label
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.second_look import SecondLook

_HEADER = ("", "found", "recall", "95 %", "false alarms", "an hour", "95 %")


def keywords(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help="Tab-separated: path, label, start, end, and a header.")
    ],
    model: Annotated[Path | None, typer.Option(help="A model file; without one, the shipped one.")] = None,
    keyword: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help="Only this; repeatable. Without: every label.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Report from this score on, 0 to 1, in place of the model's own.")
    ] = None,
    noise: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="LOW HIGH", help="White, pink or babble noise under the speech; decibels of the ratio."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Which noise; the same number, the same noise.")] = 0,
    separate: Annotated[
        bool, typer.Option("--separate", help="Each recording through a new stream; else all through one.")
    ] = False,
    budget: Annotated[float, typer.Option(help="False alarms an hour allowed for all words together.")] = 10.0,
    wake_budget: Annotated[float, typer.Option(help="The same for all wake phrases together.")] = 2.0,
    det: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Draw misses over false alarms (needs matplotlib).")
    ] = None,
    save_thresholds: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json", help="Write the thresholds of best recall, for `legato export --thresholds`."
        ),
    ] = None,
    by_label: Annotated[bool, typer.Option("--by-label", help="Seek a threshold for each label by itself.")] = False,
    compare: Annotated[
        bool, typer.Option("--peers", help="Others' wake words on the same recordings, where installed.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--second-look", help="What a network that reads both ways would veto, at equal recall.")
    ] = False,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.auto,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Recall, false alarms an hour, latency and top-1 accuracy of keywords."""
    options = Options(tuple(keyword or ()), threshold, budget, wake_budget)
    playing = replace(_playing(noise, seed, separate=separate), keep=again)
    ears = _ears(Session.open(model or assets.KEYWORDS, device.value), manifest, keyword)
    labelled = read(manifest, ears, "keywords")
    take = _listen(ears, labelled, playing)
    report = measure(take, ears.contract, options)
    if det is not None:
        _draw(report, det)
    own = best_by_label(take, ears.contract, options) if by_label else {}
    found = at_thresholds(take, ears.contract, own) if own else {}
    if save_thresholds is not None:
        _save(own or report.best_thresholds(), save_thresholds)
    others = _compare(labelled, playing) if compare else {}
    second = _second(take, ears.contract, options, device.value) if again else []
    if as_json:
        figures = {**_about(ears, labelled, playing, take), **report.to_dict(), **_asked(found, others, second)}
        print(json.dumps(figures, ensure_ascii=False))
    else:
        _tell(report, take)
        _tell_by_label(found)
        _tell_second(second)
        _tell_peers(others)
    tell_failures(manifest, take.failures)


def _playing(noise: tuple[float, float] | None, seed: int, *, separate: bool) -> Playing:
    """How the recordings are played. UsageError for noise between ratios in the wrong order."""
    if noise is not None and noise[0] > noise[1]:
        raise UsageError("--noise wants the lower ratio first")
    return Playing(separate, NoiseSettings(*noise, seed) if noise else None)


def _asked(by_label: dict[str, Group], peers: dict[str, Any], second: list[Gain]) -> dict[str, Any]:
    """For JSON: what there is only when it is asked for."""
    asked = {
        "by_label": {name: group.to_dict() for name, group in by_label.items()},
        "peers": peers,
        "second_look": [gain.to_dict() for gain in second],
    }
    return {name: figures for name, figures in asked.items() if figures}


def _draw(report: Report, path: Path) -> None:
    """The DET curve as a picture."""
    from legato.app.evaluation.curve import draw

    draw(report.curve, {name: allowed for name, (allowed, _) in report.budgets.items()}, path)


def _save(thresholds: Mapping[str, float], path: Path) -> None:
    """Thresholds as `legato export --thresholds` reads them."""
    path.write_text(json.dumps({label: round(value, 6) for label, value in thresholds.items()}, indent=1) + "\n")


def _ears(session: Session, manifest: Path, keywords: list[str] | None) -> Session | PhraseEars:
    """The model, or, for one that writes down live speech, the phrases asked for, or all of the manifest's."""
    if session.contract.task != SPEECH:
        return session
    return PhraseEars(session, keywords or sorted(read_manifest(manifest).labels))


def _listen(session: Ears, manifest: Manifest, playing: Playing) -> Take:
    """All recordings through the model, with a bar on standard error where that is a terminal."""
    with bar("listening", len(manifest.recordings)) as advance:
        return listen(session, manifest.recordings, playing, advance)


def _compare(manifest: Manifest, playing: Playing) -> dict[str, dict[str, Any] | None]:
    """What each wake word of the peers finds at its own threshold; None if it is not installed."""
    found: dict[str, dict[str, Any] | None] = {}
    for word in wake_words():
        try:
            take = _listen(word, manifest, playing)
        except ImportError:
            found[f"{word.name}: {word.label}"] = None
            continue
        report = measure(take, word.contract).to_dict()
        found[f"{word.name}: {word.label}"] = {**report["groups"]["wake"], "latency": report["times"]["latency"]}
    return found


def _second(take: Take, contract: Contract, options: Options, device: str) -> list[Gain]:
    """What the shipped network for recordings would veto."""
    look = SecondLook(Session.open(speech_model(), device), thresholds(contract, options))
    if look.sample_rate != contract.sample_rate:
        raise UsageError("the model wants sound at another rate than the second look: leave out --second-look")
    return gains(take, contract, options, look)


def _tell_second(gains: list[Gain]) -> None:
    """False alarms without and with the second look, for the highest recalls."""
    if gains:
        print("\nFalse alarms an hour at equal recall, each with the best thresholds for these recordings:")
        rows = [
            (
                f"{gain.recall.count} of {gain.recall.total}",
                f"{gain.alone.value:.2f}",
                f"{gain.together.value:.2f}",
                f"{gain.alone.count / gain.together.count:.1f}" if gain.together.count else "",
                f"{gain.least:g}",
                f"{gain.scale:.3g}",
            )
            for gain in gains[:MOST_VALUES]
        ]
        table(("found", "alone", "with a second look", "times fewer", "its least score", "odds times"), rows)


def _about(ears: Session | PhraseEars, manifest: Manifest, playing: Playing, take: Take) -> dict[str, Any]:
    noise = playing.noise
    return {
        "task": "keywords",
        "model": str(ears.path),
        "provider": ears.provider,
        "manifest": str(manifest.path),
        "recordings": len(take.spans),
        "seconds": round(sum(span.end - span.start for span in take.spans), 3),
        "failures": list(take.failures),
        "separate": playing.separate,
        "noise": {"low": noise.low, "high": noise.high, "seed": noise.seed} if noise else None,
    }


def _tell(report: Report, take: Take) -> None:
    """The report as tables."""
    hours = sum(span.end - span.start for span in take.spans) / 3600
    print(f"{len(take.spans)} recordings, {hours:.3f} hours\n")
    rows = [(f"all {name}", *_figures(group.to_dict())) for name, group in report.groups.items()]
    rows += _by_value(report)
    rows += [(label, *_figures(group.to_dict())) for label, group in report.labels.items()]
    table(_HEADER, rows)
    for name, (allowed, point) in report.budgets.items():
        print(_best(name, allowed, point))
    _tell_times(report.times.to_dict())
    for name, top in report.top.items():
        right = top.to_dict()
        if right["total"]:
            print(f"top-1 among {name}: {percent(right['value'])} {between(right['interval'])} of {right['total']}")
            for said, heard, count in right["confusions"]:
                print(f"  {said} heard as {heard}: {count}")


def _tell_peers(others: dict[str, dict[str, Any] | None]) -> None:
    """The peers' figures at their own thresholds."""
    if others:
        print("\nOthers, at their own thresholds:")
        nothing = ("not installed", *[""] * 5)
        rows = [(name, *(_figures(figures) if figures else nothing)) for name, figures in others.items()]
        table(_HEADER, rows)


def _by_value(report: Report) -> list[tuple[str, ...]]:
    """Figures of each speaker and source, where those are few; all of them are in the JSON."""
    return [
        (f"{column} {value}: {name}", *_figures(group.to_dict()))
        for column, values in report.breakdowns.items()
        if len(values) <= MOST_VALUES
        for value, groups in values.items()
        for name, group in groups.items()
        if group.recall.total or group.alarms.count
    ]


def _best(name: str, allowed: float, point: Point | None) -> str:
    """What is found within the budget of false alarms."""
    if point is None:
        return f"{name} at {allowed:g} false alarms an hour: no threshold of the sweep is that quiet"
    recall, alarms = point.group.recall, point.group.alarms
    found = f"best recall {percent(recall.value)}" if recall.total else "none spoken"
    return (
        f"{name} at {allowed:g} false alarms an hour: {found} "
        f"({alarms.value:.2f} an hour, with the odds of the thresholds times {point.scale:.3g})"
    )


def _tell_by_label(groups: dict[str, Group]) -> None:
    """What thresholds sought label by label find, on the very recordings that they were sought on."""
    if groups:
        print("\nWith a threshold for each label, sought on these recordings:")
        table(_HEADER, [(f"all {name}", *_figures(group.to_dict())) for name, group in groups.items()])


def _tell_times(times: dict[str, Any]) -> None:
    if times["hits"]:
        latency, error = times["latency"], times["error"]
        print(f"events come {latency['median']:.3f} s after the word's end (median), {latency['p90']:.3f} s (90 %)")
        print(f"their start is {error['start']:.3f} s off, their end {error['end']:.3f} s (medians)")


def _figures(group: dict[str, Any]) -> tuple[str, ...]:
    recall, alarms = group["recall"], group["false_alarms"]
    rate = "" if alarms["per_hour"] is None else f"{alarms['per_hour']:.2f}"
    within = "" if alarms["interval"] is None else "{:.2f}–{:.2f}".format(*alarms["interval"])
    share = (percent(recall["value"]), between(recall["interval"])) if recall["total"] else ("", "")
    return (f"{recall['count']} of {recall['total']}", *share, str(alarms["count"]), rate, within)
