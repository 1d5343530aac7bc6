"""What a gesture network hears of a hand: its shape, and how it has moved, in sizes of its palm.

Only x and y are used: z, as networks guess it, is unreliable. Hands are rows of their own: two for each stream.

Shapes: T frames, N hands (B streams × 2), P = 21 points, K quantities that are followed over time, R references.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

POINTS = 21
WRIST, THUMB, INDEX, MIDDLE, RING, LITTLE = 0, 4, 8, 12, 16, 20
"""The wrist and the fingers' tips, among MediaPipe's points"""
MIDDLE_KNUCKLE = 9
"""The hand's direction is from the wrist to it"""
PALM = (0, 1, 5, 9, 13, 17)
"""The points that keep their distances whatever the fingers do"""
PAIRS = (
    *((THUMB, tip) for tip in (INDEX, MIDDLE, RING, LITTLE)),
    *((INDEX, MIDDLE), (MIDDLE, RING), (RING, LITTLE)),
    *((WRIST, tip) for tip in (THUMB, INDEX, MIDDLE, RING, LITTLE)),
)
"""Points whose distance is a feature"""

HOLD = 0.5
"""Seconds for which a hand that is not seen is remembered"""
SHORTEST = 1 / 45
"""Seconds between two frames that both count: of a camera with 60 frames a second, every other one does"""
_LAST = 1e6
"""Rate, a second, of a reference that is the last frame"""

FOLLOWED = 2 + 2 + 1 + 2 + 1 + len(PAIRS)
"""K: the palm's centre, the index finger's tip, the logarithm of the palm's size, the direction, the side, distances"""
_SHAPE = 2 * (POINTS - 1) + 3 + len(PAIRS)


class Shape(NamedTuple):
    """Hands as they are in single frames."""

    features: Tensor
    """(T, N, 55): points from the wrist in palm sizes; direction; side; distances in palm sizes"""
    followed: Tensor
    """(T, N, K): pixels, or without a unit"""
    size: Tensor
    """(T, N, 1) pixels: the root mean square of the palm's points about their centre"""


class Course(NamedTuple):
    """How hands have come to where they are."""

    changes: Tensor
    """(T, N, R, K): what is followed, less its references; zeros for a hand that has just come"""
    gap: Tensor
    """(T, N, 1) seconds since the last frame that counted"""
    age: Tensor
    """(T, N, 1) seconds since the hand came"""
    counts: Tensor
    """(T, N, 1): 1 where the frame counts, else 0"""
    first: Tensor
    """(T, N, 1): 1 where a hand has just come"""
    seen: Tensor
    """(T, N, 1): 1 where there is a hand, or was within `HOLD`"""


def linear_map() -> Tensor:
    """(63, 82): from a hand's points to all that is linear in them.

    In this order: centre 2, index finger's tip 2, points from the wrist 40; then what is squared: pairs 24, the palm's
    points about their centre 12, direction 2.
    """
    points = torch.eye(3 * POINTS).view(3 * POINTS, POINTS, 3)[..., :2]  # column (p, a) picks point p's coordinate a
    centre = points[:, list(PALM)].mean(dim=1, keepdim=True)
    pairs = torch.stack([points[:, a] - points[:, b] for a, b in PAIRS], dim=1)
    parts = (
        centre,
        points[:, INDEX : INDEX + 1],
        points[:, 1:] - points[:, :1],
        pairs,
        points[:, list(PALM)] - centre,
        points[:, MIDDLE_KNUCKLE : MIDDLE_KNUCKLE + 1] - points[:, :1],
    )
    return torch.cat([part.reshape(3 * POINTS, -1) for part in parts], dim=1)


def square_map() -> Tensor:
    """(38, 14): from squared coordinates to the squares of the pairs' distances, the palm's size, the direction."""
    squares = torch.zeros(38, 14)
    for pair in range(len(PAIRS)):
        squares[2 * pair : 2 * pair + 2, pair] = 1.0
    squares[24:36, 12] = 1.0 / len(PALM)
    squares[36:, 13] = 1.0
    return squares


class HandFeatures(nn.Module):
    """Features of hands with a memory of one row a hand, (N, 3 + R·K): seen, gap, age, and the references.

    A reference follows what it stands for at a rate: the last frame that counted, means over longer times, and, for a
    rate of 0, the place of arrival. In a stream nobody knows where a gesture begins; these are causal stand-ins.
    """

    linear: Tensor
    squares: Tensor
    rates: Tensor
    placed: Tensor
    mean: Tensor
    scale: Tensor

    def __init__(self, references: tuple[float, ...]) -> None:
        """`references` are rates, a second, of those beside the last frame."""
        super().__init__()
        self.register_buffer("linear", linear_map(), persistent=False)
        self.register_buffer("squares", square_map(), persistent=False)
        self.register_buffer("rates", torch.tensor((_LAST, *references)), persistent=False)
        # What of the followed is in pixels
        self.register_buffer("placed", (torch.arange(FOLLOWED) < 4).float(), persistent=False)
        self.count = 1 + len(references)
        self.outputs = _SHAPE + self.count * FOLLOWED + 2
        self.memory = 3 + self.count * FOLLOWED
        self.register_buffer("mean", torch.zeros(self.outputs))
        self.register_buffer("scale", torch.ones(self.outputs))

    def shape(self, points: Tensor) -> Shape:
        """Points (T, N, 63) in pixels, frame by frame."""
        line = points @ self.linear
        placed, drawn, squared = line.split((4, 40, 38), dim=-1)
        lengths = (squared**2 @ self.squares).sqrt()
        distances, size, ahead = lengths.split((12, 1, 1), dim=-1)
        size = size.clamp(min=1.0)
        drawn, distances = drawn / size, distances / size
        direction = squared[..., 36:] / ahead.clamp(min=1.0)
        index, little = drawn[..., 8:10], drawn[..., 32:34]  # the knuckles of the palm's two edges
        side = index[..., :1] * little[..., 1:] - index[..., 1:] * little[..., :1]
        followed = torch.cat((placed, size.log(), direction, side, distances), dim=-1)
        return Shape(torch.cat((drawn, direction, side, distances), dim=-1), followed, size)

    @torch.no_grad()
    def course(self, followed: Tensor, present: Tensor, seconds: Tensor, memory: Tensor) -> tuple[Course, Tensor]:
        """What is followed (T, N, K), present (T, N, 1) 0 or 1, seconds (T, N, 1) and memory, to the next memory."""
        seen, gap, age = memory[:, :1], memory[:, 1:2], memory[:, 2:3]
        references = memory[:, 3:].view(-1, self.count, FOLLOWED)
        rows = []
        for now, there, passed in zip(followed[:, :, None], present, seconds, strict=True):
            gap = gap + passed
            alive = seen * (gap <= HOLD)
            counts = there * (1 - alive * (gap < SHORTEST))
            age = (age + passed).clamp(max=5.0) * alive
            change = now - references
            follow = counts * (1 - torch.exp(-self.rates * gap) * alive)  # all at once for a hand that has just come
            references = references + follow[:, :, None] * change
            seen = torch.maximum(alive, counts)
            rows.append((change * alive[:, :, None], gap, age, counts, counts * (1 - alive), seen))
            gap = gap * (1 - counts)
        course = Course(*(torch.stack(parts) for parts in zip(*rows, strict=True)))
        return course, torch.cat((seen, gap, age, references.flatten(1)), dim=1)

    def step(self, points: Tensor, present: Tensor, seconds: Tensor, memory: Tensor) -> tuple[Tensor, Course, Tensor]:
        """Features (T, N, F) of points (T, N, 63), their course, and the next memory."""
        shape = self.shape(points)
        course, following = self.course(shape.followed, present, seconds, memory)
        return self.gather(shape, course), course, following

    def gather(self, shape: Shape, course: Course) -> Tensor:
        """All features (T, N, F) side by side, with mean 0 and variance 1, none beyond 8."""
        unit = (shape.size - 1) * self.placed + 1
        changes = course.changes / unit[:, :, None]
        speed = changes[:, :, 0] / course.gap.clamp(min=SHORTEST)
        parts = (shape.features, speed, changes[:, :, 1:].flatten(2), course.gap, course.age)
        return ((torch.cat(parts, dim=-1) - self.mean) * self.scale).clamp(-8.0, 8.0)
