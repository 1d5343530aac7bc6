"""Up to two hands followed from picture to picture.

The palm detector is asked only when a hand may have appeared; a hand that is followed is looked for where it was.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import platformdirs

from legato.app.engine.errors import ModelError
from legato.app.engine.inputs import HANDS as SLOTS
from legato.app.engine.inputs import POINTS
from legato.app.vision.landmarks import Hand, LandmarkNet
from legato.app.vision.palms import PalmDetector
from legato.app.vision.region import Floats, Picture, Region
from legato.app.vision.smoothing import SmoothingConfig, SmoothingState, smooth

_GRAPHS = Path(__file__).parent / "graphs"
OWN_GRAPHS = platformdirs.user_data_path("legato") / "hands"
"""Where the slow pair is looked for, which does not come with the package"""


@dataclass(frozen=True)
class TrackerConfig:
    """When a hand is one."""

    present: float = 0.5
    """Likelihood, 0..1, from which a hand is followed"""
    same: float = 0.3
    """Overlap of two regions, 0..1, from which they hold the same hand"""
    every: int = 5
    """Pictures between two looks for a second hand"""
    smoothing: SmoothingConfig = field(default_factory=SmoothingConfig)


@dataclass(frozen=True)
class Hands:
    """What is seen in one picture; a slot keeps its hand as long as that is followed."""

    landmarks: Floats
    """(2, 21, 3) pixels, z included; zeros where no hand is followed"""
    presence: Floats
    """(2,): 0 where no hand is followed, else how likely there is one"""
    handedness: Floats
    """(2,): how likely it is a right hand, in a picture that is not mirrored"""

    def mirrored(self, width: float) -> "Hands":
        """The same in a picture of that width turned left to right."""
        present = self.presence > 0
        landmarks = self.landmarks.copy()
        landmarks[present, :, 0] = np.float32(width) - landmarks[present, :, 0]
        return Hands(landmarks, self.presence, np.where(present, 1 - self.handedness, 0).astype(np.float32))


class HandModels:
    """The two networks; shared by any number of trackers.

    MediaPipe's, converted to ONNX; `graphs/NOTICE` tells how.
    """

    def __init__(self, palms: Path, landmarks: Path, device: str = "auto") -> None:
        """From their files. ModelError or DeviceError where they cannot be run."""
        self.palms = PalmDetector(palms, device)
        self.landmarks = LandmarkNet(landmarks, device)

    @classmethod
    def shipped(cls, device: str = "auto") -> "HandModels":
        """The quick pair, which comes with the package."""
        return cls.named("lite", device)

    @classmethod
    def named(cls, pair: str, device: str = "auto") -> "HandModels":
        """The quick pair, `lite`, or `full`, the slower and closer one, which has to be fetched first."""
        folder = _GRAPHS if pair == "lite" else OWN_GRAPHS
        palms, landmarks = folder / f"palm_detection_{pair}.onnx", folder / f"hand_landmark_{pair}.onnx"
        if not (palms.is_file() and landmarks.is_file()):
            raise ModelError(f"{folder} lacks the {pair} hand networks: training/recipes/fetch_hands.sh gets them")
        return cls(palms, landmarks, device)


@dataclass
class _Slot:
    """One hand that is followed."""

    hand: Hand
    region: Region
    """Where it is looked for next"""
    smoothing: SmoothingState
    points: Floats
    """(21, 3), smoothed"""


class HandTracker:
    """Follows the hands of one stream of pictures."""

    def __init__(self, models: HandModels, config: TrackerConfig | None = None) -> None:
        """At the start of a stream."""
        self._models = models
        self._config = config or TrackerConfig()
        self._slots: list[_Slot | None]
        self._pictures: int
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._slots = [None] * SLOTS
        self._pictures = 0

    def step(self, picture: Picture, time: float) -> Hands:
        """The hands in the next picture (height, width, 3), taken at `time` seconds."""
        self._slots = [slot and self._follow(picture, time, slot) for slot in self._slots]
        self._drop_twins()
        followed = [slot for slot in self._slots if slot]
        if not followed or (len(followed) < SLOTS and self._pictures % self._config.every == 0):
            self._search(picture, time)
        self._pictures += 1
        return self._seen()

    def _follow(self, picture: Picture, time: float, slot: _Slot) -> _Slot | None:
        return self._look(picture, time, slot.region, slot.smoothing)

    def _look(self, picture: Picture, time: float, region: Region, state: SmoothingState | None) -> _Slot | None:
        """The hand in a region; None where there is none."""
        hand = self._models.landmarks.look(picture, region)
        following = hand.region
        if hand.presence < self._config.present or not following.size > 1:
            return None
        points, state = smooth(hand.points, following.size, time, state, self._config.smoothing)
        return _Slot(hand, following, state, points)

    def _drop_twins(self) -> None:
        """Where both slots follow the same hand, the likelier stays."""
        first, second = self._slots
        if first and second and first.region.overlap(second.region) > self._config.same:
            self._slots[int(first.hand.presence >= second.hand.presence)] = None

    def _search(self, picture: Picture, time: float) -> None:
        """Fill free slots with palms that nobody follows."""
        for palm in self._models.palms.find(picture):
            taken = [slot.region for slot in self._slots if slot]
            if len(taken) == SLOTS:
                return
            region = palm.region
            if any(region.overlap(other) > self._config.same for other in taken):
                continue
            slot = self._look(picture, time, region, None)
            if slot and not any(slot.region.overlap(other) > self._config.same for other in taken):
                self._slots[self._slots.index(None)] = slot

    def _seen(self) -> Hands:
        landmarks = np.zeros((SLOTS, POINTS, 3), np.float32)
        presence, handedness = np.zeros(SLOTS, np.float32), np.zeros(SLOTS, np.float32)
        for index, slot in enumerate(self._slots):
            if slot:
                landmarks[index] = slot.points
                presence[index], handedness[index] = slot.hand.presence, slot.hand.right
        return Hands(landmarks, presence, handedness)
