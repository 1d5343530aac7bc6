"""Utterances to learn from: clips of a corpus, alone or several in a row, in batches of about the same length.

Everything is a pure function of a seed, the epoch and the place in it, so that a run can stop anywhere and go on
exactly, in any number of processes.

Shapes: B utterances, S samples, N characters of all of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from legato.training.alignment import SAMPLE_RATE
from legato.training.corpus import Clip, Shard
from legato.training.speech.characters import encode

Entry = tuple[Shard, Clip]


@dataclass(frozen=True)
class UtteranceConfig:
    """How clips become utterances, and utterances batches."""

    seconds: float = 160.0
    """Padded audio a batch at most."""
    rows: int = 0
    """Utterances a batch at most; 0 for any number. With a fixed number all rows are full, as a GPU wants them."""
    grid: int = 1
    """Frames of scores of which every batch has a multiple, with silence behind its end: few lengths to record."""
    longest: float = 16.0
    """Seconds of an utterance."""
    join: float = 0.35
    """Probability that another clip follows in the same utterance, as long as there is room."""
    gap: tuple[float, float] = (0.05, 0.9)
    """Seconds of pause between two clips."""
    edge: tuple[float, float] = (0.0, 0.4)
    """Seconds of silence before the first and after the last."""
    pool: int = 1024
    """Utterances that are sorted by length together."""
    repeats: tuple[str, ...] = ()
    """`SOURCE:TIMES` for the sets whose clips come more than once an epoch."""


@dataclass(frozen=True)
class Utterance:
    """What one row of a batch is made of."""

    clips: tuple[int, ...]
    """Places in the list of clips."""
    pauses: tuple[float, ...]
    """Seconds of silence before each clip, and behind the last."""
    seconds: float


@dataclass(frozen=True)
class Batch:
    """Utterances side by side."""

    audio: Tensor
    """(B, S) int16, silence behind the ends; `sound` is what they stand for."""
    lengths: Tensor
    """(B,) samples."""
    targets: Tensor
    """(N,) places of the characters among the labels, one utterance after another."""
    target_lengths: Tensor
    """(B,) characters."""
    seed: int = 0
    """Of what is done to them."""

    def sound(self, device: torch.device) -> Tensor:
        """(B, S) in [-1, 1], on a device; a GPU is not waited for."""
        return self.audio.to(device, non_blocking=True).float() / 32768.0

    def pin_memory(self) -> "Batch":
        """The same with its audio where a GPU can fetch it by itself; what PyTorch's loaders call."""
        return replace(self, audio=self.audio.pin_memory())


def usable(shards: Sequence[Shard], split: str, labels: Sequence[str], longest: float) -> list[Entry]:
    """The clips of a split whose text is known, can be written in the labels, and fits its time."""
    found = []
    for shard in shards:
        for clip in shard.clips:
            if clip.split != split or not clip.text or clip.seconds > longest:
                continue
            characters = encode(clip.text, labels)
            if characters and len(characters) < clip.seconds * 30:
                found.append((shard, clip))
    return found


def repeated(entries: Sequence[Entry], repeats: Sequence[str]) -> list[Entry]:
    """The clips, those of the sets named in `repeats` (`SOURCE:TIMES`) more than once; ValueError for another form."""
    times = {}
    for entry in repeats:
        source, _, count = entry.partition(":")
        if not count.isdigit() or not int(count):
            raise ValueError(f"repeats must be SOURCE:TIMES, not {entry!r}")
        times[source] = int(count)
    return [(shard, clip) for shard, clip in entries for _ in range(times.get(clip.source, 1))]


class Utterances(torch.utils.data.Dataset[Batch]):
    """Batches by the utterances in them."""

    def __init__(self, entries: Sequence[Entry], labels: Sequence[str], hop: int, config: UtteranceConfig) -> None:
        if not entries:
            raise ValueError("there are no recordings with a text to learn from")
        self.entries, self.labels, self.hop, self.config = list(entries), tuple(labels), hop, config

    def __getitem__(self, utterances: Sequence[Utterance]) -> Batch:
        sounds = [self._sound(utterance) for utterance in utterances]
        texts = [self._text(utterance) for utterance in utterances]
        longest = max(map(len, sounds))
        audio = np.zeros((len(sounds), -(-longest // self.hop) * self.hop), np.int16)
        for row, sound in zip(audio, sounds, strict=True):
            row[: len(sound)] = sound
        return Batch(
            torch.from_numpy(audio),
            torch.tensor([len(sound) for sound in sounds]),
            torch.tensor([character for text in texts for character in text]),
            torch.tensor([len(text) for text in texts]),
        )

    def _sound(self, utterance: Utterance) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        *before, after = (np.zeros(int(pause * SAMPLE_RATE), np.int16) for pause in utterance.pauses)
        parts = []
        for pause, place in zip(before, utterance.clips, strict=True):
            shard, clip = self.entries[place]
            parts += [pause, shard.audio[clip.first : clip.first + clip.samples]]
        return np.concatenate([*parts, after])

    def _text(self, utterance: Utterance) -> list[int]:
        texts = [self.entries[place][1].text or "" for place in utterance.clips]
        return encode(" ".join(texts), self.labels)

    def epoch(self, number: int, seed: int) -> list[list[Utterance]]:
        """All clips in a new order, as batches in a new order."""
        chance = np.random.default_rng([seed, number])
        utterances = list(self._utterances(chance))
        batches = []
        for first in range(0, len(utterances), self.config.pool):
            batches += list(self._cut(utterances[first : first + self.config.pool]))
        return [batches[place] for place in chance.permutation(len(batches))]

    def _utterances(self, chance: np.random.Generator) -> Iterator[Utterance]:
        clips: list[int] = []
        seconds, wanted = 0.0, False
        for place in chance.permutation(len(self.entries)).tolist():
            length = self.entries[place][1].seconds
            if clips and not (wanted and seconds + length <= self.config.longest):
                yield self._utterance(clips, chance)
                clips, seconds = [], 0.0
            clips.append(place)
            seconds += length
            wanted = chance.random() < self.config.join
        if clips:
            yield self._utterance(clips, chance)

    def _utterance(self, clips: Sequence[int], chance: np.random.Generator) -> Utterance:
        inner = chance.uniform(*self.config.gap, len(clips) - 1)
        first, last = chance.uniform(*self.config.edge, 2)
        pauses = (first, *inner, last)
        seconds = sum(self.entries[place][1].seconds for place in clips) + sum(pauses)
        return Utterance(tuple(clips), tuple(float(pause) for pause in pauses), float(seconds))

    def _cut(self, utterances: Sequence[Utterance]) -> Iterator[list[Utterance]]:
        """Utterances sorted by length, as many a batch as its padded length allows."""
        batch: list[Utterance] = []
        for utterance in sorted(utterances, key=lambda one: one.seconds):
            full = len(batch) == self.config.rows if self.config.rows else False
            if batch and (full or utterance.seconds * (len(batch) + 1) > self.config.seconds):
                yield batch
                batch = []
            batch.append(utterance)
        if batch:
            yield batch

    def alone(self) -> list[list[Utterance]]:
        """Every clip as an utterance of its own, without pauses, in batches: what is looked at while training."""
        every = [Utterance((place,), (0.0, 0.0), clip.seconds) for place, (_, clip) in enumerate(self.entries)]
        return list(self._cut(every))


class Steps(torch.utils.data.Sampler[list[Utterance]]):
    """The batches that one process learns from, from a step of the run on to its last."""

    def __init__(self, data: Utterances, seed: int, start: int, steps: int, *, rank: int = 0, world: int = 1) -> None:
        self._data, self._seed = data, seed
        self._start, self._steps, self._rank, self._world = start, steps, rank, world

    def __iter__(self) -> Iterator[list[Utterance]]:
        number, epoch = 0, 0
        while True:
            for batch in self._data.epoch(epoch, self._seed):
                step, rank = divmod(number, self._world)
                if step >= self._steps:
                    return
                if step >= self._start and rank == self._rank:
                    yield batch
                number += 1
            epoch += 1
