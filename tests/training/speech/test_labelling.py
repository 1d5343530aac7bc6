"""Readings that are taken for the truth, and those that are not."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from legato.app.transcription.transcriber import Reading
from legato.app.transcription.words import Word
from legato.training.sources import read_manifest
from legato.training.speech.labelling import Kept, label


def words(*confidences: float) -> tuple[Word, ...]:
    return tuple(Word("go", float(place), place + 0.5, sure) for place, sure in enumerate(confidences))


class Stand:
    """A transcriber that has read everything before; the last recording comes first."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings

    def read(self, paths: Sequence[Path], heard: Callable[[float], None]) -> Iterator[Reading]:
        assert len(paths) == len(self._readings)
        yield from reversed(self._readings)


@pytest.mark.parametrize(
    ("seconds", "sure", "kept"),
    [
        (3.0, (0.95, 0.9), True),
        (3.0, (0.95,), False),
        (16.0, (0.95, 0.9), False),
        (3.0, (0.95, 0.8), False),
        (9.0, (1.0, 1.0, 1.0, 1.0, 1.0, 0.45), False),
    ],
)
def test_what_is_kept(seconds: float, sure: tuple[float, ...], kept: bool) -> None:
    assert Kept().takes(seconds, words(*sure)) == kept


def test_a_manifest_is_what_train_speech_reads(tmp_path: Path) -> None:
    paths = [tmp_path / "ann" / f"{number}.wav" for number in range(3)]
    readings = [
        Reading(0, 2.0, words(0.95, 0.95), ()),
        Reading(1, 2.0, (), ("1.wav: broken",), failed=True),
        Reading(2, 2.0, words(0.2, 0.3), ()),
    ]
    manifest, done = tmp_path / "labels.tsv", list[int]()
    count = label(Stand(readings), paths, manifest, Kept(), done.append)  # type: ignore[arg-type]
    assert (count, done) == (1, [1, 2, 3])
    (recording,) = read_manifest(manifest, "labels")
    assert (recording.path, recording.speaker, recording.text) == (paths[0], "ann", "go go")
    with manifest.open() as file:
        assert next(csv.DictReader(file, delimiter="\t"))["confidence"] == "0.950"
