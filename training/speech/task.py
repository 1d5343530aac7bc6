"""The speech task: network, data and loss put together for the loop.

Shapes: B batch, S samples, T frames of scores, M mel bands, C labels.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
import torchaudio
from torch import Tensor, nn
from torch.utils.data import DataLoader

from legato.models.frontend import FrontEndConfig, mel_corners
from legato.models.recurrent import RecurrentConfig
from legato.models.speech import LiveSpeechNet, SpeechConfig, SpeechNet
from legato.models.subsampling import SubsamplingConfig
from legato.training.augment import AugmentConfig, change_voices, mask_features
from legato.training.loop import LoopConfig, State
from legato.training.speech.characters import CHARACTERS, greedy
from legato.training.speech.graphs import Graphs
from legato.training.speech.surroundings import Surroundings, at_another_pace, filled
from legato.training.speech.utterances import Batch, Steps, UtteranceConfig, Utterances
from legato.training.workers import prepare_worker


@dataclass(frozen=True)
class SpeechRecipe:
    """All settings of `legato train speech`; a TOML file has a table for each."""

    labels: tuple[str, ...] = CHARACTERS
    bidirectional: bool = True
    """Whether whole recordings are read, both ways, or sound as it comes."""
    frontend: FrontEndConfig = field(default_factory=lambda: FrontEndConfig(hop=160, mels=64))
    subsampling: SubsamplingConfig = field(default_factory=SubsamplingConfig)
    recurrent: RecurrentConfig = field(
        default_factory=lambda: RecurrentConfig(
            inputs=320, hidden=320, layers=5, residual=True, projection=320, dropout=0.15, layer_norm=True
        )
    )
    utterances: UtteranceConfig = field(default_factory=UtteranceConfig)
    augment: AugmentConfig = field(
        default_factory=lambda: AugmentConfig(
            room=0.3, noise=0.6, snr=(3.0, 35.0), frequency_width=14, time_width=35, formants=0.12, colour=0.2
        )
    )
    masks: float = 0.5
    """Spans of frames masked a second; instead of `augment.time_masks`."""
    ease: int = 0
    """Steps over which more and more batches are changed, from none to all"""
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(steps=20_000, rate=1.5e-3, warmup=500, carry=0.0))

    @property
    def network(self) -> SpeechConfig:
        """The network's configuration."""
        return SpeechConfig(self.labels, self.bidirectional, self.frontend, self.subsampling, self.recurrent)


class SpeechObjective(nn.Module):
    """A speech network with its loss and its utterances: what `Loop` trains."""

    def __init__(
        self,
        net: SpeechNet | LiveSpeechNet,
        recipe: SpeechRecipe,
        surroundings: Surroundings,
        train: Utterances,
        dev: Utterances | None,
    ) -> None:
        super().__init__()
        self.net, self.recipe, self.surroundings, self._train, self._dev = net, recipe, surroundings, train, dev
        self._encode = Graphs(net, recipe.loop.half)

    def initial_state(self, batch: int) -> State:  # noqa: ARG002 - every utterance begins at its start
        """None."""
        return ()

    def batches(self, start: int, rank: int, world: int) -> Iterator[Batch]:
        """Batches from step `start` to the last; a pure function of the seed."""
        loop, rows = self.recipe.loop, self.recipe.utterances.rows
        if rows and world == 1 and self.net.frontend.basis.is_cuda:
            self._encode.record(rows, self._counts())
        steps = Steps(self._train, loop.seed, start, loop.steps, rank=rank, world=world)
        loader = DataLoader(
            self._train,
            batch_size=None,
            sampler=steps,
            num_workers=loop.workers,
            worker_init_fn=prepare_worker,
            generator=torch.Generator(),
            prefetch_factor=8 if loop.workers else None,
            pin_memory=self.net.frontend.basis.is_cuda,
        )
        for index, batch in enumerate(loader):
            yield replace(batch, seed=(start + index) * world + rank)

    def stretches(self, batch: Batch, seconds: float) -> Iterator[Batch]:
        """The batch; utterances are learned from as a whole, ValueError for less than that."""
        if seconds:
            raise ValueError("speech is learned from whole utterances: loop.truncate must be 0")
        yield batch

    def forward(self, batch: Batch, state: State) -> tuple[Tensor, dict[str, Tensor], State]:
        """The loss of a batch, its parts, and the state."""
        device = self.net.frontend.basis.device
        audio = batch.sound(device)
        features, heard = self._learned_from(audio, batch) if self.training else self._plain(audio, batch)
        frames = -(-heard // self.recipe.subsampling.rate)
        full = self.training and bool(self.recipe.utterances.rows)
        logits = self._encode(features, None if full else frames)
        scores = torch.log_softmax(logits.float(), dim=-1)
        targets, lengths = batch.targets.to(device, non_blocking=True), batch.target_lengths
        each = nn.functional.ctc_loss(
            scores.transpose(0, 1), targets, frames, lengths, reduction="none", zero_infinity=True
        )
        # By character, so that long utterances weigh as much as they say; the sum would depend on the batch's size.
        loss = each.sum() / lengths.sum()
        return loss, {"ctc": loss.detach()}, state

    def _counts(self) -> list[int]:
        """Frames of features that a batch may have."""
        config, frontend = self.recipe.utterances, self.recipe.frontend
        slowed = (config.longest + 2 * config.edge[1] + config.gap[1]) / self.recipe.augment.speed[0]
        largest = math.ceil(slowed * frontend.sample_rate / self._stride)
        return [number * self._stride // frontend.hop for number in range(1, largest + 1)]

    @property
    def _stride(self) -> int:
        """Samples of the frames of scores of which every batch to learn from has a multiple."""
        return self.recipe.utterances.grid * self.recipe.network.hop

    def _is_changed(self, batch: Batch) -> bool:
        """Whether a batch is one of those that are changed; a batch's seed tells about when in the run it comes."""
        chance = np.random.default_rng([self.recipe.loop.seed, 1, batch.seed])
        return bool(chance.random() * self.recipe.ease <= batch.seed)

    def _plain(self, audio: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Features (B, T R, M) and frames of them (B,)."""
        return self.net.frontend(audio), -(-batch.lengths // self.recipe.frontend.hop)

    @torch.no_grad()
    def _learned_from(self, audio: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Features (B, T R, M) and frames of them (B,); most in other voices, at another pace, in other surroundings.

        Where batches have a fixed number of rows, all rows are full, with silence where nothing is said.
        """
        chance = np.random.default_rng([self.recipe.loop.seed, batch.seed])
        changed, augment, hop = self._is_changed(batch), self.recipe.augment, self.recipe.frontend.hop
        pace = float(np.exp(chance.uniform(*np.log(augment.speed)))) if changed else 1.0
        frames = math.ceil(audio.shape[1] / pace / self._stride) * self._stride // hop
        samples = max(round(frames * pace) * hop, audio.shape[1])
        heard = (-(-batch.lengths // hop) / pace).round().long().clamp(min=1, max=frames)
        if self.recipe.utterances.rows:
            audio, heard = filled(audio, batch.lengths, samples, chance), torch.full_like(heard, frames)
        audio = nn.functional.pad(audio, (0, samples - audio.shape[1]))
        if not changed:
            return self.net.frontend(audio), heard
        features = at_another_pace(self.net.frontend(self.surroundings(audio, chance)), frames)
        features = change_voices(features, mel_corners(self.recipe.frontend)[1:-1], augment, chance)
        seconds = frames * hop / self.recipe.frontend.sample_rate
        spans = replace(augment, time_masks=max(1, round(seconds * self.recipe.masks)))
        return mask_features(features, spans, chance), heard

    @torch.no_grad()
    def validate(self) -> Mapping[str, float]:
        """On dev clips, by greedy decoding: the loss, and the word error rate of each source."""
        if self._dev is None:
            return {}
        losses, wrong, words = [], dict[str, int](), dict[str, int]()
        for utterances in self._dev.alone():
            batch = self._dev[utterances]
            loss, _, _ = self(batch, ())
            losses.append(float(loss))
            features, heard = self._plain(batch.sound(self.net.frontend.basis.device), batch)
            frames = -(-heard // self.recipe.subsampling.rate)
            texts = greedy(self.net.encode(features, frames), frames, self.recipe.labels)
            for utterance, text in zip(utterances, texts, strict=True):
                clip = self._dev.entries[utterance.clips[0]][1]
                said = (clip.text or "").split()
                errors = torchaudio.functional.edit_distance(said, text.split())
                wrong[clip.source] = wrong.get(clip.source, 0) + errors
                words[clip.source] = words.get(clip.source, 0) + len(said)
        rates = {f"wer_{source}": wrong[source] / max(words[source], 1) for source in sorted(words)}
        return {"loss": sum(losses) / len(losses), **rates}

    @torch.no_grad()
    def fit_features(self, batches: int = 8) -> None:
        """Sets the front end's mean and scale so that features of the first batches have mean 0, variance 1."""
        frontend = self.net.frontend
        epoch = self._train.epoch(0, self.recipe.loop.seed)[:batches]
        chance = np.random.default_rng(self.recipe.loop.seed)
        found = []
        for utterances in epoch:
            batch = self._train[utterances]
            heard = self.surroundings(batch.sound(frontend.basis.device), chance)
            features = frontend(heard)
            found += [row[:length] for row, length in zip(features, self._plain(heard, batch)[1].tolist(), strict=True)]
        every = torch.cat(found)
        frontend.mean.copy_(every.mean(dim=0))
        frontend.scale.copy_(1.0 / every.std(dim=0).clamp(min=1e-3))
