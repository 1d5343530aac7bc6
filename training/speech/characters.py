"""Texts as characters, and scores back to texts, frame by frame."""

from collections.abc import Sequence

import torch
from torch import Tensor

from legato.app.transcription.texts import normalise
from legato.models.speech import BLANK

CHARACTERS = (BLANK, " ", "'", *"abcdefghijklmnopqrstuvwxyz")
"""The labels of a network that writes English."""


def encode(text: str, labels: Sequence[str]) -> list[int]:
    """Places of a text's characters among the labels; what cannot be written in them is left out."""
    places = {label: place for place, label in enumerate(labels)}
    return [places[character] for character in normalise(text) if character in places]


def greedy(scores: Tensor, frames: Tensor, labels: Sequence[str]) -> list[str]:
    """The texts of scores (B, T, C) with `frames` (B,) each: every frame's best label, without repeats and blanks."""
    texts = []
    for row, count in zip(scores.argmax(dim=-1).cpu(), frames.tolist(), strict=True):
        best = torch.unique_consecutive(row[:count])
        texts.append("".join(labels[place] for place in best.tolist() if place))
    return [" ".join(text.split()) for text in texts]
