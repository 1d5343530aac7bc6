"""Decoder settings that follow from the data: how long labels usually last, how long after their end they fire."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

import torch

from legato.models.keyword import KeywordNet
from legato.training.corpus import Shard
from legato.training.keywords import KeywordRecipe
from legato.training.streams import Streams
from legato.training.targets import find_labels

CONFIDENT = 0.85
"""A threshold of the height that measured ones have; the delay is that of events at it."""


@dataclass(frozen=True)
class DecoderDefaults:
    """Decoder settings that no measurement decides."""

    smoothing: float = 0.06
    """Seconds of the moving average over scores."""
    hysteresis: float = 0.5
    """Share of its threshold below which a label's score must fall before it may be reported again."""
    refractory: float = 0.5
    """Seconds after an event in which its label is not reported again."""
    warmup: float = 0.3
    """Seconds from the start of a stream in which nothing is reported."""
    command_window: float = 5.0
    """Seconds after a wake phrase in which the other labels are reported."""
    conflict: float = 0.3
    """Seconds within which only the first of several labels is reported."""
    thresholds: dict[str, float] = field(default_factory=dict)


def usual_durations(shards: Sequence[Shard], labels: Sequence[str]) -> dict[str, float]:
    """Median seconds of each label in the training recordings; 0.5 for one that is nowhere aligned."""
    seconds = defaultdict(list)
    for shard in shards:
        for clip in shard.clips:
            if clip.split == "train" and clip.words:
                for span in find_labels(clip.words, labels):
                    seconds[span.label].append(span.end - span.start)
    return {label: round(median(seconds[label]), 3) if seconds[label] else 0.5 for label in labels}


@torch.no_grad()
def usual_delay(net: KeywordNet, streams: Streams, threshold: float, smoothing: float) -> float:
    """Median seconds from a word's end until its smoothed score passes the threshold, over streams of the dev split."""
    hop = net.config.frontend.hop / net.config.frontend.sample_rate
    width = max(round(smoothing / hop), 1)
    delays = []
    for number in range(len(streams)):
        example = streams[number]
        scores = net.scores(net(example.audio[None]))[0]
        smooth = torch.nn.functional.avg_pool1d(
            torch.nn.functional.pad(scores.T[None], (width - 1, 0)), width, stride=1
        )[0]
        for label, first, last in example.spans.tolist():
            passed = (smooth[label - 1, first : last + 1] >= threshold).nonzero()
            if len(passed):
                # The span begins `early` seconds before the word's end.
                delays.append(passed[0].item() * hop - streams.config.targets.early)
    return round(max(median(delays), 0.0), 3) if delays else 0.1


def calibrate(
    net: KeywordNet, recipe: KeywordRecipe, shards: Sequence[Shard], dev: Streams, threshold: float = 0.5
) -> dict[str, Any]:
    """Decoder settings of a trained network, as the model's contract holds them, all thresholds alike."""
    net.eval()
    defaults = DecoderDefaults(thresholds=dict.fromkeys(recipe.labels, threshold))
    return asdict(defaults) | {
        "delay": usual_delay(net, dev, CONFIDENT, defaults.smoothing),
        "durations": usual_durations(shards, recipe.labels),
        "wake": list(recipe.wake),
    }
