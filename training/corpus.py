"""Recordings decoded, aligned and packed once, then read from a memory map while training.

A corpus folder holds shards; a shard is `NAME.s16` (every clip's samples, one after another, 16 kHz signed 16-bit)
and `NAME.json` (a list of clips: where their samples lie, who speaks, what is said and when).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from legato.training.alignment import SAMPLE_RATE, Aligner, Alignment, Span
from legato.training.media import read_audio


@dataclass(frozen=True)
class Recording:
    """A recording as its source lists it."""

    path: Path
    speaker: str
    text: str | None
    """What is said; None where nobody wrote it down."""
    source: str
    """The set that it comes from."""
    split: str
    """`train` or `dev`."""
    span: tuple[float, float] | None = None
    """Start and end in seconds of the speech in a clip that a known rule trimmed; None where alignment has to tell."""


@dataclass(frozen=True)
class Clip:
    """A recording in a shard."""

    path: str
    speaker: str
    text: str | None
    source: str
    split: str
    first: int
    """Index of its first sample in the shard."""
    samples: int
    words: tuple[Span, ...] | None
    """When each word is said; None where it is not known."""
    phones: tuple[Span, ...] = field(default=())
    """When each phone is said; empty where it is not known."""

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.samples / SAMPLE_RATE


@dataclass(frozen=True)
class Shard:
    """Clips and their samples, mapped into memory."""

    clips: tuple[Clip, ...]
    audio: npt.NDArray[np.int16]

    def samples(self, clip: Clip) -> npt.NDArray[np.float32]:
        """A clip's samples (S,) in [-1, 1]."""
        return self.audio[clip.first : clip.first + clip.samples].astype(np.float32) / 32768.0


def build_shard(
    recordings: Sequence[Recording],
    folder: Path,
    name: str,
    progress: Callable[[int], None] = lambda _: None,
    *,
    align: bool = True,
) -> None:
    """Decode, align and pack recordings into the shard `name` of a folder; a shard that is complete is left alone.

    Without `align` nothing is known of when words are said.
    """
    index = folder / f"{name}.json"
    if index.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    aligner, clips, first = Aligner() if align else None, [], 0
    with (folder / f"{name}.s16").open("wb") as sound:
        for number, recording in enumerate(recordings):
            samples = read_audio(recording.path, SAMPLE_RATE)
            alignment = aligner.align(samples, recording.text) if aligner and recording.text else None
            clips.append(_clip(recording, first, samples, alignment))
            sound.write(samples.tobytes())
            first += len(samples)
            progress(number + 1)
    partial = index.with_suffix(".partial")
    partial.write_text(json.dumps([asdict(clip) for clip in clips]))
    partial.rename(index)


def _clip(recording: Recording, first: int, samples: npt.NDArray[np.int16], alignment: Alignment | None) -> Clip:
    words: tuple[Span, ...] | None = alignment.words if alignment else None
    if recording.text and recording.span:
        # The rule knows the edges better than the aligner, and inner boundaries do not matter for one label.
        start, end = recording.span
        words = (Span(recording.text, start, end),)
    return Clip(
        path=str(recording.path),
        speaker=recording.speaker,
        text=recording.text,
        source=recording.source,
        split=recording.split,
        first=first,
        samples=len(samples),
        words=words,
        phones=alignment.phones if alignment else (),
    )


def open_shard(folder: Path, name: str) -> Shard:
    """A shard that `build_shard` made."""
    clips = tuple(_read_clip(entry) for entry in json.loads((folder / f"{name}.json").read_text()))
    return Shard(clips, np.memmap(folder / f"{name}.s16", dtype=np.int16, mode="r"))


def _read_clip(entry: dict[str, Any]) -> Clip:
    words, phones = entry.pop("words"), entry.pop("phones")
    return Clip(**entry, words=None if words is None else _spans(words), phones=_spans(phones))


def _spans(entries: list[dict[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(**entry) for entry in entries)


def speech(shards: Iterable[Shard], split: str) -> Iterator[tuple[Shard, Clip]]:
    """Every clip of a split with its shard."""
    for shard in shards:
        for clip in shard.clips:
            if clip.split == split:
                yield shard, clip
