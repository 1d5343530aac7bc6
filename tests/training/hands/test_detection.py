"""What a tracker might have found in a scene: nearly where the hand is, and nothing where it is not seen."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest

from legato.training.hands.detection import observe
from legato.training.hands.gestures import GESTURES, gesture
from legato.training.hands.hand import Rig
from legato.training.hands.motions import PLACE, skeletons
from legato.training.hands.performances import Mark, Performance, Stage
from legato.training.hands.scenes import Scene, SceneConfig, draw_scene
from legato.training.takes import UNSURE, Take

Doubles = npt.NDArray[np.float64]

RIG = Rig.load("right")
STAGE = Stage((640, 480), 500.0)


def observed(seed: int, seconds: float = 5.0) -> tuple[Scene, Take]:
    chance = np.random.default_rng(seed)
    scene = draw_scene(SceneConfig(GESTURES, seconds=seconds), chance)
    return scene, observe(scene, chance, f"scene {seed}")


def slots(scene: Scene, take: Take) -> Iterator[tuple[str, Doubles, int]]:
    """Side, states and slot of each hand of a scene."""
    places = [take.recording.presence[:, slot] for slot in range(2)]
    for side, states in scene.states():
        there = np.isfinite(states[:, 0])
        slot = next(
            slot
            for slot, presence in enumerate(places)
            if presence.any() and not (presence > 0)[~there].any() and right_of(take, slot) == (side == "right")
        )
        yield side, states, slot


def right_of(take: Take, slot: int) -> bool:
    seen = take.recording.presence[:, slot] > 0
    return bool(np.median(take.recording.handedness[seen, slot]) > 0.5)


def projected(scene: Scene, side: str, states: Doubles) -> Doubles:
    """(T, 21, 2) pixels."""
    points = skeletons(RIG, states) * ([-1, 1, 1] if side == "left" else 1)
    return np.asarray(scene.stage.focal * points[..., :2] / points[..., 2:] + np.array(scene.stage.size) / 2)


def test_it_is_a_pure_function_of_the_seed() -> None:
    (_, first), (_, second), (_, other) = observed(1), observed(1), observed(2)
    assert np.array_equal(first.recording.landmarks, second.recording.landmarks)
    assert (first.spans, first.name) == (second.spans, "scene 1")
    assert not np.array_equal(first.recording.landmarks[:60], other.recording.landmarks[:60])


def test_landmarks_are_near_the_skeleton() -> None:
    errors = []
    for seed in range(6):
        scene, take = observed(seed)
        for side, states, slot in slots(scene, take):
            seen = take.recording.presence[:, slot] > 0
            off = take.recording.landmarks[seen, slot, :, :2] - projected(scene, side, states[seen])
            palm = scene.stage.focal * 0.075 / states[seen][:, PLACE][:, 2]
            errors += (np.linalg.norm(off, axis=2).mean(axis=1) / palm).tolist()
    assert len(errors) > 500
    assert 0.02 < np.median(errors) < 0.25  # in palms; hands are not all built alike
    assert np.quantile(errors, 0.95) < 0.7


def test_where_no_hand_is_found_there_are_zeros() -> None:
    missed = 0
    for seed in range(8):
        scene, take = observed(seed)
        recording = take.recording
        assert recording.landmarks.shape == (len(scene.times), 2, 21, 3)
        assert recording.time == pytest.approx(scene.times, abs=1e-5)
        assert tuple(recording.size) == scene.stage.size
        absent = recording.presence == 0
        assert set(np.unique(recording.presence)) <= {0, 1}
        assert not recording.landmarks[absent].any()
        assert not recording.handedness[absent].any()
        assert not recording.landmarks[..., 2].any()
        assert np.isfinite(recording.landmarks).all()
        assert (recording.landmarks[~absent].any(axis=(1, 2))).all()
        for _, states, slot in slots(scene, take):
            there = np.isfinite(states[:, 0])
            assert not recording.presence[~there, slot].any()
            missed += int((recording.presence[there, slot] == 0).sum())
    assert missed > 20


def test_hands_lie_in_either_slot_and_are_taken_for_the_other_side_at_times() -> None:
    found, wrong = set(), []
    for seed in range(8):
        scene, take = observed(seed)
        for side, _, slot in slots(scene, take):
            right = take.recording.handedness[take.recording.presence[:, slot] > 0, slot] > 0.5
            wrong.append(np.mean(right != (side == "right")))
            found.add((side, slot))
    assert len(found) == 4
    assert 0.001 < np.mean(wrong) < 0.06


def staged(shift: float, label: str = "grab", start: float = 0.0) -> Take:
    """A scene with one gesture, moved to the side by some metres; three seconds of pictures."""
    motion = gesture(label, np.array([0.0, 0.06, 0.5]), np.random.default_rng(1)).shifted(np.eye(26)[0] * shift)
    performance = Performance(((start, motion),), (Mark(label, start, start + motion.seconds),))
    scene = Scene(STAGE, np.arange(90) / 30, (("right", performance),))
    return observe(scene, np.random.default_rng(4))


def test_a_gesture_that_is_seen_keeps_its_name() -> None:
    take = staged(0.0, start=1.0)
    (span,) = take.spans
    assert (span.label, span.start) == ("grab", 1.0)
    seen = take.recording.presence[:, span.slot] > 0
    during = (take.recording.time >= span.start) & (take.recording.time < span.end)
    assert (seen <= during).all()
    assert seen[during].mean() > 0.7


def test_of_a_gesture_that_is_not_seen_nobody_knows() -> None:
    take = staged(0.6)
    assert [span.label for span in take.spans] == [UNSURE]
    assert not take.recording.presence.any()


def test_gestures_after_the_last_picture_are_left_out_and_others_in_order() -> None:
    assert staged(0.0, start=3.1).spans == ()
    for seed in range(6):
        _, take = observed(seed)
        ends = [span.end for span in take.spans]
        assert ends == sorted(ends)
        assert all(span.start < take.recording.time[-1] for span in take.spans)
