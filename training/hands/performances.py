"""What one hand does in front of a camera for a while: it comes, gestures, rests, does other things, and leaves.

What lies between gestures must not be one. Where the straight way from one state to the next would be, as when an open
hand closes on its way to the next fist, it leads through another shape, or slowly; where it might be taken for one, the
performance says that nobody knows.

Letters: T frames; states (T, 26) as in `motions`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from legato.training.hands import poses
from legato.training.hands.gestures import gesture
from legato.training.hands.motions import ANGLES, BEND, PLACE, SPREAD, Motion, state
from legato.training.hands.pastimes import pastime, reach, rest
from legato.training.takes import UNSURE

Doubles = npt.NDArray[np.float64]
Random = np.random.Generator

_HAND = 0.19
"""Metres from the wrist to the tip of the middle finger"""
_SLOW = (0.1, 0.22)
"""Metres a second: an open hand that goes somewhere and does not swipe"""
_CALM = 0.05
"""Metres that an open hand may go at any speed"""
_TURNED = 1.2
"""Radians of roll beyond which an open hand may be taken to rotate"""


@dataclass(frozen=True)
class Stage:
    """What a camera sees."""

    size: tuple[int, int]
    """Width and height of the picture in pixels"""
    focal: float
    """Pixels: the point (x, y, z) is at focal · x / z from the middle"""

    @classmethod
    def drawn(cls, chance: Random, sizes: Sequence[tuple[int, int]]) -> "Stage":
        """Some camera with pictures of one of the sizes."""
        width, height = sizes[int(chance.integers(len(sizes)))]
        return cls((width, height), focal_of((width, height), chance.uniform(50.0, 85.0)))

    def place(self, chance: Random, depth: float) -> Doubles:
        """Somewhere (3,) metres for the wrist of a hand that is to be seen whole, at about a depth in metres."""
        z = depth * chance.uniform(0.85, 1.15)
        x, y = (half * z / (2 * self.focal) for half in self.size)
        across, low = max(0.0, x - 0.14), y - 0.03
        high = min(low, -y + _HAND + 0.06)
        return np.array([chance.uniform(-0.8, 0.8) * across, chance.uniform(high, low), z])

    def sees(self, wrist: Doubles) -> bool:
        """Whether most of an upright hand with its wrist (3,) there is in the picture."""
        x, y = (half * wrist[2] / (2 * self.focal) for half in self.size)
        return bool(abs(wrist[0]) < x - 0.05 and _HAND - 0.03 - y < wrist[1] < y)

    def outside(self, chance: Random, depth: float) -> Doubles:
        """Somewhere (3,) metres out of sight, mostly below."""
        x, y = (half * depth / (2 * self.focal) for half in self.size)
        if chance.random() < 0.75:
            return np.array([chance.uniform(-0.6, 0.6) * x, y + _HAND + chance.uniform(0.03, 0.2), depth])
        side = chance.choice([-1.0, 1.0])
        return np.array([side * (x + 0.15 + chance.uniform(0.0, 0.1)), chance.uniform(0.0, 0.8) * y, depth])


def focal_of(size: tuple[int, int], degrees: float) -> float:
    """Focal length in pixels of a camera whose longer side spans so many degrees."""
    return float(max(size) / 2 / np.tan(np.radians(degrees) / 2))


@dataclass(frozen=True)
class Mark:
    """A time that matters: a gesture, or one where nobody knows (`UNSURE`)."""

    label: str
    start: float
    """Seconds"""
    end: float
    """Seconds"""


@dataclass(frozen=True)
class Performance:
    """The motions of a hand one after another, with times at which it is away."""

    motions: tuple[tuple[float, Motion], ...]
    """When each begins, in seconds, in order"""
    marks: tuple[Mark, ...]

    def states(self, times: Doubles) -> Doubles:
        """States (T, 26) at times (T,) in seconds; NaN where the hand is away."""
        found = np.full((len(times), BEND.stop + 5), np.nan)
        for start, motion in self.motions:
            during = (times >= start) & (times < start + motion.seconds)
            if during.any():
                found[during] = motion.path((times[during] - start) / motion.seconds)
        return found


def perform(seconds: float, labels: Sequence[str], stage: Stage, chance: Random, busy: float = 0.6) -> Performance:
    """A performance of about that length; `busy`, 0..1, is the share of the gestures `labels` in what is done."""
    actor = _Actor(stage, chance, float(np.clip(np.exp(chance.normal(np.log(0.55), 0.3)), 0.32, 1.1)))
    if chance.random() < 0.35:
        actor.begin()
    else:
        actor.enter(chance.uniform(0.0, 1.2))
    while actor.time < seconds:
        kind = chance.random()
        if kind < busy:
            actor.gesture(labels[int(chance.integers(len(labels)))])
        elif kind < busy + 0.55 * (1 - busy):
            actor.do(pastime(stage.place(chance, actor.depth), chance))
        elif kind < busy + 0.8 * (1 - busy):
            actor.pause(chance.uniform(0.3, 2.0))
        else:
            actor.leave()
            actor.enter(chance.uniform(0.2, 1.5))
    return Performance(tuple(actor.motions), tuple(actor.marks))


def show(label: str, seconds: float, stage: Stage, chance: Random) -> Performance:
    """One gesture by a hand that is there already and stays, as people record it."""
    actor = _Actor(stage, chance, chance.uniform(0.45, 0.75))
    motion = actor.visible(label, stage.place(chance, actor.depth))
    ready = motion.start + chance.normal(0.0, 0.01, len(motion.start))
    actor.add(rest(ready, max(0.2, (seconds - motion.seconds) * chance.uniform(0.2, 0.5)), chance))
    actor.add(_moved(motion, actor.now))
    actor.pause(max(0.3, seconds - actor.time))
    return Performance(tuple(actor.motions), tuple(actor.marks))


def play(labels: Sequence[str], stage: Stage, chance: Random, depth: float = 0.5) -> Performance:
    """The gestures one after another, by a hand that comes for them and then leaves."""
    actor = _Actor(stage, chance, depth)
    actor.enter(0.3)
    for label in labels:
        actor.gesture(label)
    actor.leave()
    return Performance(tuple(actor.motions), tuple(actor.marks))


@dataclass
class _Actor:
    """A performance that is being made."""

    stage: Stage
    chance: Random
    depth: float
    """Metres from the camera"""
    time: float = 0.0
    """Seconds"""
    motions: list[tuple[float, Motion]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def now(self) -> Doubles:
        """The state (26,) that the last motion ended in."""
        return self.motions[-1][1].end

    def add(self, motion: Motion, label: str = "") -> None:
        """A motion, begun where the last one ended."""
        label = label or motion.label
        if label:
            self.marks.append(Mark(label, self.time, self.time + motion.seconds))
        self.motions.append((self.time, motion))
        self.time += motion.seconds

    def begin(self) -> None:
        """The hand is there from the beginning."""
        self.add(pastime(self.stage.place(self.chance, self.depth), self.chance))

    def enter(self, after: float) -> None:
        """Come into the picture after some seconds."""
        self.time += after
        start = state(self.stage.outside(self.chance, self.depth), self._angles(), self._loose())
        end = state(self.stage.place(self.chance, self.depth), self._angles(), self._loose())
        self.add(reach(start, end, self.chance, (0.3, 1.2)))

    def leave(self) -> None:
        """Go out of the picture."""
        gone = state(self.stage.outside(self.chance, self.depth), self._angles(), poses.RELAXED)
        if self.chance.random() < 0.4:
            gone[BEND.start :] = self.now[BEND.start :]
        self.add(reach(self.now, gone, self.chance, (0.4, 1.2)))

    def pause(self, seconds: float) -> None:
        """Stay."""
        self.add(rest(self.now, seconds, self.chance))

    def do(self, motion: Motion) -> None:
        """Go to where something begins, and do it."""
        for way, label in ways(self.now, motion.start, self.chance):
            self.add(way, label)
        self.add(motion)

    def gesture(self, label: str) -> None:
        """Do a gesture, and stay for a moment; after a swipe, mostly go back first."""
        near = self.now[PLACE] if self.chance.random() < 0.65 else self.stage.place(self.chance, self.depth)
        motion = self.visible(label, near)
        for way, unsure in ways(self.now, motion.start, self.chance):
            self.add(way, unsure)
        if self.chance.random() < 0.7:
            self.pause(self.chance.uniform(0.05, 0.6))
            motion = _moved(motion, self.now)
        self.add(motion)
        if label.startswith("swipe") and self.chance.random() < 0.6:
            self.pause(self.chance.uniform(0.05, 0.5))
            back = motion.start + np.concatenate((self.chance.normal(0.0, 0.03, 3), np.zeros(23)))
            self.add(reach(self.now, back, self.chance, (0.2, 1.2)))
            self.pause(self.chance.uniform(0.2, 0.8))
        else:
            least = 0.8 if label.startswith("swipe") else 0.2
            self.pause(least + self.chance.exponential(0.25))

    def visible(self, label: str, place: Doubles) -> Motion:
        """A gesture about a place (3,), or elsewhere if the camera cannot see it there."""
        for _ in range(6):
            motion = gesture(label, place + self.chance.normal(0.0, 0.02, 3), self.chance)
            if self.stage.sees(motion.start[PLACE]) and self.stage.sees(motion.end[PLACE]):
                break
            place = self.stage.place(self.chance, self.depth)
        return motion

    def _angles(self) -> Doubles:
        return self.chance.normal((-0.1, 0.0, 0.0), (0.3, 0.3, 0.25))

    def _loose(self) -> poses.Shape:
        shapes = (poses.RELAXED, poses.RELAXED, poses.OPEN, poses.FLAT, poses.fist(), poses.point())
        return shapes[self.chance.integers(len(shapes))]


def _moved(motion: Motion, start: Doubles) -> Motion:
    """The same from where the hand is now, which may be some millimetres off."""
    shift = start - motion.start
    return Motion(motion.label, motion.seconds, lambda phase: motion.path(phase) + (1 - phase)[:, None] * shift)


def ways(start: Doubles, end: Doubles, chance: Random) -> Iterator[tuple[Motion, str]]:
    """Motions from one state (26,) to another that are no gesture, with `UNSURE` for those that one might take for one.

    Shapes first, on the spot, through one that no gesture knows; then the way.
    """
    before, after = shape_of(start), shape_of(end)
    via = _between(before, after, chance)
    if via is not None:
        passing = start.copy()
        passing[BEND.start :] = via.angles
        share = chance.uniform(0.2, 0.8)
        passing[PLACE] += share * (end[PLACE] - start[PLACE])
        passing[ANGLES] += share * (end[ANGLES] - start[ANGLES])
        yield reach(start, passing, chance), ""
        yield reach(passing, end, chance), ""
        return
    open_hand = before == after == "open"
    way = float(np.linalg.norm(end[PLACE] - start[PLACE]))
    unsure = UNSURE if before == "open" and abs(end[5] - start[5]) > _TURNED else ""
    if before == "thumb" and after in ("open", "relaxed"):
        unsure = UNSURE
    yield reach(start, end, chance, _SLOW if open_hand and way > _CALM else (0.25, 1.0)), unsure


def _between(before: str, after: str, chance: Random) -> poses.Shape | None:
    """A shape on the way, where the straight way from one to the other is a gesture."""
    flat = ("open", "relaxed")
    closing = before in flat and after in ("fist", "pinch", "thumb")
    if closing or (before == "fist" and after in flat):
        return poses.point()
    if {before, after} == {"together", "apart"}:
        return poses.OPEN
    if before == after == "open" and chance.random() < 0.5:
        return poses.RELAXED
    return None


_NAMED = ("open", "open", "fist", "thumb", "pinch", "together", "apart", "point")


def shape_of(now: Doubles) -> str:
    """The name of the shape that a state (26,) is nearest to."""
    shapes = (
        poses.OPEN,
        poses.FLAT,
        poses.fist(),
        poses.THUMB_OUT,
        poses.pinch(),
        poses.together(),
        poses.APART,
        poses.point(),
        poses.RELAXED,
    )
    bends = np.array([shape.angles for shape in shapes])
    nearest = int(np.linalg.norm(bends - now[BEND.start : SPREAD.stop], axis=1).argmin())
    return (*_NAMED, "relaxed")[nearest]
