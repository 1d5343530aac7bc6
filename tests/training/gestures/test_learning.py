"""A gesture more from a few recordings: where it is in them, what the network says before and after, what stays."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from legato.app.vision.recording import Recording
from legato.models.gesture import GestureConfig, GestureNet
from legato.training.gestures.examples import VaryConfig, cut, frames_of
from legato.training.gestures.growing import Kept
from legato.training.gestures.learning import LearnConfig, activity_of, learn, shown, widened
from legato.training.gestures.loosening import LoosenConfig
from legato.training.takes import Take

MakeTake = Callable[..., Take]

QUICK = LearnConfig(
    steps=90,
    batch=6,
    rate=2e-2,
    frames=75,
    vary=VaryConfig(turn=0.05, tempo=(0.9, 1.1), mirror=0.0),
    loosen=LoosenConfig(way=0.05, turn=0.02, shape=0.02, view=0.02, points=0.02, drift=0.01, noise=0.01, pace=0.1),
)


def copied(net: GestureNet) -> GestureNet:
    copy = GestureNet(net.config)
    copy.load_state_dict(net.state_dict())
    return copy.eval()


def kept(net: GestureNet) -> Kept:
    """All that a network is."""
    return Kept(net.config.hidden, net.config.labels)


def peaks(net: GestureNet, takes: Sequence[Take], label: str) -> list[float]:
    """The highest score of a label just after each take's gesture, in the hand that makes it."""
    found = []
    for take in takes:
        (span,) = take.spans
        with torch.no_grad():
            scores = net(torch.from_numpy(frames_of(take.recording))[None])[0, :, span.slot]
        after = take.recording.time - span.end
        found.append(float(scores[(after >= 0) & (after < 0.35), net.config.labels.index(label)].max()))
    return found


def test_a_gesture_is_where_a_hand_moves(make_take: MakeTake) -> None:
    for seed in range(6):
        take = make_take("left", seed, slot=seed % 2)
        (truth,) = take.spans
        found = shown(take.recording, "nod", "a.npz")
        (span,) = found.spans
        assert (found.name, span.label, span.slot) == ("a.npz", "nod", truth.slot)
        assert span.start == pytest.approx(truth.start, abs=0.15)
        assert span.end == pytest.approx(truth.end, abs=0.15)


def test_a_gesture_with_a_lull_is_one_and_a_second_one_is_none(make_take: MakeTake) -> None:
    take = make_take("")
    time = take.recording.time
    landmarks = take.recording.landmarks
    for start, way in ((0.5, 90), (0.8, -90), (1.9, 80)):
        landmarks[:, 0, :, 0] += way * np.clip((time - start) / 0.2, 0, 1)[:, None]
    (span,) = shown(take.recording, "nod", "a.npz").spans
    assert span.start == pytest.approx(0.5, abs=0.12)
    assert span.end == pytest.approx(1.0, abs=0.12)


def test_points_that_tremble_go_nowhere(make_take: MakeTake) -> None:
    take = make_take("left")
    (truth,) = take.spans
    after = take.recording.time > truth.end
    tremor = np.random.default_rng(1).normal(0.0, 5.0, (after.sum(), 21, 2))  # a twelfth of a palm
    take.recording.landmarks[after, 0, :, :2] += tremor
    (span,) = shown(take.recording, "nod", "a.npz").spans
    assert span.end == pytest.approx(truth.end, abs=0.15)


def test_how_much_a_hand_does_is_counted_in_its_own_sizes(make_take: MakeTake) -> None:
    recording = make_take("left").recording
    activity = activity_of(recording, 0)
    assert activity.shape == recording.time.shape
    assert not activity_of(recording, 1).any()
    large = replace(recording, landmarks=3 * recording.landmarks)
    assert activity_of(large, 0) == pytest.approx(activity, rel=1e-4)
    palm = float(np.linalg.norm(recording.landmarks[0, 0, 9] - recording.landmarks[0, 0, 0]))
    assert activity.max() == pytest.approx(1.5 * 90 / 0.4 / palm, rel=0.25)  # at its quickest, in the middle
    gone = recording.presence.copy()
    gone[30:34, 0] = 0
    jumping = replace(recording, presence=gone)
    jumping.landmarks[30:34] = 0
    assert activity_of(jumping, 0)[31:33].max() <= activity.max()  # to come and to go is not to move


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 5])
def test_the_shortest_recordings(make_take: MakeTake, frames: int) -> None:
    recording = cut(make_take("left").recording, slice(0, frames))
    if frames < 2:
        with pytest.raises(ValueError, match=r"^short shows no hand that moves$"):
            shown(recording, "nod", "short")
        return
    (span,) = shown(recording, "nod", "short").spans
    assert 0 <= span.start <= span.end <= recording.time[-1]


def test_a_recording_without_hands_is_refused(make_take: MakeTake) -> None:
    recording = make_take("left").recording
    empty = Recording(
        np.zeros_like(recording.landmarks),
        np.zeros_like(recording.presence),
        recording.handedness,
        recording.time,
        recording.size,
    )
    with pytest.raises(ValueError, match=r"^a\.npz shows no hand that moves$"):
        shown(empty, "nod", "a.npz")


def test_a_label_more_is_not_reported_yet_and_leaves_the_others_order(trained: GestureNet, replay: list[Take]) -> None:
    wide = widened(trained, "nod")
    assert wide.config.labels == ("right", "other", "nod")
    for take in replay:
        frames = torch.from_numpy(frames_of(take.recording))[None]
        with torch.no_grad():
            before, after = trained(frames), wide.eval()(frames)
        assert (after[..., 2] < 0.5).all()
        assert torch.allclose(after[..., :2], before * (1 - after[..., 2:]), atol=1e-6)
    assert widened(wide, "nod") is wide


@pytest.mark.parametrize("seed", range(3))
def test_even_a_network_that_knows_nothing_does_not_report_it(seed: int) -> None:
    torch.manual_seed(seed)
    net = GestureNet(GestureConfig(("a", "b"), hidden=4, layers=1))
    with torch.no_grad():
        net.head.bias.normal_(std=3.0)
    wide = widened(net, "c")
    scores = torch.softmax(wide.head(torch.zeros(1, 4)), dim=-1)
    assert scores[0, 3] <= scores[0].min() * 1.0001
    assert scores[0, 3] < 0.05


def test_a_gesture_is_learned_and_the_others_are_kept(
    trained: GestureNet, replay: list[Take], make_take: MakeTake
) -> None:
    new = [shown(make_take("left", seed, slot=seed % 2).recording, "nod", f"{seed}.npz") for seed in range(3)]
    steps: list[None] = []
    net = learn(copied(trained), new, replay, kept(trained), QUICK, advance=lambda: steps.append(None))
    assert len(steps) == QUICK.steps
    assert net.config.labels == ("right", "other", "nod")
    assert not net.training
    unseen = [
        replace(take, spans=(replace(take.spans[0], label="nod"),)) for take in map(make_take, ["left"] * 2, (8, 9))
    ]
    assert min(peaks(net, [*new, *unseen], "nod")) > 0.6
    rights = [take for take in replay if take.spans]
    assert min(peaks(net, rights, "right")) > 0.6
    assert max(peaks(net, rights, "nod")) < 0.3
    before, learned = trained.state_dict(), net.state_dict()
    assert torch.equal(learned["features.mean"], before["features.mean"])
    assert torch.equal(learned["head.weight"][:3, :16], before["head.weight"])
    assert torch.equal(
        learned["layers.0.rnn.weight_hh_l0"].view(3, 32, 32)[:, :16, :16].flatten(0, 1),
        before["layers.0.rnn.weight_hh_l0"],
    )


def test_what_is_shown_as_nothing_is_not_reported(trained: GestureNet, replay: list[Take], make_take: MakeTake) -> None:
    gestures = [shown(make_take("left", seed).recording, "nod", f"{seed}.npz") for seed in range(3)]
    rights = [take for take in replay if take.spans]
    others = [replace(take, spans=()) for take in rights]
    net = learn(copied(trained), [*gestures, *others], replay[1:2], kept(trained), replace(QUICK, new=0.8))
    assert min(peaks(net, gestures, "nod")) > 0.6
    assert min(peaks(trained, rights, "right")) > 0.8
    assert max(peaks(net, rights, "right")) < 0.4


def test_several_gestures_are_added_in_the_order_of_their_names(
    trained: GestureNet, replay: list[Take], make_take: MakeTake
) -> None:
    names = ["nod", "b", "z", "knock", "a"]
    new = [shown(make_take("left").recording, name, name) for name in names]
    net = learn(copied(trained), new, replay, kept(trained), replace(QUICK, steps=1))
    assert net.config.labels == ("right", "other", *sorted(names))


def test_the_same_recordings_give_the_same_network(
    trained: GestureNet, replay: list[Take], make_take: MakeTake
) -> None:
    config = replace(QUICK, steps=3, frames=60)
    new = [shown(make_take("left").recording, "nod", "a.npz")]
    first, second = (learn(copied(trained), new, replay, kept(trained), config) for _ in range(2))
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name]), name
