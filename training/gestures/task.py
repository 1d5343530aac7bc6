"""The gesture task: labels, data and loss put together for the loop.

Shapes: B batch, T frames, C labels.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor, nn

from legato.models.gesture import GestureConfig, GestureNet, unpacked
from legato.training.gestures.examples import TARGETS, Example, VaryConfig, example, varied
from legato.training.hands.gestures import GESTURES
from legato.training.loop import LoopConfig, State
from legato.training.losses import frame_loss
from legato.training.takes import Take
from legato.training.targets import TargetConfig


@dataclass(frozen=True)
class MixConfig:
    """How many of the streams come from where, as shares; what is not there is left to the others."""

    scenes: float = 0.55
    """Scenes observed without pictures."""
    takes: float = 0.3
    """Other recordings with gestures."""
    others: float = 0.15
    """Recordings in which there are none."""


@dataclass(frozen=True)
class GestureRecipe:
    """All settings of `legato train gestures`; a TOML file has a table for each."""

    labels: tuple[str, ...] = GESTURES
    hidden: int = 96
    layers: int = 2
    dropout: float = 0.1
    references: tuple[float, ...] = (1 / 0.3, 1.0, 0.0)
    weight: float = 3.0
    """Weight of a gesture's frames against one of nothing."""
    frames: int = 256
    """Length of a stream."""
    scenes: int = 6000
    """Scenes to learn from."""
    targets: TargetConfig = TARGETS
    vary: VaryConfig = field(default_factory=VaryConfig)
    mix: MixConfig = field(default_factory=MixConfig)
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(carry=0.0))

    @property
    def network(self) -> GestureConfig:
        """The network's configuration."""
        return GestureConfig(self.labels, self.hidden, self.layers, self.dropout, self.references)

    def without(self, label: str) -> "GestureRecipe":
        """The same for a network that is not to know a gesture; ValueError where there is none of that name."""
        if label not in self.labels:
            raise ValueError(f"there is no gesture {label!r}: known are {', '.join(self.labels)}")
        return replace(self, labels=tuple(known for known in self.labels if known != label))


@dataclass(frozen=True)
class Batch:
    """Streams side by side."""

    frames: Tensor
    """(B, T, F)."""
    targets: Tensor
    """(B, T, 2)."""
    spans: tuple[Tensor, ...]
    """B of (N, 4): slot, class, first and last frame."""


def collate(examples: Sequence[Example]) -> Batch:
    """Examples of one length as a batch."""
    return Batch(
        torch.stack([one.frames for one in examples]),
        torch.stack([one.targets for one in examples]),
        tuple(one.spans for one in examples),
    )


@dataclass(frozen=True)
class GestureData:
    """Takes to learn from, by kind, and those to look at meanwhile."""

    scenes: Sequence[Take]
    takes: Sequence[Take]
    others: Sequence[Take]
    dev: Sequence[Take]

    @property
    def shown(self) -> Sequence[Take]:
        """What thresholds are chosen by: others' dev takes if gestures are in them, else all."""
        others = [take for take in self.dev if take.split == "dev"]
        return others if any(take.spans for take in others) else self.dev

    def without(self, label: str) -> "GestureData":
        """All that does not show a gesture, for a network that is to learn it later."""
        parts = (self.scenes, self.takes, self.others, self.dev)
        return GestureData(*([t for t in part if all(s.label != label for s in t.spans)] for part in parts))


class GestureObjective(nn.Module):
    """A gesture network with its loss and its streams: what `Loop` trains."""

    def __init__(self, net: GestureNet, recipe: GestureRecipe, data: GestureData) -> None:
        super().__init__()
        self.net, self.recipe, self._data = net, recipe, data
        self._classes = {label: place + 1 for place, label in enumerate(recipe.labels)}

    def initial_state(self, _batch: int) -> State:
        """None: all streams begin at their start."""
        return ()

    def batches(self, start: int, rank: int, world: int) -> Iterator[Batch]:
        """Batches from step `start` to the last; a pure function of the seed."""
        loop = self.recipe.loop
        for step in range(start, loop.steps):
            chance = np.random.default_rng([loop.seed, step, rank, world])
            yield collate([self._draw(chance) for _ in range(loop.batch)])

    def _draw(self, chance: np.random.Generator) -> Example:
        mix, data = self.recipe.mix, self._data
        kinds = ((data.scenes, mix.scenes), (data.takes, mix.takes), (data.others, mix.others))
        shares = np.array([share if takes else 0.0 for takes, share in kinds])
        takes = kinds[int(chance.choice(3, p=shares / shares.sum()))][0]
        chosen, frames = [], 0
        while frames < self.recipe.frames:
            take = varied(takes[int(chance.integers(len(takes)))], self.recipe.vary, chance)
            chosen.append(take)
            frames += len(take.recording.time)
        return self._example(chosen, chance)

    def _example(self, takes: Sequence[Take], chance: np.random.Generator) -> Example:
        return example(takes, self._classes, self.recipe.frames, self.recipe.targets, chance)

    def stretches(self, batch: Batch, _seconds: float) -> Iterator[Batch]:
        """All of it at once."""
        yield batch

    def forward(self, batch: Batch, _state: State) -> tuple[Tensor, dict[str, Tensor], State]:
        """The loss of a batch; it has neither parts nor a state that goes on."""
        device = self.net.head.weight.device
        frames = batch.frames.to(device)
        logits, _, _ = self.net.learn(frames, self.net.initial_state(len(frames)))
        loss = frame_loss(logits.flatten(0, 1), batch.targets.flatten(0, 1).to(device), self.recipe.weight)
        return loss, {}, ()

    @torch.no_grad()
    def validate(self) -> Mapping[str, float]:
        """On dev takes: the loss, how often the right label has the highest peak in a span, how high others get."""
        chance = np.random.default_rng(self.recipe.loop.seed)
        losses, right, count, loud, frames = [], 0, 0, 0, 0
        for first in range(0, len(self._data.dev), 16):
            batch = collate([self._example([take], chance) for take in self._data.dev[first : first + 16]])
            losses.append(float(self(batch, ())[0]))
            scores = self.net(batch.frames.to(self.net.head.weight.device)).cpu()
            for row, marks in enumerate(batch.spans):
                for slot, label, begin, end in marks.tolist():
                    right += int(scores[row, begin : end + 1, slot].amax(dim=0).argmax()) == label - 1
                    count += 1
            nothing = batch.targets == 0
            loud += int((scores.amax(dim=-1)[nothing] > 0.5).sum())
            frames += int(nothing.sum())
        if not losses:
            return {}
        return {"loss": sum(losses) / len(losses), "top1": right / max(count, 1), "loud": loud / max(frames, 1)}

    @torch.no_grad()
    def fit_features(self, streams: int = 64) -> None:
        """Sets mean and scale so that features of some streams' frames that count have mean 0 and variance 1."""
        features = self.net.features
        chance = np.random.default_rng([self.recipe.loop.seed, 0, 0, 0, 1])
        batch = collate([self._draw(chance) for _ in range(streams)])
        memory = self.net.initial_state(streams).memory.reshape(-1, features.memory)
        values, course, _ = features.step(*unpacked(batch.frames), memory)
        counting = values[course.counts[..., 0] > 0]
        low, middle, high = counting.quantile(torch.tensor([0.1, 0.5, 0.9]), dim=0)
        # Glitches are far out: the spread between quantiles is that of a normal distribution with deviation 1.
        features.mean.copy_(middle)
        features.scale.copy_(2.563 / (high - low).clamp(min=1e-2))
