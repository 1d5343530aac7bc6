"""Rotated squares: points go out and pictures come in by the same way."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.vision.region import Region, around, enclosing, upright

ANGLES = st.floats(-math.pi, math.pi)


@given(ANGLES, st.floats(20, 300))
def test_a_mark_is_cut_out_where_its_point_says(angle: float, size: float) -> None:
    region = Region(200.0, 160.0, size, angle)
    share = np.array([[0.25, 0.75]], np.float32)
    x, y = region.outwards(share)[0]
    picture = np.zeros((320, 400, 3), np.uint8)
    reach = size / 20
    columns, rows = np.meshgrid(np.arange(400), np.arange(320))
    picture[np.hypot(columns - x, rows - y) < max(reach, 2)] = 255
    cut = region.cut(picture, 100)[:, :, 0].astype(float)
    seen = np.array(np.nonzero(cut > 100))[::-1].mean(axis=1)
    assert np.abs(seen - [25, 75]).max() < 2 + 100 / size


@given(ANGLES)
def test_a_turned_hand_gets_a_turned_region_of_the_same_size(angle: float) -> None:
    points = np.array([[0, 0], [30, -60], [-20, -50], [5, -80]], np.float32)
    cos, sin = math.cos(angle), math.sin(angle)
    turned = points @ np.array([[cos, sin], [-sin, cos]], np.float32)
    straight = enclosing(points, 0.0, scale=2.0, shift=0.1)
    region = enclosing(turned, angle, scale=2.0, shift=0.1)
    assert region.size == pytest.approx(straight.size, rel=1e-4)
    centre = straight.centre @ np.array([[cos, sin], [-sin, cos]], np.float32)
    assert region.centre == pytest.approx(centre, abs=1e-2)


@given(ANGLES)
def test_upright_is_how_far_the_way_up_has_turned(angle: float) -> None:
    up = np.array([math.sin(angle), -math.cos(angle)], np.float32)
    turned = upright(np.zeros(2, np.float32), up)
    assert math.remainder(turned - angle, 2 * math.pi) == pytest.approx(0, abs=1e-3)


def test_a_region_about_a_box_moves_towards_the_fingers() -> None:
    low, high = np.array([10, 20], np.float32), np.array([30, 60], np.float32)
    assert around(low, high, 0.0, scale=2.6, shift=0.5) == Region(20.0, 20.0, 104.0, 0.0)
    turned = around(low, high, math.pi / 2, scale=2.6, shift=0.5)
    assert (turned.x, turned.y) == pytest.approx((40.0, 40.0))


def test_overlap() -> None:
    region = Region(10, 10, 8, 0.3)
    assert region.overlap(region) == pytest.approx(1)
    assert region.overlap(Region(14, 10, 8, 0)) == pytest.approx(1 / 3)
    assert region.overlap(Region(10, 10, 4, 0)) == pytest.approx(1 / 4)
    assert region.overlap(Region(30, 10, 8, 0)) == 0
