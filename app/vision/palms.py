"""Where palms are in a picture: MediaPipe's palm detector, a single-shot detector with its anchors.

The network and its constants are those of MediaPipe's hand tracking (Zhang et al. 2020, arXiv 2006.10214).

Letters: A anchors, N detections.
"""

import functools
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from legato.app.engine import providers
from legato.app.engine.graph import open_graph
from legato.app.vision.region import Floats, Picture, Region, around, upright

SIDE = 192
"""Pixels of the network's picture"""
LIKELY = 0.5
"""Score, 0..1, from which something is a palm"""
_SAME = 0.3
"""Intersection over union from which two detections are of one palm"""
_WRIST, _MIDDLE_KNUCKLE = 0, 2
"""Places in a palm's seven points"""
_LAYERS = ((8, 2), (16, 6))
"""Stride in pixels of each grid, and anchors in each of its cells"""


@dataclass(frozen=True)
class Palm:
    """A palm, and its seven points in pixels."""

    score: float
    low: Floats
    """(2,): upper left corner of the box"""
    high: Floats
    """(2,): lower right corner"""
    points: Floats
    """(7, 2): wrist, knuckles of index to little finger, thumb's base and knuckle"""

    @property
    def region(self) -> Region:
        """Where to look for the whole hand."""
        angle = upright(self.points[_WRIST], self.points[_MIDDLE_KNUCKLE])
        return around(self.low, self.high, angle, scale=2.6, shift=0.5)


class PalmDetector:
    """Finds palms. It remembers nothing."""

    def __init__(self, graph: Path, device: str = "auto") -> None:
        """The network in the file `graph`. ModelError or DeviceError where it cannot be run."""
        self._session = open_graph(graph, device)
        self.provider = providers.in_use(self._session)
        self._input = self._session.get_inputs()[0].name

    def find(self, picture: Picture) -> list[Palm]:
        """All palms of a picture (height, width, 3), the likeliest first."""
        boxed, scale, edge = _letterbox(picture)
        raw, logits = self._session.run(None, {self._input: boxed})
        scores = 1 / (1 + np.exp(-np.clip(logits[0, :, 0], -100, 100)))
        likely = scores >= LIKELY
        centres = _anchors()[likely]
        values = raw[0, likely].reshape(-1, 9, 2) / SIDE  # centre, size and seven points, from the anchor
        places = np.concatenate((values[:, :1], values[:, 2:]), axis=1) + centres[:, None]
        half = values[:, 1] / 2
        corners = np.stack((places[:, 0] - half, places[:, 0] + half), axis=1)
        pixels = (np.concatenate((corners, places[:, 1:]), axis=1) * SIDE - edge) / scale
        return [_palm(score, one) for score, one in _merged(scores[likely], pixels)]


@functools.cache
def _anchors() -> Floats:
    """(A, 2): centres of the anchors, as shares of the picture; they all have its size."""
    parts = []
    for stride, each in _LAYERS:
        cells = SIDE // stride
        middles = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        parts.append(np.repeat(np.stack((x, y), axis=-1).reshape(-1, 2), each, axis=0))
    return np.concatenate(parts)


def _letterbox(picture: Picture) -> tuple[Floats, float, Floats]:
    """The picture in the middle of (1, SIDE, SIDE, 3) from 0 to 1, its scale, and where its corner (2,) lies there."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    boxed = np.zeros((1, SIDE, SIDE, 3), np.float32)
    boxed[0, top : top + size[1], left : left + size[0]] = small / np.float32(255)
    return boxed, scale, np.array([left, top], np.float32)


def _merged(scores: NDArray[np.float32], places: Floats) -> list[tuple[float, Floats]]:
    """Weighted non-maximum suppression: each group of overlapping boxes becomes their mean, by their scores.

    `places` (N, 9, 2) hold the two corners of a box, then its points.
    """
    left = np.argsort(-scores, kind="stable")
    found = []
    while len(left):
        same = _overlaps(places[left[0], :2], places[left, :2]) > _SAME
        same[0] = True
        group = left[same]
        weights = scores[group] / scores[group].sum()
        found.append((float(scores[left[0]]), np.asarray((places[group] * weights[:, None, None]).sum(0), np.float32)))
        left = left[~same]
    return found


def _overlaps(box: Floats, boxes: Floats) -> Floats:
    """Intersection over union (N,) of a box (2, 2) with others (N, 2, 2)."""
    low, high = np.maximum(box[0], boxes[:, 0]), np.minimum(box[1], boxes[:, 1])
    both = np.maximum(high - low, 0).prod(axis=1)
    own, others = math.prod((box[1] - box[0]).tolist()), (boxes[:, 1] - boxes[:, 0]).prod(axis=1)
    return np.asarray(both / np.maximum(own + others - both, 1e-6), np.float32)


def _palm(score: float, places: Floats) -> Palm:
    return Palm(score, places[0], places[1], places[2:])
