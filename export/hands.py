"""The features of hands as ONNX operators; those that remember, in one Scan over the frames.

Letters: T frames, N hands, M numbers that are remembered of a hand, R references, K quantities that are followed.
"""

from typing import NamedTuple

import numpy as np
import torch

from legato.export.builder import GraphBuilder
from legato.models.hands import FOLLOWED, HOLD, SHORTEST, HandFeatures

_COURSE = ("changes", "gap", "age", "counts", "first", "seen")


class Frames(NamedTuple):
    """What is known of hands frame by frame."""

    points: str
    """(T, N, 63)"""
    present: str
    """(T, N, 1)"""
    seconds: str
    """(T, N, 1)"""


def write_features(
    graph: GraphBuilder, features: HandFeatures, frames: Frames, memory: str
) -> tuple[str, dict[str, str], str]:
    """Features (T, N, F) of frames, their course by name, (T, N, 1) each, and the next memory (N, M)."""
    shape, followed, size = _write_shape(graph, features, frames.points)
    course, following = _write_course(graph, features, followed, frames, memory)
    placed = graph.weight("placed", features.placed)
    beyond = graph.add("Mul", graph.add("Sub", size, _one(graph), name="size_less"), placed, name="size_beyond")
    unit = graph.add("Add", beyond, _one(graph), name="unit")
    wide = graph.add("Unsqueeze", unit, graph.integers(2), name="wide_unit")
    changes = graph.add("Div", course["changes"], wide, name="measured_changes")
    newest = _rows(graph, changes, 0, 1, "newest")
    others = _rows(graph, changes, 1, features.count, "others")
    gap = graph.add("Max", course["gap"], _constant(graph, "shortest_gap", SHORTEST), name="sure_gap")
    speed = graph.add("Div", newest, gap, name="speed")
    parts = [shape, speed, others, course["gap"], course["age"]]
    together = graph.add("Concat", *parts, name="gathered", axis=-1)
    centred = graph.add("Sub", together, graph.weight("mean", features.mean), name="centred")
    scaled = graph.add("Mul", centred, graph.weight("scale", features.scale), name="scaled")
    low, high = _constant(graph, "lowest", -8.0), _constant(graph, "highest", 8.0)
    return graph.add("Clip", scaled, low, high, name="features"), course, following


def _one(graph: GraphBuilder) -> str:
    return _constant(graph, "one", 1.0)


def _constant(graph: GraphBuilder, name: str, value: float) -> str:
    return graph.shared(name, np.array(value, np.float32))


def _rows(graph: GraphBuilder, changes: str, first: int, last: int, name: str) -> str:
    """Some references' changes, side by side (T, N, (last − first) · K)."""
    some = graph.add(
        "Slice", changes, graph.integers(first), graph.integers(last), graph.integers(2), name=f"{name}_rows"
    )
    return graph.add("Reshape", some, graph.integers(0, 0, (last - first) * FOLLOWED), name=name)


def _write_shape(graph: GraphBuilder, features: HandFeatures, points: str) -> tuple[str, str, str]:
    """`Shape`: features (T, N, 55), what is followed (T, N, K), the palm's size (T, N, 1)."""
    line = graph.add("MatMul", points, graph.weight("points.linear", features.linear), name="line")
    widths = graph.integers(4, 40, 38)
    placed, drawn, squared = graph.add_many("Split", line, widths, names=("places", "drawn", "sides"), axis=-1)
    squares = graph.add("Mul", squared, squared, name="squares")
    sums = graph.add("MatMul", squares, graph.weight("points.squares", features.squares), name="sums")
    lengths = graph.add("Sqrt", sums, name="lengths")
    names = ("lengths.pairs", "lengths.palm", "lengths.ahead")
    pairs, palm, ahead = graph.add_many("Split", lengths, graph.integers(12, 1, 1), names=names, axis=-1)
    size = graph.add("Max", palm, _one(graph), name="size")
    outline = graph.add("Div", drawn, size, name="outline")
    distances = graph.add("Div", pairs, size, name="distances")
    way = graph.add("Slice", squared, graph.integers(36), graph.integers(38), graph.integers(2), name="way")
    direction = graph.add("Div", way, graph.add("Max", ahead, _one(graph), name="sure_ahead"), name="direction")
    index = graph.add("Gather", outline, graph.integers(8, 9), name="index", axis=2)
    little = graph.add("Gather", outline, graph.integers(33, 32), name="little", axis=2)
    turns = graph.add("Mul", index, little, name="turns")
    side = graph.add("MatMul", turns, graph.weight("across", np.array([[1.0], [-1.0]], np.float32)), name="side")
    logarithm = graph.add("Log", size, name="logarithm")
    followed = graph.add("Concat", placed, logarithm, direction, side, distances, name="followed", axis=-1)
    shape = graph.add("Concat", outline, direction, side, distances, name="shape", axis=-1)
    return shape, followed, size


def _write_course(
    graph: GraphBuilder, features: HandFeatures, followed: str, frames: Frames, memory: str
) -> tuple[dict[str, str], str]:
    """`Course` by name, and the next memory (N, M)."""
    rest = features.memory - 3
    names = ("seen_before", "gap_before", "age_before", "flat_before")
    seen, gap, age, flat = graph.add_many("Split", memory, graph.integers(1, 1, 1, rest), names=names, axis=-1)
    references = graph.add("Reshape", flat, graph.integers(-1, features.count, FOLLOWED), name="references_before")
    after = ("seen_after", "gap_after", "age_after", "references_after")
    scanned = tuple(f"course.{name}" for name in _COURSE)
    graph.add_many(
        "Scan",
        *(seen, gap, age, references, followed, frames.present, frames.seconds),
        names=(*after, *scanned),
        body=_body(features).graph("frame"),
        num_scan_inputs=3,
    )
    flat_after = graph.add("Reshape", after[3], graph.integers(-1, rest), name="flat_after")
    following = graph.add("Concat", *after[:3], flat_after, name="following", axis=-1)
    return dict(zip(_COURSE, scanned, strict=True)), following


def _body(features: HandFeatures) -> GraphBuilder:
    """One frame: the memory and what is seen, to the next memory and the frame's course; as `HandFeatures.course`."""
    graph = GraphBuilder()
    row, wide = ("N", 1), ("N", features.count, FOLLOWED)
    seen, gap, age = (graph.input(f"frame.{name}_in", row) for name in ("seen", "gap", "age"))
    references = graph.input("frame.references_in", wide)
    followed = graph.input("frame.followed", ("N", FOLLOWED))
    present, seconds = (graph.input(f"frame.{name}", row) for name in ("present", "seconds"))

    def constant(name: str, value: float | torch.Tensor) -> str:
        values = value if isinstance(value, torch.Tensor) else np.array(value, np.float32)
        return graph.weight(f"frame.{name}", values)

    def add(operator: str, *inputs: str, name: str, **attributes: int) -> str:
        return graph.add(operator, *inputs, name=f"frame.{name}", **attributes)

    def flag(operator: str, value: str, bound: str, name: str) -> str:
        return add("Cast", add(operator, value, bound, name=f"is_{name}"), name=name, to=1)

    one, axis = constant("one", 1.0), graph.weight("frame.axis_1", np.array([1]))
    last_axis = graph.weight("frame.axis_2", np.array([2]))
    now = add("Add", gap, seconds, name="gap")
    alive = add("Mul", seen, flag("LessOrEqual", now, constant("hold", HOLD), "remembered"), name="alive")
    early = add("Mul", alive, flag("Less", now, constant("shortest", SHORTEST), "soon"), name="early")
    counts = add("Mul", present, add("Sub", one, early, name="ready"), name="counts")
    older = add("Min", add("Add", age, seconds, name="older"), constant("oldest", 5.0), name="old")
    aged = add("Mul", older, alive, name="age")
    change = add("Sub", add("Unsqueeze", followed, axis, name="now"), references, name="change")
    decay = add("Exp", add("Mul", now, constant("rates", -features.rates), name="times"), name="decay")
    stay = add("Sub", one, add("Mul", decay, alive, name="kept"), name="moving")
    follow = add("Unsqueeze", add("Mul", stay, counts, name="follow"), last_axis, name="follow_wide")
    moved = add("Add", references, add("Mul", follow, change, name="step"), name="references")
    known = add("Max", alive, counts, name="seen")
    waiting = add("Mul", now, add("Sub", one, counts, name="not_counted"), name="waiting")
    first = add("Mul", counts, add("Sub", one, alive, name="not_alive"), name="first")
    changes = add("Mul", change, add("Unsqueeze", alive, last_axis, name="alive_wide"), name="changes")
    for name, value in (("seen", known), ("gap", waiting), ("age", aged)):
        graph.output(f"frame.{name}_out", value, row)
    graph.output("frame.references_out", moved, wide)
    graph.output("frame.changes_out", changes, wide)
    for name, value in (("now", now), ("old", aged), ("counts", counts), ("first", first), ("known", known)):
        graph.output(f"frame.{name}_told", value, row)
    return graph
