"""A tiny spoken language: every letter is a tone, every word a few of them."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from legato.models.frontend import FrontEndConfig
from legato.models.recurrent import RecurrentConfig
from legato.models.speech import BLANK
from legato.models.subsampling import SubsamplingConfig
from legato.training.alignment import SAMPLE_RATE
from legato.training.augment import AugmentConfig
from legato.training.corpus import Clip, Shard, open_shard
from legato.training.loop import LoopConfig
from legato.training.speech.task import SpeechRecipe
from legato.training.speech.utterances import UtteranceConfig

LABELS = (BLANK, " ", "a", "b", "c")
TONES = {"a": 400.0, "b": 1000.0, "c": 2500.0, " ": 0.0}
"""Hertz"""


def spoken(text: str) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    time = np.arange(int(0.12 * SAMPLE_RATE)) / SAMPLE_RATE
    parts = [8_000 * np.sin(2 * np.pi * TONES[letter] * time) for letter in text]
    return np.concatenate(parts).astype(np.int16)


@pytest.fixture(scope="session")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Shard:
    folder = tmp_path_factory.mktemp("corpus")
    chance, clips, sounds, first = np.random.default_rng(1), [], [], 0
    for number in range(40):
        words = ["".join(chance.choice(list("abc"), 2, replace=False)) for _ in range(chance.integers(1, 4))]
        text = " ".join(words)
        sound = spoken(text)
        split = "dev" if number >= 34 else "train"
        clips.append(Clip(f"{number}.wav", "tone", text, "tones", split, first, len(sound), None))
        sounds.append(sound)
        first += len(sound)
    np.concatenate(sounds).tofile(folder / "tones.s16")
    (folder / "tones.json").write_text(json.dumps([asdict(clip) for clip in clips]))
    return open_shard(Path(folder), "tones")


@pytest.fixture
def recipe() -> SpeechRecipe:
    return SpeechRecipe(
        labels=LABELS,
        frontend=FrontEndConfig(window=256, hop=160, mels=20),
        subsampling=SubsamplingConfig(channels=16, outputs=24, rate=3),
        recurrent=RecurrentConfig(inputs=24, hidden=16, layers=1),
        utterances=UtteranceConfig(seconds=12.0, longest=3.0),
        augment=AugmentConfig(
            speed=(0.95, 1.05), room=0, noise=0.5, snr=(20, 30), band=0, coarse=0, clip=0, frequency_masks=0
        ),
        masks=0.0,
        loop=LoopConfig(steps=6, rate=0.02, warmup=5, carry=0.0, save_every=3, validate_every=3),
    )
