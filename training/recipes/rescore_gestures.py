"""Whether a second look helps: a bidirectional network over the span before each event, which may take it back.

    python training/recipes/rescore_gestures.py MODEL MANIFEST [STEPS]

MODEL is a gesture model, MANIFEST that of films to measure with, as gesture_figures.sh leaves them; it learns from what
gestures.sh leaves. Prints the figures without it and with it, at several thresholds of both.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import platformdirs
import torch
from torch import Tensor

from legato.app.engine.events import GestureEvent
from legato.app.engine.inputs import HANDS
from legato.app.engine.session import Session
from legato.app.evaluation.gestures import Gesture, View, evaluate
from legato.app.evaluation.manifest import read_manifest
from legato.app.evaluation.watching import Viewing, sights
from legato.app.vision.recording import Recording
from legato.app.vision.tracker import HandModels
from legato.export.rebuild import rebuild
from legato.models.gesture import GestureNet, unpacked
from legato.models.rescoring import RescoringConfig, RescoringNet
from legato.training.datasets import registry
from legato.training.gestures.calibration import Shown, events_of, settings
from legato.training.gestures.examples import frames_of
from legato.training.gestures.pool import make_pool
from legato.training.gestures.task import Batch, GestureData, GestureObjective, GestureRecipe, MixConfig
from legato.training.hands.gestures import GESTURES
from legato.training.loop import LoopConfig
from legato.training.losses import frame_loss
from legato.training.takes import GestureSpan, Take

FRAMES = 56
"""Of a span"""
SPANS = 4
"""Taken from each stream"""
STREAMS = 12
"""A step"""
CACHE = platformdirs.user_cache_path("legato") / "gestures"


def spans(batch: Batch, chance: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Spans (B, T, F), their lengths (B,), and what each hand has just done at their ends (B, 2)."""
    inputs, lengths, targets = [], [], []
    for frames, said in zip(batch.frames, batch.targets, strict=True):
        some = np.flatnonzero((said > 0).any(dim=1).numpy())
        known = np.flatnonzero((said >= 0).any(dim=1).numpy())
        for number in range(SPANS):
            ends = some if len(some) and number % 2 else known
            end = int(ends[chance.integers(len(ends))]) + 1
            span = frames[max(0, end - FRAMES) : end]
            inputs.append(torch.nn.functional.pad(span, (0, 0, 0, FRAMES - len(span))))
            lengths.append(len(span))
            targets.append(said[end - 1])
    return torch.stack(inputs), torch.tensor(lengths), torch.stack(targets)


def trained(objective: GestureObjective) -> RescoringNet:
    """A network that has learned from all of an objective's batches."""
    torch.manual_seed(1)
    chance, steps = np.random.default_rng(1), objective.recipe.loop.steps
    net = RescoringNet(RescoringConfig(GESTURES))
    inputs, _, _ = spans(next(objective.batches(0, 0, 1)), chance)
    features = net.features
    values, course, _ = features.step(*unpacked(inputs), inputs.new_zeros(len(inputs) * HANDS, features.memory))
    low, middle, high = values[course.counts[..., 0] > 0].quantile(torch.tensor([0.1, 0.5, 0.9]), dim=0)
    features.mean.copy_(middle)
    features.scale.copy_(2.563 / (high - low).clamp(min=1e-2))
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    for step, batch in enumerate(objective.batches(0, 0, 1), 1):
        inputs, lengths, targets = spans(batch, chance)
        loss = frame_loss(net.logits(inputs, lengths), targets, 1.0)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 200 == 0:
            print(f"step {step}: loss {loss.item():.3f}", file=sys.stderr)
    return net.eval()


def watched(manifest: Path) -> Iterator[Take]:
    """The recordings of a manifest as takes, and, of each hand, what it does."""
    models = HandModels.shipped("cpu")
    for entry in read_manifest(manifest).recordings:
        seen = list(sights(entry.path, models, Viewing(hands=CACHE / "seen")))
        recording = Recording.of([(sight.time, sight.hands) for sight in seen], seen[0].size)
        found = tuple(GestureSpan(row.label, row.start, row.end or 0.0, 0) for row in entry.rows if row.label)
        yield Take(entry.path.name, recording, found)


@torch.no_grad()
def view(take: Take, scores: np.ndarray, net: GestureNet, again: RescoringNet, levels: tuple[float, float]) -> View:
    """The events of a take at a threshold, without those that the second look gives less than its own."""
    frames, events = torch.from_numpy(frames_of(take.recording)), []
    for slot in range(HANDS):
        for label, time in events_of(
            take, scores[:, slot], GESTURES, settings(levels[0], dict.fromkeys(GESTURES, 0.5))
        ):
            end = int(np.searchsorted(take.recording.time, time, side="right"))
            span = frames[max(0, end - FRAMES) : end][None]
            second = again(span, torch.tensor([span.shape[1]]))[0, slot, net.config.labels.index(label)]
            if levels[1] <= float(second):
                events.append(GestureEvent(label, time, time, time, 1.0, ""))
    made = tuple(Gesture(span.label, span.start, span.end) for span in take.spans)
    return View(made, tuple(sorted(events, key=lambda event: event.emitted)), float(take.recording.time[-1]))


def main(model: Path, manifest: Path, steps: int) -> None:
    """Train, and print the comparison."""
    torch.set_num_threads(1)
    net = rebuild(model, Session.open(model, "cpu").contract)
    if not isinstance(net, GestureNet):
        raise SystemExit(f"{model}: no gesture network")
    takes = registry.read(f"takes:{CACHE / 'films'}", CACHE)
    takes += registry.read(f"takes:{CACHE / 'fingerspelling' / 'learn'}", CACHE)
    learned = [take for take in takes if take.split == "train"]
    recipe = GestureRecipe(mix=MixConfig(0.4, 0.4, 0.2), loop=LoopConfig(steps=steps, batch=STREAMS))
    scenes = make_pool(CACHE / "scenes", recipe.scenes, GESTURES, recipe.loop.seed)
    gestures, others = [take for take in learned if take.spans], [take for take in learned if not take.spans]
    data = GestureData(scenes, gestures, others, [])
    again = trained(GestureObjective(GestureNet(recipe.network), recipe, data))
    shown = Shown.to(net, list(watched(manifest)))
    for first in (0.5, 0.6, 0.7, 0.8, 0.9):
        for second in (0.0, 0.1, 0.3, 0.5, 0.7):
            pairs = zip(shown.takes, shown.scores, strict=True)
            report = evaluate([view(take, scores, net, again, (first, second)) for take, scores in pairs], GESTURES)
            found, false, order = report.all.detection, report.all.false.by_minute(), report.sequences.accuracy or 0.0
            print(
                f"threshold {first:.1f}, second look {second:.1f}: {found.value:.1%} found, "
                f"{false['per_minute']:.2f} false a minute, Levenshtein accuracy {order:.1%}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1500)
