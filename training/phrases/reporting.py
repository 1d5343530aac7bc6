"""How well phrases were learned: thresholds, recall and false alarms on what was kept for measuring, as a report."""

import csv
import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from legato.app import assets
from legato.app.engine.session import Session
from legato.app.evaluation.curve import draw
from legato.app.evaluation.intervals import Share
from legato.app.evaluation.keywords import Group, Options, at_thresholds, evaluate
from legato.app.evaluation.listening import listen
from legato.app.evaluation.manifest import Recording, read_manifest
from legato.app.evaluation.tuning import Curve, label_curve
from legato.app.phrases.ears import PhraseEars
from legato.training.corpus import Shard
from legato.training.manifests import write_manifests
from legato.training.phrases.near_misses import NearMiss
from legato.training.phrases.speaking import SOURCE

TAKEN = 0.1
"""Share of the near misses that may be taken for a phrase"""
_SHOWN = 12
"""Near misses of each phrase that a report names"""


@dataclass(frozen=True)
class Measured:
    """What is found and falsely heard at the thresholds that were chosen."""

    thresholds: Mapping[str, float]
    labels: Mapping[str, Group]
    """Of the phrases among other speech"""
    typed: Mapping[str, Group]
    """The same of the phrases as they are found without any training, by their letters"""
    near: Mapping[str, Share]
    """Near misses that are taken for a phrase"""
    typed_near: Mapping[str, Share]
    """The same of the typed phrases"""
    hours: float
    """Of the phrases and other speech"""
    sources: tuple[str, ...]


def measure(model: Path, shards: Sequence[Shard], folder: Path, alarms: float, near: Container[str]) -> Measured:
    """Chooses thresholds for at most so many false alarms an hour of each label, and measures them.

    A clip whose text is `near` a phrase is none of the hour's speech, in which there are hardly any: one in ten of them
    may be taken for a phrase. Leaves `dev.tsv`, `thresholds.json` and `det.png` in the folder. All recordings of the
    split `dev` are played.
    """
    session = Session.open(model, "cpu")
    labels, own = session.contract.labels, session.contract.decoder.thresholds
    recordings = read_manifest(_joined(write_manifests(shards, labels, folder / "dev"), folder / "dev.tsv")).recordings
    alike = {clip.path for shard in shards for clip in shard.clips if clip.source == SOURCE and clip.text in near}
    parts = [[one for one in recordings if (str(one.path) in alike) is near] for near in (False, True)]
    speech, misses = (listen(session, part) for part in parts)
    hours = sum(span.end - span.start for span in speech.spans) / 3600
    chosen = {}
    for label in labels:
        curve, nearly = (label_curve(take, session.contract, label, own[label]) for take in (speech, misses))
        chosen[label] = round(threshold(curve, alarms * hours, nearly.alarms, TAKEN * len(misses.spans)), 6)
    (folder / "thresholds.json").write_text(json.dumps(chosen, indent=1) + "\n")
    settings = replace(session.contract.decoder, thresholds=chosen)
    report = evaluate(speech, replace(session.contract, settings=settings), Options(labels, None, alarms * len(labels)))
    draw(report.curve, {"words": alarms * len(labels)}, folder / "det.png")
    at, taken = (
        {label: at_thresholds(take, session.contract, {label: chosen[label]})["words"] for label in labels}
        for take in (speech, misses)
    )
    sources = tuple(dict.fromkeys(clip.source for shard in shards for clip in shard.clips if clip.split == "dev"))
    typed, typed_taken = (as_typed(labels, part) for part in parts)
    total = len(misses.spans)
    return Measured(chosen, at, typed, _shares(taken, total), _shares(typed_taken, total), hours, sources)


def as_typed(phrases: Sequence[str], recordings: Sequence[Recording]) -> dict[str, Group]:
    """What is found of phrases, and falsely heard, by who only knows their letters: what there is before training."""
    ears = PhraseEars(Session.open(assets.LIVE_SPEECH, "cpu"), phrases)
    take, limits = listen(ears, recordings), ears.contract.decoder.thresholds
    return {phrase: at_thresholds(take, ears.contract, {phrase: limits[phrase]})["words"] for phrase in phrases}


def _shares(taken: Mapping[str, Group], total: int) -> dict[str, Share]:
    """Near misses, of so many, that are taken for each label."""
    return {label: Share(min(group.alarms.count, total), total) for label, group in taken.items()}


def threshold(curve: Curve, allowed: float, near: Sequence[int], taken: float) -> float:
    """The middle, by odds, of the thresholds that find most with so many false alarms and near misses taken.

    Where none has so few, that of the fewest.
    """
    pairs = list(zip(curve.alarms, near, strict=True))
    within = [index for index, (alarms, misses) in enumerate(pairs) if alarms <= allowed and misses <= taken]
    if not within:
        return curve.thresholds[pairs.index(min(pairs))]
    most = max(curve.hits[index] for index in within)
    best = [index for index in within if curve.hits[index] == most]
    return curve.thresholds[best[len(best) // 2]]


def _joined(paths: Sequence[Path], target: Path) -> Path:
    """Manifests as one, with full paths."""
    rows: list[list[str]] = []
    for path in paths:
        with path.open(newline="", encoding="utf-8") as file:
            header, *lines = csv.reader(file, delimiter="\t")
        rows += lines if rows else [header, *lines]
    with target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)
    return target


def write_report(
    folder: Path,
    measured: Measured,
    near: Mapping[str, Sequence[NearMiss]],
    makers: Mapping[str, int],
    seconds: float,
) -> Path:
    """Writes `report.json` and, for people, `report.md`, whose path it returns."""
    figures = {
        label: {
            "threshold": measured.thresholds[label],
            **group.to_dict(),
            "typed": {**measured.typed[label].to_dict(), "near_misses": measured.typed_near[label].to_dict()},
            "near_misses": measured.near[label].to_dict(),
        }
        for label, group in measured.labels.items()
    }
    told = {
        "phrases": figures,
        "hours": round(measured.hours, 4),
        "sources": list(measured.sources),
        "clips": dict(makers),
        "seconds": round(seconds),
    }
    (folder / "report.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    lines = [
        f"# {', '.join(measured.labels)}",
        "",
        "| phrase | threshold | found | false alarms an hour | near misses taken | typed: the same |",
        "|---|---|---|---|---|---|",
    ]
    for label, group in measured.labels.items():
        low, high = group.recall.interval
        least, most = group.alarms.interval
        taken, typed, alike = measured.near[label], measured.typed[label], measured.typed_near[label]
        lines.append(
            f"| {label} | {measured.thresholds[label]:.2f} | {group.recall.count} of {group.recall.total} "
            f"({low:.0%}–{high:.0%}) | {group.alarms.value:.1f} ({least:.1f}–{most:.1f}) | "
            f"{taken.count} of {taken.total} | "
            f"{typed.recall.count} of {typed.recall.total}, {typed.alarms.value:.1f}, {alike.count} of {alike.total} |"
        )
    lines += ["", _told(measured, makers, seconds), "", "![Misses over false alarms](det.png)", ""]
    for label, misses in near.items():
        nearest = sorted(misses, key=lambda miss: miss.distance)[:_SHOWN]
        lines.append(f'Near "{label}", and not to be taken for it: {", ".join(miss.text for miss in nearest)}, …')
    path = folder / "report.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _told(measured: Measured, makers: Mapping[str, int], seconds: float) -> str:
    """What the figures are of."""
    clips = ", ".join(f"{count} clips by {name}" for name, count in makers.items())
    return (
        f"Learned from {clips}, in {timedelta(seconds=round(seconds))}. Measured on {measured.hours:.2f} hours in "
        f"voices that were not learned from ({', '.join(measured.sources)}); the thresholds were chosen on the same. "
        "95 % intervals. People's voices may do worse: record some and run `legato eval keywords`, or `legato tune` in "
        "your own room."
    )
