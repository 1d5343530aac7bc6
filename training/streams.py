"""Training streams: words, sentences, other languages and silence, one after another, with noise and rooms around them.

A stream is a pure function of a seed and its number, so that a run can stop anywhere and go on exactly, in any number
of processes.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from legato.training.alignment import SAMPLE_RATE, Span
from legato.training.augment import (
    AugmentConfig,
    Samples,
    change_speed,
    change_tempo,
    coloured_noise,
    degrade,
    in_room,
    mix,
    rms,
    set_level,
)
from legato.training.corpus import Clip, Shard
from legato.training.media import read_audio
from legato.training.targets import IGNORE, TargetConfig, find_labels, phone_targets, word_targets


@dataclass(frozen=True)
class StreamConfig:
    """What a training stream is made of; the shares are probabilities of what comes next."""

    seconds: float = 8.0
    """Length of a stream."""
    hop: int = 320
    """Samples a frame."""
    words: float = 0.45
    """Share of single clips of a label, all labels alike."""
    near_misses: float = 0.07
    """Share of single clips that only sound like a label."""
    labelled_speech: float = 0.22
    """Share of sentences that hold a label."""
    speech: float = 0.20
    """Share of any sentences."""
    others: float = 0.06
    """Share of speech in which no label is said (other languages)."""
    gap: tuple[float, float] = (0.02, 0.7)
    """Seconds of pause between two of them."""
    empty: float = 0.04
    """Share of streams with noise alone."""
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    targets: TargetConfig = field(default_factory=TargetConfig)


@dataclass(frozen=True)
class Example:
    """A stream and what is to be said about it."""

    audio: torch.Tensor
    """(S,) in [-1, 1]."""
    words: torch.Tensor
    """(T,) classes; 0 nothing, `IGNORE` where it does not matter."""
    phones: torch.Tensor
    """(T,) phone indices, `IGNORE` where unknown."""
    spans: torch.Tensor
    """(N, 3): class, first and last frame of the time in which each word may be reported."""


@dataclass(frozen=True)
class Piece:
    """A clip placed in a stream, its times already those of the stream."""

    start: float
    end: float
    found: tuple[Span, ...]
    phones: tuple[Span, ...]
    words_known: bool


def read_rooms(folder: Path) -> tuple[Samples, ...]:
    """The impulse responses in a folder; none where there is no such folder."""
    paths = sorted(folder.glob("*")) if folder.is_dir() else []
    return tuple(read_audio(path, SAMPLE_RATE).astype(np.float32) / 32768.0 for path in paths)


class Streams(torch.utils.data.Dataset[Example]):
    """Numbered training streams over the clips of one split."""

    def __init__(
        self,
        shards: Sequence[Shard],
        split: str,
        labels: Sequence[str],
        *,
        rooms: Sequence[Samples],
        config: StreamConfig,
        seed: int,
        count: int,
    ) -> None:
        self.labels, self.config, self.rooms, self.seed, self.count = tuple(labels), config, tuple(rooms), seed, count
        self.classes = {label: index + 1 for index, label in enumerate(self.labels)}
        self.single: dict[str, list[tuple[Shard, Clip]]] = defaultdict(list)
        self.pools: dict[str, list[tuple[Shard, Clip]]] = defaultdict(list)
        for shard in shards:
            for clip in shard.clips:
                if clip.split == split:
                    self._sort(shard, clip)
        self._kinds = [
            kind for kind in ("words", "near_misses", "labelled_speech", "speech", "others") if self._has(kind)
        ]
        if not self._kinds:
            raise ValueError(f"there are no recordings of the split {split!r}")

    def _has(self, kind: str) -> bool:
        return bool(self.single if kind == "words" else self.pools[kind])

    def _sort(self, shard: Shard, clip: Clip) -> None:
        entry = (shard, clip)
        if clip.source == "noise":
            self.pools["noises"].append(entry)
            return
        self.pools["voices"].append(entry)
        if clip.text is None:
            self.pools["others"].append(entry)
        elif clip.text in self.classes:
            if clip.words is not None:
                self.single[clip.text].append(entry)
        elif clip.source.startswith(("kokoro", "spoken")) and len(clip.text.split()) <= 3:
            self.pools["near_misses"].append(entry)
        else:
            self.pools["speech"].append(entry)
            if clip.words and find_labels(clip.words, self.labels):
                self.pools["labelled_speech"].append(entry)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Example:
        chance = np.random.default_rng([self.seed, number])
        length = int(self.config.seconds * SAMPLE_RATE) // self.config.hop * self.config.hop
        audio, pieces = self._speech(length, chance)
        audio = self._surroundings(audio, chance)
        return self._example(degrade(audio, self.config.augment, chance), pieces)

    def _speech(self, length: int, chance: np.random.Generator) -> tuple[Samples, list[Piece]]:
        audio, pieces = np.zeros(length, np.float32), list[Piece]()
        if chance.random() < self.config.empty:
            return audio, pieces
        at, loudness = int(chance.uniform(0.0, 0.6) * SAMPLE_RATE), chance.uniform(-3.0, 3.0)
        while at < length:
            samples, clip, factor = self._draw(chance)
            level = loudness + chance.uniform(-5.0, 5.0)
            part = set_level(samples, -20.0 + level)[: length - at]
            audio[at : at + len(part)] += part
            pieces.append(self._piece(clip, at / SAMPLE_RATE, factor))
            at += len(samples) + int(chance.uniform(*self.config.gap) * SAMPLE_RATE)
        return audio, pieces

    def _draw(self, chance: np.random.Generator) -> tuple[Samples, Clip, float]:
        """A random clip's samples, the clip, and by how much its times are shortened."""
        shares = np.array([getattr(self.config, kind) for kind in self._kinds])
        kind = str(chance.choice(self._kinds, p=shares / shares.sum()))
        if kind == "words":
            pool = self.single[sorted(self.single)[chance.integers(len(self.single))]]
        else:
            pool = self.pools[kind]
        shard, clip = pool[chance.integers(len(pool))]
        samples, augment = shard.samples(clip), self.config.augment
        low, high = augment.speed
        wanted = float(np.exp(chance.uniform(np.log(low), np.log(high))))
        samples = change_speed(samples, wanted)
        if chance.random() < augment.tempo and len(samples) > 1_600:
            samples = change_tempo(samples, float(chance.uniform(*augment.tempo_range)))
        return samples, clip, clip.samples / len(samples)

    def _piece(self, clip: Clip, at: float, factor: float) -> Piece:
        def move(span: Span) -> Span:
            return Span(span.label, at + span.start / factor, at + span.end / factor)

        found = find_labels(clip.words, self.labels) if clip.words else []
        known = clip.words is not None or clip.text is None or not (set(clip.text.split()) & self._told_words())
        return Piece(
            start=at,
            end=at + clip.seconds / factor,
            found=tuple(move(span) for span in found),
            phones=tuple(move(span) for span in clip.phones),
            words_known=known,
        )

    def _told_words(self) -> set[str]:
        """Words that end a label: a line with one of them, but without times, may hide a label."""
        return {label.split()[-1] for label in self.labels}

    def _surroundings(self, audio: Samples, chance: np.random.Generator) -> Samples:
        augment = self.config.augment
        if chance.random() < augment.room:
            audio = in_room(audio, self._room(chance))
        if chance.random() < augment.noise or not audio.any():
            noise = self._noise(len(audio), chance)
            if not audio.any():
                return noise
            return mix(audio, noise, chance.uniform(*augment.snr))
        return audio + 1e-5 * chance.standard_normal(len(audio)).astype(np.float32)

    def _room(self, chance: np.random.Generator) -> Samples:
        """A measured impulse response, or noise that dies away as in a room of 0.1 to 0.6 s of reverberation."""
        if self.rooms and chance.random() < 0.5:
            return self.rooms[chance.integers(len(self.rooms))][: SAMPLE_RATE // 2]
        decay = chance.uniform(0.1, 0.6)
        time = np.arange(int(decay * SAMPLE_RATE)) / SAMPLE_RATE
        tail = chance.standard_normal(len(time)) * 10 ** (-3 * time / decay) * chance.uniform(0.02, 0.12)
        tail[0] = 1.0
        return tail.astype(np.float32)

    def _noise(self, length: int, chance: np.random.Generator) -> Samples:
        augment, kind = self.config.augment, chance.random()
        if kind < augment.coloured:
            return coloured_noise(length, chance)
        if kind < augment.coloured + augment.babble and self.pools["voices"]:
            return sum(
                (self._voice(length, chance) for _ in range(chance.integers(1, 6))), np.zeros(length, np.float32)
            )
        if not self.pools["noises"]:
            return coloured_noise(length, chance)
        shard, clip = self.pools["noises"][chance.integers(len(self.pools["noises"]))]
        return _fill(shard.samples(clip), length, chance)

    def _voice(self, length: int, chance: np.random.Generator) -> Samples:
        """Somebody in the background: what is said there is not said to us."""
        shard, clip = self.pools["voices"][chance.integers(len(self.pools["voices"]))]
        sound = _fill(shard.samples(clip), length, chance)
        return sound / max(rms(sound), 1e-6)

    def _example(self, audio: Samples, pieces: list[Piece]) -> Example:
        config, hop = self.config, self.config.hop / SAMPLE_RATE
        frames = len(audio) // config.hop
        found = [span for piece in pieces for span in piece.found if span.end <= config.seconds]
        words = word_targets(found, self.classes, frames, hop, config.targets)
        heard = (np.arange(frames) + 1) * hop
        for piece in pieces:
            if not piece.words_known:
                words[(heard >= piece.start) & (heard < piece.end + config.targets.fall + config.targets.late)] = IGNORE
        # What the stream before this one ended with may still sound here.
        words[heard < config.targets.fall + config.targets.late] = IGNORE
        known = [(piece.start, piece.end) for piece in pieces if piece.phones]
        phones = phone_targets(
            [phone for piece in pieces for phone in piece.phones], known, frames, hop, config.targets
        )
        return Example(
            torch.from_numpy(audio), torch.from_numpy(words), torch.from_numpy(phones), self._spans(found, frames, hop)
        )

    def _spans(self, found: Sequence[Span], frames: int, hop: float) -> torch.Tensor:
        rows = []
        for span in found:
            first = int(np.ceil((span.end - self.config.targets.early) / hop)) - 1
            last = int(np.ceil((span.end + self.config.targets.fall) / hop)) - 1
            if first >= 0 and last < frames:
                rows.append([self.classes[span.label], first, last])
        return torch.tensor(rows, dtype=torch.int64).reshape(-1, 3)


def _fill(sound: Samples, length: int, chance: np.random.Generator) -> npt.NDArray[np.float32]:
    """A random stretch of a sound, repeated where it is too short."""
    if len(sound) < length:
        sound = np.tile(sound, length // max(len(sound), 1) + 1)
    start = int(chance.integers(0, len(sound) - length + 1))
    return sound[start : start + length]
