"""Hands as pictures: where they should be, either side, seen by the networks, and written to a file."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import moderngl
import numpy as np
import numpy.typing as npt
import pytest

from legato.app.devices.pictures import Picture
from legato.app.devices.video import VideoFile
from legato.app.vision.tracker import HandModels, HandTracker
from legato.training.hands import poses
from legato.training.hands.gestures import gesture
from legato.training.hands.motions import PLACE, skeletons, state
from legato.training.rendering.look import Look
from legato.training.rendering.meshes import arm, matrices
from legato.training.rendering.renderer import Renderer
from legato.training.rendering.video import render, write_video

Doubles = npt.NDArray[np.float64]

SIZE = (320, 240)
FOCAL = 300.0
CLEAR = dataclasses.replace(Look.drawn(np.random.default_rng(1)), cuff=1.0, noise=0.0, softness=0.0, shutter=0.0)
"""Nothing between the hand and the picture"""


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    settings: dict[str, Any] = {"backend": "egl"}
    try:
        moderngl.create_context(standalone=True, **settings).release()
    except Exception as error:  # noqa: BLE001 — moderngl raises nothing more precise
        pytest.skip(f"without a context of EGL there is no picture: {error}")
    with Renderer(SIZE) as made:
        yield made


@pytest.fixture(scope="module")
def models() -> HandModels:
    return HandModels.shipped("cpu")


def held(x: float = 0.0, y: float = 0.05, z: float = 0.45, angles: tuple[float, float, float] = (0, 0, 0)) -> Doubles:
    """An open hand (1, 26)."""
    return state(np.array([x, y, z]), np.array(angles, np.float64), poses.OPEN)[None]


def drawn(renderer: Renderer, *hands: tuple[str, Doubles], look: Look = CLEAR) -> list[Picture]:
    return list(render(hands, FOCAL, look, renderer.size, renderer))


def covered(renderer: Renderer, *hands: tuple[str, Doubles], look: Look = CLEAR) -> npt.NDArray[np.bool_]:
    """(T, height, width): where hands are."""
    pictures = np.array(drawn(renderer, *hands, look=look), np.int16)
    (empty,) = drawn(renderer, ("right", np.full((1, 26), np.nan)), look=look)
    return np.asarray(np.abs(pictures - empty).max(axis=3) > 3)


def pixels(points: Doubles) -> Doubles:
    return np.asarray(FOCAL * points[..., :2] / points[..., 2:] + np.array(SIZE) / 2)


def silhouette(renderer: Renderer, states: Doubles) -> npt.NDArray[np.bool_]:
    """Where the skin of a right hand (1, 26) and of its bare forearm should be, painted triangle by triangle."""
    mesh, bones = arm(renderer.rig, CLEAR.cuff), matrices(renderer.rig, states, CLEAR.elbow)[0].astype(np.float64)
    moved = np.einsum("vk,vkab->vab", mesh.weights, bones[mesh.bones])
    corners = pixels(np.einsum("vab,vb->va", moved[:, :, :3], mesh.places) + moved[:, :, 3])[mesh.faces]
    canvas = np.zeros(SIZE[::-1], np.uint8)
    for corner in np.round((corners - 0.5) * 256).astype(np.int32):
        cv2.fillConvexPoly(canvas, corner, (1,), shift=8)
    return canvas > 0


@pytest.mark.parametrize("angles", [(0.0, 0.0, 0.0), (0.3, 0.8, -0.5), (-0.6, 2.5, 0.9)])
def test_a_hand_covers_its_skin_and_its_skeleton(renderer: Renderer, angles: tuple[float, float, float]) -> None:
    states = held(angles=angles)
    (seen,) = covered(renderer, ("right", states))
    expected = silhouette(renderer, states)
    assert (seen & expected).sum() > 0.95 * (seen | expected).sum()
    x, y = np.floor(pixels(skeletons(renderer.rig, states)[0])).astype(int).T
    assert seen[y, x].mean() > 0.95
    assert seen[-1].any()  # the forearm comes from below


def test_at_rest_the_mesh_is_the_rig(renderer: Renderer) -> None:
    mesh = arm(renderer.rig, 0.08)
    assert mesh.places[: len(renderer.rig.skin)] == pytest.approx(renderer.rig.skin)
    assert mesh.weights.sum(axis=1) == pytest.approx(1)
    assert np.linalg.norm(mesh.normals[np.unique(mesh.faces)], axis=1) == pytest.approx(1)
    assert set(mesh.cloth) == {0.0, 1.0}
    edges = np.unique(mesh.places.round(6), axis=0, return_inverse=True)[1].ravel()[mesh.faces[:, [0, 1, 1, 2, 2, 0]]]
    there, back = (
        {tuple(edge) for edge in edges.reshape(-1, 2)},
        {tuple(edge) for edge in edges.reshape(-1, 2)[:, ::-1]},
    )
    assert len({edge for edge in there - back if edge[0] != edge[1]}) <= 20  # closed but for the elbow's last ring


def test_a_left_hand_is_the_mirror_image_of_a_right_one(renderer: Renderer) -> None:
    states = held(x=0.04, angles=(0.2, 0.5, 0.3))
    (right,), (left,) = covered(renderer, ("right", states)), covered(renderer, ("left", states))
    assert right.sum() > 2000
    assert (left[:, ::-1] ^ right).sum() < 0.02 * right.sum()
    pictures = drawn(renderer, ("right", states)), drawn(renderer, ("left", states))
    assert not np.array_equal(*pictures)


def test_hands_come_and_go_and_the_nearer_hides_the_other(renderer: Renderer) -> None:
    one, other = np.repeat(held(x=-0.1), 3, axis=0), np.repeat(held(x=-0.1), 3, axis=0)
    one[0], other[2] = np.nan, np.nan
    seen = covered(renderer, ("right", one), ("left", other))
    assert not seen[0, :, : SIZE[0] // 2].any()
    assert not seen[2, :, SIZE[0] // 2 :].any()
    assert seen[1].sum() == seen[0].sum() + seen[2].sum()
    near, far = held(z=0.4), held(z=0.8)
    (front,), (both,) = drawn(renderer, ("right", near)), drawn(renderer, ("right", far), ("right", near))
    inside = covered(renderer, ("right", near))[0] & covered(renderer, ("right", far))[0]
    assert inside.sum() > 1000
    assert np.abs(front[inside].astype(int) - both[inside]).mean() < 2


def test_what_moves_is_smeared_while_the_shutter_is_open(renderer: Renderer) -> None:
    states = np.concatenate((held(x=-0.05), held(x=0.05)))
    sharp = covered(renderer, ("right", states))
    smeared = covered(renderer, ("right", states), look=dataclasses.replace(CLEAR, shutter=0.5))
    assert smeared[0].sum() > 1.2 * sharp[0].sum()
    assert np.array_equal(smeared[1], sharp[1])  # nothing is known of where it goes on


def test_a_look_is_the_same_every_time(renderer: Renderer) -> None:
    first, second = (Look.drawn(np.random.default_rng(seed)) for seed in (5, 6))
    states = np.repeat(held(), 2, axis=0)
    pictures = [drawn(renderer, ("right", states), look=look) for look in (first, second, first)]
    assert np.array_equal(pictures[0], pictures[2])
    assert not np.array_equal(pictures[0], pictures[1])


def test_a_hand_may_come_as_near_as_it_likes(renderer: Renderer) -> None:
    near = np.concatenate([held(z=distance, y=0.02) for distance in (0.2, 0.1, 0.05, -0.3)])
    seen = covered(renderer, ("right", near)).mean(axis=(1, 2))
    assert (seen[:2] > 0.2).all()
    assert seen[3] == 0


def test_hands_of_different_lengths_and_sizes_are_refused(renderer: Renderer) -> None:
    with pytest.raises(ValueError, match="as many states"):
        drawn(renderer, ("right", held()), ("left", np.repeat(held(), 2, axis=0)))
    with pytest.raises(ValueError, match="not"):
        next(render([("right", held())], FOCAL, CLEAR, (640, 480), renderer))


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("label", ["swipe_right", "pinch", "thumbs_up"])
def test_the_networks_find_the_hand_that_is_drawn(
    renderer: Renderer, models: HandModels, side: str, label: str
) -> None:
    chance = np.random.default_rng(7)
    motion = gesture(label, np.array([0.0, 0.06, 0.45]), chance)
    states = motion.path(np.linspace(0, 1, round(30 * motion.seconds)))
    true = skeletons(renderer.rig, states) * ([-1, 1, 1] if side == "left" else 1)
    places, palms = pixels(true), FOCAL * np.linalg.norm(true[:, 9] - true[:, 0], axis=1) / true[:, 0, 2]
    look = dataclasses.replace(Look.drawn(chance), brightness=1.0, contrast=1.0, shutter=0.2)
    tracker, errors, sides = HandTracker(models), [], []
    for frame, picture in enumerate(drawn(renderer, (side, states), look=look)):
        hands = tracker.step(picture, frame / 30)
        assert hands.presence[0] > 0.5
        off = np.linalg.norm(hands.landmarks[0, :, :2] - places[frame], axis=1)
        errors.append(float(off.mean()) / palms[frame])
        sides.append("right" if hands.handedness[0] > 0.5 else "left")
    assert np.median(errors) < 0.2
    assert sides.count(side) > 0.8 * len(sides)


def test_a_video_reads_back_with_its_times(tmp_path: Path) -> None:
    pictures = [np.full((64, 96, 3), 20 * shade, np.uint8) for shade in range(12)]
    even = write_video(tmp_path / "even.mp4", iter(pictures), 25.0)
    times = np.cumsum(np.random.default_rng(0).uniform(0.02, 0.08, 12))
    uneven = write_video(tmp_path / "uneven.mp4", iter(pictures), (times - times[0]).tolist())
    assert (even, uneven) == (12, 12)
    for name, expected in (("even.mp4", np.arange(12) / 25), ("uneven.mp4", times - times[0])):
        with VideoFile(tmp_path / name) as video:
            frames = list(video.frames())
        assert [frame.time for frame in frames] == pytest.approx(expected, abs=1e-3)
        for frame, picture in zip(frames, pictures, strict=True):
            assert frame.picture.shape == picture.shape
            assert frame.picture.mean() == pytest.approx(picture.mean(), abs=6)


def test_looks_differ_within_their_bounds() -> None:
    looks = [Look.drawn(np.random.default_rng(seed)) for seed in range(200)]
    assert len({look.seed for look in looks}) == 200
    assert 0.2 < np.mean([look.cuff == 1.0 for look in looks]) < 0.6
    for look in looks:
        assert all(0 <= share <= 1 for share in (*look.tone, *look.sleeve, look.ambient, look.gloss, look.shutter))
        assert np.linalg.norm(look.light) == pytest.approx(1)
        assert np.linalg.norm(look.elbow) == pytest.approx(1)


def test_forearms_turn_smoothly_with_the_hand(renderer: Renderer) -> None:
    states = np.repeat(held(), 60, axis=0)
    states[:, 5] = np.linspace(-2.0, 2.0, 60)
    bones = matrices(renderer.rig, states, CLEAR.elbow)
    assert np.abs(np.diff(bones[:, -1], axis=0)).max() < 0.1
    turned = bones[:, -1, :, :3]
    assert turned @ turned.transpose(0, 2, 1) == pytest.approx(np.broadcast_to(np.eye(3), turned.shape), abs=1e-5)
    assert bones[:, -1, :, 3] == pytest.approx(states[:, PLACE], abs=1e-6)
