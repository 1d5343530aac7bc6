"""The features of hands as ONNX operators; those that remember, in one Scan over the frames.

Letters: T frames, N hands, M numbers that are remembered of a hand, R references, K quantities that are followed.
"""

from typing import NamedTuple

import numpy as np
import torch

from legato.export.builder import GraphBuilder
from legato.models.hands import FOLLOWED, HOLD, SHORTEST, HandFeatures

_BEFORE = np.nextafter(np.float32(SHORTEST), np.float32(0))
"""The longest time that is shorter than `SHORTEST`"""


class Frames(NamedTuple):
    """What is known of hands frame by frame."""

    points: str
    """(T, N, 63)"""
    present: str
    """(T, N, 1, 1)"""
    seconds: str
    """(T, N, 1, 1)"""


class Course(NamedTuple):
    """How hands have come to where they are."""

    changes: str
    """(T, N, R, K): as `models.hands.Course` has them, those since the last frame by second"""
    times: str
    """(T, N, 2) seconds: since the last frame that counted, and since the hand came"""
    orders: str
    """(T, N, 2): 1 where a frame does not count; 1 where a hand has just come"""
    seen: str
    """(T, N, 1): 1 where there is a hand, or was a moment ago"""


def write_features(graph: GraphBuilder, features: HandFeatures, frames: Frames, memory: str) -> tuple[str, Course, str]:
    """Features (T, N, F) of frames, their course, and the next memory (N, 1, M)."""
    shape, followed, size = _write_shape(graph, features, frames.points)
    wide = graph.add("Unsqueeze", followed, graph.integers(2), name="followed_wide")
    course, following = _write_course(graph, features, wide, frames, memory)
    # What is in pixels is divided by the size: its powers 1 and 0 are itself and 1.
    high = graph.add("Unsqueeze", size, graph.integers(2), name="size_wide")
    unit = graph.add("Pow", high, graph.weight("placed", features.placed), name="unit")
    measured = graph.add("Div", course.changes, unit, name="measured")
    changes = graph.add("Reshape", measured, graph.integers(0, 0, features.count * FOLLOWED), name="measured_changes")
    together = graph.add("Concat", *shape, changes, course.times, name="gathered", axis=-1)
    centred = graph.add("Sub", together, graph.weight("mean", features.mean), name="centred")
    scaled = graph.add("Mul", centred, graph.weight("scale", features.scale), name="scaled")
    low, most = _constant(graph, "lowest", -8.0), _constant(graph, "highest", 8.0)
    return graph.add("Clip", scaled, low, most, name="features"), course, following


def _constant(graph: GraphBuilder, name: str, value: float) -> str:
    return graph.shared(name, np.array(value, np.float32))


def _write_shape(graph: GraphBuilder, features: HandFeatures, points: str) -> tuple[tuple[str, ...], str, str]:
    """The parts of `Shape`'s features (T, N, 55), what is followed (T, N, K), the palm's size (T, N, 1)."""
    linear = torch.cat((features.linear, features.linear[:, -2:]), dim=1)  # the direction: to be squared, and as it is
    line = graph.add("MatMul", points, graph.weight("points.linear", linear), name="line")
    names = ("places", "drawn", "sides", "way")
    placed, drawn, squared, way = graph.add_many("Split", line, graph.integers(4, 40, 38, 2), names=names, axis=-1)
    squares = graph.add("Mul", squared, squared, name="squares")
    sums = graph.add("MatMul", squares, graph.weight("points.squares", features.squares), name="sums")
    least = graph.weight("points.least", np.array((0.0,) * 12 + (1.0, 1.0), np.float32))
    lengths = graph.add("Max", graph.add("Sqrt", sums, name="roots"), least, name="lengths")
    measures = ("lengths.pairs", "lengths.palm", "lengths.ahead")
    pairs, size, ahead = graph.add_many("Split", lengths, graph.integers(12, 1, 1), names=measures, axis=-1)
    outline = graph.add("Div", drawn, size, name="outline")
    distances = graph.add("Div", pairs, size, name="distances")
    direction = graph.add("Div", way, ahead, name="direction")
    index = graph.add("Gather", outline, graph.integers(8, 9), name="index", axis=2)
    little = graph.add("Gather", outline, graph.integers(33, 32), name="little", axis=2)
    turns = graph.add("Mul", index, little, name="turns")
    side = graph.add("MatMul", turns, graph.weight("across", np.array([[1.0], [-1.0]], np.float32)), name="side")
    logarithm = graph.add("Log", size, name="logarithm")
    followed = graph.add("Concat", placed, logarithm, direction, side, distances, name="followed", axis=-1)
    return (outline, direction, side, distances), followed, size


def _write_course(
    graph: GraphBuilder, features: HandFeatures, followed: str, frames: Frames, memory: str
) -> tuple[Course, str]:
    """The course, and the next memory (N, 1, M), of what is followed (T, N, 1, K) and a memory (N, 1, M)."""
    rest = features.memory - 3
    names = ("seen_before", "gap_before", "age_before", "flat_before")
    seen, gap, age, flat = graph.add_many("Split", memory, graph.integers(1, 1, 1, rest), names=names, axis=-1)
    references = graph.add("Reshape", flat, graph.integers(-1, features.count, FOLLOWED), name="references_before")
    after = ("seen_after", "gap_after", "age_after", "references_after")
    graph.add_many(
        "Scan",
        *(seen, gap, age, references, followed, frames.present, frames.seconds),
        names=(*after, "changes", "known_wide"),
        body=_body(features).graph("frame"),
        num_scan_inputs=3,
    )
    flat_after = graph.add("Reshape", after[3], graph.integers(-1, 1, rest), name="flat_after")
    following = graph.add("Concat", *after[:3], flat_after, name="following", axis=-1)
    known = graph.add("Reshape", "known_wide", graph.integers(0, 0, -1), name="known")
    parts = ("times", "orders", "seen")
    graph.add_many("Split", known, graph.integers(2, 2, 1), names=parts, axis=-1)
    return Course("changes", *parts), following


def _body(features: HandFeatures) -> GraphBuilder:
    """One frame: the memory and what is seen, to the next memory and the frame's course; as `HandFeatures.course`.

    Every number of a hand is (N, 1, 1) here, so that it meets those of references (N, R, K) without another operator.
    """
    graph = GraphBuilder()
    single, wide = ("N", 1, 1), ("N", features.count, FOLLOWED)
    seen, gap, age = (graph.input(f"frame.{name}", single) for name in ("seen", "gap", "age"))
    references = graph.input("frame.references", wide)
    followed = graph.input("frame.followed", ("N", 1, FOLLOWED))
    present, seconds = (graph.input(f"frame.{name}", single) for name in ("present", "seconds"))

    def constant(name: str, *values: float) -> str:
        return graph.weight(f"frame.{name}", np.array(values, np.float32))

    def column(name: str, *values: float) -> str:
        return graph.weight(f"frame.{name}", np.array(values, np.float32)[:, None])

    def add(operator: str, *inputs: str, name: str, **attributes: int) -> str:
        return graph.add(operator, *inputs, name=f"frame.{name}", **attributes)

    one, others = constant("one", 1.0), features.count - 1
    now = add("Add", gap, seconds, name="now")
    short = add("LessOrEqual", now, constant("bounds", HOLD, float(_BEFORE)), name="is_short")
    flags = add("Mul", add("Cast", short, name="short", to=1), seen, name="recalled")
    names = ("frame.alive", "frame.early")
    alive, early = graph.add_many("Split", flags, graph.weight("frame.ones", np.array([1, 1])), names=names, axis=-1)
    counts = add("Mul", present, add("Sub", one, early, name="ready"), name="counts")
    older = add("Min", add("Add", age, seconds, name="older"), constant("oldest", 5.0), name="old")
    aged = add("Mul", older, alive, name="age_after")
    known = add("Max", alive, counts, name="seen_after")
    hold = add("Sub", one, counts, name="hold")
    add("Mul", now, hold, name="gap_after")
    first = add("Sub", known, alive, name="first")
    change = add("Sub", followed, references, name="change")
    decay = add("Exp", add("Mul", now, column("rates", *(-features.rates).tolist()), name="waned"), name="decay")
    stay = add("Sub", one, add("Mul", decay, alive, name="kept"), name="moving")
    step = add("Mul", add("Mul", stay, counts, name="follow"), change, name="step")
    add("Add", references, step, name="references_after")
    gone = add("Mul", now, column("newest", 1.0, *(0.0,) * others), name="gone")
    pace = add("Max", gone, column("paces", SHORTEST, *(1.0,) * others), name="pace")
    add("Mul", change, add("Div", alive, pace, name="haste"), name="changes")
    add("Concat", now, aged, hold, first, known, name="known", axis=-1)
    for name in ("seen", "gap", "age"):
        graph.told(f"frame.{name}_after", single)
    graph.told("frame.references_after", wide)
    graph.told("frame.changes", wide)
    graph.told("frame.known", ("N", 1, 5))
    return graph
