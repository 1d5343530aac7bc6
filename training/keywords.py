"""The keyword task: labels, data and losses put together for the loop, and the finished model as a checkpoint.

Shapes: B batch, S samples, T frames, C labels.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, SequentialSampler

from legato.models.frontend import FrontEndConfig, mel_corners
from legato.models.keyword import KeywordConfig, KeywordNet, KeywordState
from legato.models.recurrent import RecurrentConfig, RecurrentState
from legato.training.alignment import PHONES, SAMPLE_RATE
from legato.training.augment import change_voices, mask_features
from legato.training.loop import LoopConfig, State
from legato.training.losses import frame_loss, max_pool_loss, phone_loss, word_ctc_loss
from legato.training.streams import Example, StreamConfig, Streams
from legato.training.workers import prepare_worker

_WORDS = """
backward bed bird cat dog down eight five follow forward four go happy house learn left marvin nine
no off on one right seven sheila six stop three tree two up visual wow yes zero
"""
SPEECH_COMMANDS = tuple(_WORDS.split())
"""The words of Google Speech Commands, version 2."""

WAKE_PHRASES = ("hey legato", "computer", "alexa", "hey jarvis")


@dataclass(frozen=True)
class LossConfig:
    """What is minimised."""

    kind: str = "frame"
    """`frame`, `max_pool` or `ctc`."""
    word_weight: float = 3.0
    """Weight of a word's frames against one of nothing."""
    phones: float = 0.3
    """Weight of the phone head's loss."""


@dataclass(frozen=True)
class KeywordRecipe:
    """All settings of `legato train keywords`; a TOML file has a table for each."""

    labels: tuple[str, ...] = SPEECH_COMMANDS + WAKE_PHRASES
    wake: tuple[str, ...] = WAKE_PHRASES
    frontend: FrontEndConfig = field(default_factory=FrontEndConfig)
    recurrent: RecurrentConfig = field(default_factory=RecurrentConfig)
    loss: LossConfig = field(default_factory=LossConfig)
    streams: StreamConfig = field(default_factory=StreamConfig)
    loop: LoopConfig = field(default_factory=LoopConfig)

    @property
    def network(self) -> KeywordConfig:
        """The network's configuration."""
        return KeywordConfig(self.labels, self.frontend, self.recurrent, phones=len(PHONES))


@dataclass(frozen=True)
class Batch:
    """Streams side by side, or a stretch of them."""

    audio: Tensor
    """(B, S)."""
    words: Tensor
    """(B, T)."""
    phones: Tensor
    """(B, T)."""
    spans: tuple[Tensor, ...]
    """B of (N, 3): class, first and last frame."""
    seed: int
    """Of the masks over the features."""


def collate(examples: Sequence[Example]) -> Batch:
    """Examples of one length as a batch."""
    return Batch(
        torch.stack([example.audio for example in examples]),
        torch.stack([example.words for example in examples]),
        torch.stack([example.phones for example in examples]),
        tuple(example.spans for example in examples),
        seed=0,
    )


class _Strided(torch.utils.data.Sampler[int]):
    """Numbers of the streams that one process learns from, starting anywhere: its share of every step's batch."""

    def __init__(self, start: int, steps: int, batch: int, rank: int, world: int) -> None:
        self._steps, self._batch, self._rank, self._world = range(start, steps), batch, rank, world

    def __iter__(self) -> Iterator[int]:
        for step in self._steps:
            first = (step * self._world + self._rank) * self._batch
            yield from range(first, first + self._batch)

    def __len__(self) -> int:
        return len(self._steps) * self._batch


class KeywordObjective(nn.Module):
    """A keyword network with its losses and its streams: what `Loop` trains."""

    def __init__(self, net: KeywordNet, recipe: KeywordRecipe, train: Streams, dev: Streams | None) -> None:
        super().__init__()
        self.net, self.recipe, self._train, self._dev = net, recipe, train, dev

    def initial_state(self, batch: int) -> State:
        """Zeros for `batch` streams."""
        return tuple(self.net.initial_state(batch))

    def batches(self, start: int, rank: int, world: int) -> Iterator[Batch]:
        """Batches from step `start` to the last; a pure function of the seed."""
        loop = self.recipe.loop
        sampler = _Strided(start, loop.steps, loop.batch, rank, world)
        for index, batch in enumerate(self._load(self._train, sampler, loop.workers)):
            yield replace(batch, seed=(start + index) * world + rank)

    def _load(self, streams: Streams, sampler: torch.utils.data.Sampler[int], workers: int) -> Iterator[Batch]:
        return iter(
            DataLoader(
                streams,
                self.recipe.loop.batch,
                sampler=sampler,
                num_workers=workers,
                collate_fn=collate,
                worker_init_fn=prepare_worker,
                # Its own, so that making the loader does not touch the random state of the run.
                generator=torch.Generator(),
                prefetch_factor=4 if workers else None,
            )
        )

    def stretches(self, batch: Batch, seconds: float) -> Iterator[Batch]:
        """A batch cut in time; the marks of a word go with the stretch that holds all of them."""
        hop, frames = self.recipe.frontend.hop, batch.words.shape[1]
        size = max(int(seconds * SAMPLE_RATE) // hop, 1) if seconds else frames
        for first in range(0, frames, size):
            last = min(first + size, frames)
            yield Batch(
                batch.audio[:, first * hop : last * hop],
                batch.words[:, first:last],
                batch.phones[:, first:last],
                tuple(_inside(marks, first, last) for marks in batch.spans),
                batch.seed + first,
            )

    def forward(self, batch: Batch, state: State) -> tuple[Tensor, dict[str, Tensor], State]:
        """The loss of a stretch, its parts, and the state at its end."""
        device = self.net.frontend.basis.device
        before = KeywordState(*state)
        features, history = self.net.frontend.step(batch.audio.to(device), before.history)
        if self.training:
            chance = np.random.default_rng([self.recipe.loop.seed, batch.seed])
            augment = self.recipe.streams.augment
            features = change_voices(features, mel_corners(self.recipe.frontend)[1:-1], augment, chance)
            features = mask_features(features, augment, chance)
        outputs, recurrent = self.net.recurrent.step(features, RecurrentState(before.hidden, before.cell))
        words = self._word_loss(self.net.head(outputs), batch)
        phones = phone_loss(cast("nn.Linear", self.net.phones)(outputs), batch.phones.to(device))
        parts = {"words": words.detach(), "phones": phones.detach()}
        return words + self.recipe.loss.phones * phones, parts, (history, *recurrent)

    def _word_loss(self, logits: Tensor, batch: Batch) -> Tensor:
        kind, weight = self.recipe.loss.kind, self.recipe.loss.word_weight
        words = batch.words.to(logits.device)
        if kind == "frame":
            return frame_loss(logits, words, weight)
        if kind == "max_pool":
            return max_pool_loss(logits, words, batch.spans, weight)
        if kind == "ctc":
            return word_ctc_loss(logits, batch.spans)
        raise ValueError(f"loss.kind must be frame, max_pool or ctc, not {kind!r}")

    @torch.no_grad()
    def validate(self) -> Mapping[str, float]:
        """On dev streams: the losses, and the share of words whose label has the highest peak in its span."""
        if self._dev is None:
            return {}
        totals, right, words = {"words": 0.0, "phones": 0.0}, 0, 0
        batches = 0
        for batch in self._load(self._dev, SequentialSampler(self._dev), 0):
            batches += 1
            _, losses, _ = self(batch, self.initial_state(len(batch.audio)))
            totals = {name: totals[name] + losses[name] for name in totals}
            scores = self.net.scores(self.net(batch.audio.to(self.net.frontend.basis.device)))
            for row, marks in enumerate(batch.spans):
                for label, first, last in marks.tolist():
                    right += int(scores[row, first : last + 1].amax(dim=0).argmax()) == label - 1
                    words += 1
        return {name: total / batches for name, total in totals.items()} | {"top1": right / max(words, 1)}

    @torch.no_grad()
    def fit_features(self, streams: int = 64) -> None:
        """Sets the front end's mean and scale so that features of the first streams have mean 0, variance 1."""
        frontend = self.net.frontend
        features = torch.cat([frontend(self._train[number].audio[None]) for number in range(streams)]).flatten(0, 1)
        frontend.mean.copy_(features.mean(dim=0))
        frontend.scale.copy_(1.0 / features.std(dim=0).clamp(min=1e-3))


def _inside(marks: Tensor, first: int, last: int) -> Tensor:
    whole = marks[(marks[:, 1] >= first) & (marks[:, 2] < last)]
    return whole - torch.tensor([0, first, first])
