"""Spoken words for the laboratory: single words out of a set of recordings, as features of one length.

Shapes: N recordings, T frames, F features.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from legato.app.devices.media import MediaFile
from legato.app.engine.errors import LegatoError
from legato.models.frontend import FrontEndConfig, LogMel
from legato.training.corpus import Recording
from legato.training.keywords import SPEECH_COMMANDS
from legato.training.lab.bill import words

_RATE, _SECONDS = 16_000, 1.2
_EACH = 40
"""Recordings of a word that are learned from, at most"""


@dataclass(frozen=True)
class Spoken:
    """Words to tell apart."""

    features: Tensor
    """(N, T, F)"""
    labels: Tensor
    """(N)"""
    held_out: Tensor
    """(N) whether none is learned from"""

    def learn(self, kind: str, seconds: float) -> dict[str, Any]:
        """What a cell makes of them in so many seconds."""
        return words(kind, self.features, self.labels, self.held_out, seconds)


def spoken(recordings: list[Recording]) -> Spoken:
    """The recordings that say one of the words of Speech Commands; ValueError where there are too few."""
    places = {word: place for place, word in enumerate(SPEECH_COMMANDS)}
    counts, sounds, labels, held_out = Counter[str](), [], [], []
    for one in recordings:
        word = (one.text or "").lower().strip(" .")
        if word not in places or (one.split == "train" and counts[word] >= _EACH):
            continue
        sound = _read(Path(one.path))
        if sound is None:
            continue
        counts[word] += one.split == "train"
        sounds.append(sound)
        labels.append(places[word])
        held_out.append(one.split != "train")
    if len(counts) < 2 or not any(held_out):
        raise ValueError("the recordings hold too few of the words of Speech Commands, or none that is held out")
    frontend = LogMel(FrontEndConfig())
    with torch.no_grad():
        features = torch.cat([frontend(part) for part in torch.from_numpy(np.stack(sounds)).split(64)])
    features = (features - features.mean(dim=(0, 1))) / features.std(dim=(0, 1)).clamp(min=1e-3)
    return Spoken(features, torch.tensor(labels), torch.tensor(held_out))


def _read(path: Path) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """The middle of a recording at a length of its own; None where it cannot be read."""
    try:
        with MediaFile(path, _RATE) as file:
            sound = file.whole()
    except LegatoError:
        return None
    wanted = round(_SECONDS * _RATE) // 320 * 320
    begin = max((len(sound) - wanted) // 2, 0)
    cut = sound[begin : begin + wanted]
    return np.pad(cut, (0, wanted - len(cut))).astype(np.float32)
