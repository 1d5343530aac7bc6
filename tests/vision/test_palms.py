"""The palm detector: anchors, merging, and palms where they are."""

import cv2
import numpy as np
import pytest

from legato.app.vision import palms
from legato.app.vision.region import Picture
from legato.app.vision.tracker import HandModels


def test_there_is_an_anchor_for_each_answer_of_the_network() -> None:
    anchors = palms._anchors()
    assert anchors.shape == (2016, 2)
    assert anchors[0] == pytest.approx([4 / 192, 4 / 192])
    assert anchors[2] == pytest.approx([12 / 192, 4 / 192])
    assert anchors[1152] == pytest.approx([8 / 192, 8 / 192])
    assert anchors[-1] == pytest.approx([184 / 192, 184 / 192])


def test_overlapping_boxes_become_their_mean_by_score() -> None:
    def box(x: float) -> list[list[float]]:
        return [[x, 0], [x + 10, 10], *[[x, 5]] * 7]

    places = np.array([box(0), box(50), box(2)], np.float32)
    merged = palms._merged(np.array([0.9, 0.6, 0.6], np.float32), places)
    assert [score for score, _ in merged] == pytest.approx([0.9, 0.6])
    assert merged[0][1][0] == pytest.approx([2 * 0.6 / 1.5, 0], abs=1e-5)
    assert merged[1][1] == pytest.approx(places[1])


def test_a_palm_is_found_where_it_is(models: HandModels, picture: Picture) -> None:
    (palm,) = models.palms.find(picture)
    assert palm.score > 0.8
    assert palm.points[0] == pytest.approx([315, 330], abs=15)  # the wrist
    assert palm.points[2] == pytest.approx([315, 245], abs=15)  # the middle finger's knuckle


@pytest.mark.parametrize(("width", "height"), [(1280, 960), (320, 240), (480, 640)])
def test_whatever_size_and_shape_the_picture_has(models: HandModels, picture: Picture, width: int, height: int) -> None:
    wide = np.zeros((height, width, 3), np.uint8)
    scale = min(width / 640, height / 480)
    small = cv2.resize(picture, (round(640 * scale), round(480 * scale)), interpolation=cv2.INTER_AREA)
    wide[: small.shape[0], : small.shape[1]] = small
    (palm,) = models.palms.find(wide)
    assert palm.points[0] / scale == pytest.approx([315, 330], abs=18)


def test_nothing_is_found_in_the_dark(models: HandModels) -> None:
    assert models.palms.find(np.zeros((480, 640, 3), np.uint8)) == []
