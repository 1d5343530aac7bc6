"""A tiny corpus: tones for words, so that a run takes a second, in shards as `build_shard` would write them."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from legato.training.alignment import SAMPLE_RATE, Span
from legato.training.corpus import Clip, Shard, open_shard

TONES = {"yes": 400.0, "no": 900.0, "hey you": 2000.0}
"""Hertz of the tone that stands for each label."""


@pytest.fixture(scope="session")
def tone_shard(tmp_path_factory: pytest.TempPathFactory) -> Shard:
    folder = tmp_path_factory.mktemp("corpus")
    chance, clips, sounds, first = np.random.default_rng(1), [], [], 0
    for number in range(24):
        label = tuple(TONES)[number % 3]
        length = int(chance.uniform(0.3, 0.5) * SAMPLE_RATE)
        tone = 8_000 * np.sin(2 * np.pi * TONES[label] * np.arange(length) / SAMPLE_RATE)
        seconds = length / SAMPLE_RATE
        words = tuple(Span(part, 0.0, seconds) for part in label.split())
        split = "dev" if number >= 18 else "train"
        phones = (Span("AA", 0.0, seconds),)
        clips.append(Clip(f"{number}.wav", "tone", label, "tones", split, first, length, words, phones))
        sounds.append(tone.astype(np.int16))
        first += length
    np.concatenate(sounds).tofile(folder / "tones.s16")
    (folder / "tones.json").write_text(json.dumps([asdict(clip) for clip in clips]))
    return open_shard(Path(folder), "tones")
