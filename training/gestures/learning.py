"""A gesture more for a model that is there, from a few recordings.

New units beside those that are there learn it (see `growing`), on the recordings, varied as others might have made
them, and, so that they stay quiet when something else is shown, on takes like those that the model was trained on.

Letters: T frames, C labels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from legato.app.vision.recording import Recording
from legato.models.gesture import GestureNet
from legato.models.hands import MIDDLE_KNUCKLE, WRIST
from legato.training.gestures.examples import TARGETS, VaryConfig, example, varied
from legato.training.gestures.growing import Kept, grown, keep
from legato.training.gestures.loosening import LoosenConfig, loosened
from legato.training.gestures.task import collate
from legato.training.losses import frame_loss
from legato.training.takes import UNSURE, GestureSpan, Take

Random = np.random.Generator
Doubles = npt.NDArray[np.float64]

_ACTIVE = 0.2
"""Share of a take's liveliest moment below which a hand does nothing"""
_MEAN = 0.15
"""Seconds before and after a frame whose means are compared"""
_LULL = 0.2
"""Seconds of calm within a gesture"""


@dataclass(frozen=True)
class LearnConfig:
    """How a gesture is learned."""

    steps: int = 160
    batch: int = 16
    """Streams a step."""
    new: float = 0.4
    """Share of the streams that show the new gesture."""
    rate: float = 2e-3
    """Highest learning rate (AdamW)."""
    weight: float = 3.0
    """Weight of a gesture's frames against one of nothing."""
    emphasis: float = 8.0
    """The same of the gestures that are learned."""
    frames: int = 192
    """Length of a stream."""
    vary: VaryConfig = field(default_factory=lambda: VaryConfig(turn=0.35, tempo=(0.7, 1.4), mirror=0.0, late=0.2))
    loosen: LoosenConfig = field(default_factory=LoosenConfig)
    seed: int = 1


def shown(recording: Recording, label: str, name: str) -> Take:
    """A recording of a gesture as a take: it is where the hand moves most. ValueError where no hand is seen."""
    best: tuple[float, GestureSpan] | None = None
    for slot in range(recording.presence.shape[1]):
        activity = activity_of(recording, slot)
        if activity.max(initial=0.0) > (best[0] if best else 0.0):
            first, last = _around(activity, recording.time.astype(np.float64))
            span = GestureSpan(label, float(recording.time[first]), float(recording.time[last]), slot)
            best = (float(activity.max()), span)
    if best is None:
        raise ValueError(f"{name} shows no hand that moves")
    return Take(name, recording, (best[1],))


def activity_of(recording: Recording, slot: int) -> Doubles:
    """How much a hand does at each frame (T,): hand sizes a second, of its place and of its shape.

    It is how far the means just before and just after are apart: points that tremble about a place go nowhere.
    """
    frames = len(recording.time)
    there = recording.presence[:, slot] > 0
    if there.sum() < 2:
        return np.zeros(frames)
    points = recording.landmarks[:, slot, :, :2].astype(np.float64)
    size = np.median(np.linalg.norm(points[there, MIDDLE_KNUCKLE] - points[there, WRIST], axis=1))
    step = max(float(np.median(np.diff(recording.time))), 1e-3)
    width = max(1, round(_MEAN / step))
    begin = np.maximum(np.arange(frames) - width, 0)
    middle, end = np.arange(frames), np.minimum(np.arange(frames) + width, frames)
    total = np.concatenate((np.zeros((1, *points.shape[1:])), np.cumsum(points * there[:, None, None], axis=0)))
    count = np.concatenate(((0,), np.cumsum(there)))
    before, after = count[middle] - count[begin], count[end] - count[middle]
    known = (before > 0) & (after > 0)
    ways = (total[end] - total[middle]) / np.maximum(after, 1)[:, None, None]
    ways -= (total[middle] - total[begin]) / np.maximum(before, 1)[:, None, None]
    apart = np.sqrt((ways**2).sum(axis=2).mean(axis=1)) / max(float(size), 1.0)
    return np.where(known, apart / ((end - begin) / 2 * step), 0.0)


def _around(activity: Doubles, times: Doubles) -> tuple[int, int]:
    """The first and the last frame of the time about the liveliest one in which more is done than at rest."""
    peak = int(activity.argmax())
    busy = np.flatnonzero(activity >= _ACTIVE * activity[peak])
    first = last = peak
    for frame in busy[busy < peak][::-1].tolist():
        if times[first] - times[frame] > _LULL:
            break
        first = frame
    for frame in busy[busy > peak].tolist():
        if times[frame] - times[last] > _LULL:
            break
        last = frame
    return first, last


def widened(net: GestureNet, label: str) -> GestureNet:
    """The same network with a label more, which it does not report yet; itself where it has that label."""
    if label in net.config.labels:
        return net
    wide = GestureNet(replace(net.config, labels=(*net.config.labels, label)))
    weights = net.state_dict()
    weights["head.weight"] = torch.cat((weights["head.weight"], torch.zeros(1, net.config.hidden)))
    weights["head.bias"] = torch.cat((weights["head.bias"], weights["head.bias"].min().reshape(1) - 2.0))
    wide.load_state_dict(weights)
    return wide


def learn(
    net: GestureNet,
    new: Sequence[Take],
    replay: Sequence[Take],
    kept: Kept,
    config: LearnConfig | None = None,
    *,
    advance: Callable[[], None] = lambda: None,
) -> GestureNet:
    """The network, widened, after some steps on `new` takes, which may show nothing at all, and on `replay`.

    It is grown where it has no more units than are `kept`. Takes of `replay` that show what the network did not know
    are left out: a new gesture is learned from `new` alone.
    """
    config = config or LearnConfig()
    known = {*net.config.labels, UNSURE}
    replay = [take for take in replay if all(span.label in known for span in take.spans)]
    for label in sorted({span.label for take in new for span in take.spans}):
        net = widened(net, label)
    net = grown(net) if net.config.hidden == kept.hidden else net
    keep(net, kept)
    torch.manual_seed(config.seed)
    net.train()
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.rate, total_steps=config.steps, pct_start=0.15)
    chance = np.random.default_rng(config.seed)
    for _ in range(config.steps):
        optimiser.zero_grad(set_to_none=True)
        _loss(net, new, replay, config, chance).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        advance()
    return net.eval()


def _loss(net: GestureNet, new: Sequence[Take], replay: Sequence[Take], config: LearnConfig, chance: Random) -> Tensor:
    classes = {label: place + 1 for place, label in enumerate(net.config.labels)}
    count = round(config.new * config.batch)
    streams = []
    for number in range(config.batch):
        chosen, frames = [], 0
        while frames < config.frames:
            if number < count:
                take = loosened(new[int(chance.integers(len(new)))], config.loosen, chance)
                chosen.append(varied(take, config.vary, chance))
            else:
                chosen.append(varied(replay[int(chance.integers(len(replay)))], VaryConfig(), chance))
            frames += len(chosen[-1].recording.time)
        streams.append(example(chosen, classes, config.frames, TARGETS, chance))
    batch = collate(streams)
    logits, _, _ = net.learn(batch.frames, net.initial_state(config.batch))
    taught = {span.label for take in new for span in take.spans}
    weights = [config.emphasis if label in taught else config.weight for label in net.config.labels]
    return frame_loss(logits.flatten(0, 1), batch.targets.flatten(0, 1), torch.tensor(weights))
