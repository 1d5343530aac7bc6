"""What is learned from takes: targets just after gestures, nothing where nobody knows, mirrors with other names."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.training.gestures.examples import TARGETS, VaryConfig, cut, example, frames_of, targets_of, varied
from legato.training.takes import UNSURE, GestureSpan, Take
from legato.training.targets import IGNORE

MakeTake = Callable[..., Take]
CLASSES = {"left": 1, "right": 2}
SAME = VaryConfig(turn=0.0, tempo=(1.0, 1.0), thin=0.0, mirror=0.0, miss=0.0)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1))
def test_targets_lie_just_after_the_end(make_take: MakeTake, seed: int, slot: int) -> None:
    take = make_take("right", seed, slot=slot)
    targets, spans = targets_of(take, take.recording, CLASSES, TARGETS)
    after = take.recording.time - take.spans[0].end
    expected = np.zeros(len(after), int)
    expected[(after >= -0.06) & (after < 0.35)] = IGNORE
    expected[(after >= 0.03) & (after < 0.25)] = 2
    assert targets[:, slot].tolist() == expected.tolist()
    assert not targets[:, 1 - slot].any()
    ((where, label, first, last),) = spans
    assert (where, label) == (slot, 2)
    assert np.flatnonzero(expected)[[0, -1]].tolist() == [first, last]


@pytest.mark.parametrize("label", [UNSURE, "wave"])
def test_nothing_is_learned_where_nobody_knows(make_take: MakeTake, label: str) -> None:
    take = make_take("")
    take = replace(take, spans=(GestureSpan(label, 0.5, 1.0, 0),))
    targets, spans = targets_of(take, take.recording, CLASSES, TARGETS)
    time = take.recording.time
    during = (time >= 0.5) & (time < 1.0 + TARGETS.fall + TARGETS.late)
    assert spans == []
    assert (targets[during, 0] == IGNORE).all()
    assert not targets[~during].any()
    assert not targets[:, 1].any()


def test_a_gesture_whose_beginning_is_cut_off_is_ignored(make_take: MakeTake) -> None:
    take = make_take("left")
    begin = int(take.spans[0].start * 30) + 2
    piece = cut(take.recording, slice(begin, None))
    targets, spans = targets_of(take, piece, CLASSES, TARGETS)
    assert spans == []
    assert set(np.unique(targets)) == {0, IGNORE}
    before = cut(take.recording, slice(0, int(take.spans[0].end * 30) - 3))
    assert not targets_of(take, before, CLASSES, TARGETS)[0].any()


def test_frames_are_as_graphs_take_them(make_take: MakeTake) -> None:
    take = make_take("left", slot=1)
    frames = frames_of(take.recording, 0.7)
    assert frames.shape == (75, 133)
    assert np.array_equal(frames[:, 63:126], take.recording.landmarks[:, 1].reshape(75, 63))
    assert frames[:, 126:128].tolist() == [[0.0, 1.0]] * 75
    assert frames[0, 128:].tolist() == pytest.approx([0.0, 0.9, 640, 480, 0.7])
    assert frames[1:, 132].tolist() == pytest.approx([1 / 30] * 74, rel=1e-4)


def test_streams_are_as_long_as_asked_for(make_take: MakeTake) -> None:
    takes, chance = [make_take("left", frames=60), make_take("right", frames=60)], np.random.default_rng(1)
    both = example(takes, CLASSES, 100, TARGETS, chance)
    assert (both.frames.shape, both.targets.shape) == ((100, 133), (100, 2))
    assert both.frames[[0, 60], 132].tolist() == pytest.approx([0.0, 0.7])
    for slot, label, first, last in both.spans.tolist():
        assert set(both.targets[first : last + 1, slot].tolist()) == {label, IGNORE}
    assert both.spans[0, 1] == 1
    alone = example(takes[:1], CLASSES, 100, TARGETS, chance)
    assert torch.equal(alone.targets[60:], torch.full((40, 2), IGNORE))
    assert not alone.frames[60:].any()
    shifts = {example([takes[0]], CLASSES, 30, TARGETS, chance).frames[0, 0].item() for _ in range(10)}
    assert len(shifts) > 3  # a longer take is cut somewhere


def test_without_variation_a_take_stays_as_it_is(make_take: MakeTake) -> None:
    take = make_take("left")
    same = varied(take, SAME, np.random.default_rng(1))
    assert same.spans == take.spans
    assert same.recording.landmarks == pytest.approx(take.recording.landmarks, abs=1e-4)
    assert np.array_equal(same.recording.time, take.recording.time)


def test_in_the_mirror_labels_and_sides_are_swapped(make_take: MakeTake) -> None:
    take = make_take("left")
    take = replace(take, spans=(replace(take.spans[0], label="swipe_left"),))
    seen = varied(take, replace(SAME, mirror=1.0), np.random.default_rng(1))
    assert [span.label for span in seen.spans] == ["swipe_right"]
    recording = seen.recording
    assert recording.handedness[:, 0] == pytest.approx(np.full(75, 0.1))
    assert not recording.handedness[:, 1].any()
    assert recording.landmarks[:, 0, :, 0] == pytest.approx(640 - take.recording.landmarks[:, 0, :, 0], abs=1e-3)
    assert recording.landmarks[:, 0, :, 1] == pytest.approx(take.recording.landmarks[:, 0, :, 1], abs=1e-3)
    assert not recording.landmarks[:, 1].any()


def test_tempo_moves_gestures_with_their_frames(make_take: MakeTake) -> None:
    take, tempos = make_take("left"), []
    for seed in range(20):
        seen = varied(take, replace(SAME, tempo=(0.7, 1.3)), np.random.default_rng(seed))
        tempos.append(seen.recording.time[-1] / take.recording.time[-1])
        assert seen.spans[0].end == pytest.approx(take.spans[0].end * tempos[-1], rel=1e-5)
        assert seen.spans[0].start == pytest.approx(take.spans[0].start * tempos[-1], rel=1e-5)
    assert 0.7 <= min(tempos) < 0.85
    assert 1.15 < max(tempos) <= 1.3


def test_turned_thinned_and_missed(make_take: MakeTake) -> None:
    take, chance = make_take("left"), np.random.default_rng(1)
    turned = varied(take, replace(SAME, turn=0.5), chance).recording.landmarks[:, 0, :, :2]
    plain = take.recording.landmarks[:, 0, :, :2]
    middle = np.array([320, 240])
    assert np.abs(turned - plain).max() > 5
    assert np.linalg.norm(turned - middle, axis=2) == pytest.approx(np.linalg.norm(plain - middle, axis=2), rel=1e-3)
    lengths = {len(varied(take, replace(SAME, thin=1.0), chance).recording.time) for _ in range(8)}
    assert lengths == {37, 38}  # of 75, the even or the odd ones
    slow = replace(take, recording=cut(take.recording, slice(None, None, 2)))
    assert len(varied(slow, replace(SAME, thin=1.0), chance).recording.time) == 38
    missed = varied(take, replace(SAME, miss=0.5), chance).recording.presence
    assert 0.3 < missed[:, 0].mean() < 0.7
    assert not missed[:, 1].any()
