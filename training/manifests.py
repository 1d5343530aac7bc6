"""Manifests for `legato eval keywords` from packed recordings.

A line that may hold a label, but could not be aligned, is left out: nobody knows when an event would be right.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from legato.training.corpus import Clip, Shard
from legato.training.targets import find_labels

COLUMNS = ("path", "label", "start", "end", "speaker", "source", "seconds")


def rows_of(clip: Clip, labels: Sequence[str]) -> list[tuple[str, ...]] | None:
    """The manifest's rows of a clip, one with an empty label where none is said; None where that is not known."""
    ends = {label.split()[-1] for label in labels}
    if clip.text is None or (clip.words is None and ends & set(clip.text.split())):
        return None
    found = find_labels(clip.words, labels) if clip.words else []
    rest = (clip.speaker, clip.source, f"{clip.seconds:.3f}")
    if not found:
        return [(clip.path, "", "", "", *rest)]
    return [(clip.path, span.label, f"{span.start:.2f}", f"{span.end:.2f}", *rest) for span in found]


def write_manifests(shards: Iterable[Shard], labels: Sequence[str], folder: Path, split: str = "dev") -> list[Path]:
    """Writes `SOURCE_SPLIT.tsv` for every source that has clips of the split, and returns the files."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for shard in shards:
        for clip in shard.clips:
            if clip.split == split and (entries := rows_of(clip, labels)) is not None:
                rows.setdefault(clip.source, []).extend(entries)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for source, entries in rows.items():
        path = folder / f"{source}_{split}.tsv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(entries)
        paths.append(path)
    return paths
