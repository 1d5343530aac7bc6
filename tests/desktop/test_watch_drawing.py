"""What the panel makes of hands, looked at in its pixels and values."""

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QColor, QImage, QPalette
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from legato.app.desktop.hand_view import CONNECTIONS, HandView, _thin, on_screen
from legato.app.desktop.pace import PacedSights
from legato.app.desktop.score_bars import ScoreBars
from legato.app.desktop.seen import Seen
from legato.app.desktop.theme import ON_PICTURES, Theme
from legato.app.devices.source import Closing
from legato.app.engine.events import GestureEvent
from legato.app.vision.gestures import Side
from legato.app.vision.sight import Sight
from legato.app.vision.tracker import Hands

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
SIZE = (320, 240)
LABELS = ("wave", "push", "grab", "pinch")


def hands(*places: tuple[float, float] | None, right: float = 0.9) -> Hands:
    """Hands all of whose points lie within 40 pixels of a place; None is a free slot."""
    landmarks = np.zeros((2, 21, 3), np.float32)
    for slot, place in enumerate(places):
        if place is not None:
            landmarks[slot, :, :2] = np.array(place) + np.stack((np.linspace(-40, 40, 21), np.zeros(21)), axis=1)
    presence = np.array([place is not None for place in places], np.float32)
    return Hands(landmarks, presence, presence * np.float32(right))


def seen(
    one: Hands,
    sides: tuple[Side | None, Side | None] = ("right", None),
    picture: NDArray[np.uint8] | None = None,
    scores: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
    position: float = 1.0,
) -> Seen:
    rows = np.array([scores, np.zeros(4)], np.float32)
    return Seen(Sight(position, one, SIZE, picture), rows, sides, position, 30.0, 0)


def pixels(widget: QWidget) -> NDArray[np.int64]:
    """(height, width, 3) of what the widget paints."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    bits = image.constBits()
    assert bits is not None
    bits.setsize(image.sizeInBytes())
    shape = (image.height(), image.bytesPerLine() // 4, 4)
    return np.frombuffer(bits.asstring(), np.uint8).reshape(shape)[:, :, :3].astype(np.int64)


def columns_of(shown: NDArray[np.int64], colour: QColor) -> NDArray[np.int64]:
    """Where from left to right that colour is."""
    wanted = np.array([colour.red(), colour.green(), colour.blue()])
    return np.flatnonzero((np.abs(shown - wanted).max(axis=2) < 12).any(axis=0))


@pytest.fixture
def view(qtbot: QtBot) -> HandView:
    made = HandView()
    qtbot.addWidget(made)
    made.resize(made.size_for(QSize(*SIZE)))
    return made


@pytest.fixture
def bars(qtbot: QtBot) -> ScoreBars:
    made = ScoreBars()
    qtbot.addWidget(made)
    made.reset(LABELS)
    return made


def test_the_bones_are_those_of_mediapipe() -> None:
    golden = "0-1 1-2 2-3 3-4 0-5 5-6 6-7 7-8 5-9 9-10 10-11 11-12 9-13 13-14 14-15 15-16 13-17 0-17 17-18 18-19 19-20"
    assert {f"{start}-{end}" for start, end in CONNECTIONS} == set(golden.split())


class TestView:
    def test_the_picture_is_a_mirror_image(self, view: HandView) -> None:
        picture = np.zeros((240, 320, 3), np.uint8)
        picture[:, :160, 0] = picture[:, 160:, 2] = 255  # red at the left, blue at the right
        view.refresh(seen(hands(None, None), (None, None), picture))
        shown = pixels(view)
        assert shown[120, 40].tolist() == [0, 0, 255]
        assert shown[120, 280].tolist() == [255, 0, 0]

    def test_a_hand_at_the_left_of_the_picture_is_drawn_at_the_right(self, view: HandView) -> None:
        picture = np.full((240, 320, 3), 90, np.uint8)
        view.refresh(seen(hands((60, 120), None), picture=picture))
        found = columns_of(pixels(view)[110:130], ON_PICTURES.right)  # without the word below
        assert 220 - 8 <= found.min() < found.max() <= 300 + 8

    def test_two_hands_have_two_colours(self, view: HandView) -> None:
        both = hands((60, 120), (260, 120))
        for second in ("left", "right"):
            view.refresh(seen(both, ("right", second), np.full((240, 320, 3), 90, np.uint8)))
            shown = pixels(view)
            assert columns_of(shown, ON_PICTURES.right).min() > 200
            assert columns_of(shown, ON_PICTURES.left).max() < 120

    @pytest.mark.parametrize("dark", [False, True])
    def test_without_a_picture_hands_are_on_a_plain_ground(self, view: HandView, dark: bool) -> None:
        base = QColor("#1e1e1e" if dark else "#ffffff")
        palette = QPalette(QColor("#2b2b2b" if dark else "#efefef"))
        palette.setColor(QPalette.ColorRole.Base, base)
        view.setPalette(palette)
        view.refresh(seen(hands((60, 120), None)))
        shown = pixels(view)
        assert shown[20, 20].tolist() == [base.red()] * 3
        assert columns_of(shown, Theme.of(palette).right).min() > 200

    def test_the_picture_keeps_its_shape(self, view: HandView) -> None:
        view.resize(view.size_for(QSize(640, 240)))
        view.refresh(seen(hands(None, None), (None, None), np.full((240, 320, 3), 200, np.uint8)))
        assert columns_of(pixels(view), QColor(200, 200, 200))[[0, -1]].tolist() == [160, 479]

    def test_the_last_event_stands_below_and_fades(self, view: HandView) -> None:
        dark = np.zeros((240, 320, 3), np.uint8)
        theme = Theme.of(view.palette())
        view.add(GestureEvent("wave", 0.5, 1.0, 1.1, 0.973, "left"))
        assert view.accessibleDescription() == "wave   left hand   0.97"
        view.refresh(seen(hands(None, None), (None, None), dark, position=1.2))
        fresh = pixels(view)
        view.refresh(seen(hands(None, None), (None, None), dark, position=4.0))
        old = pixels(view)
        assert not fresh[:240].any()  # nothing of the picture is hidden
        assert len(columns_of(fresh[240:], theme.left)) == 320  # with the line below
        assert len(columns_of(old[240:], theme.left)) == 0
        assert len(columns_of(old[240:], theme.muted)) > 20
        view.reset("No picture")
        assert view.accessibleDescription() == "No picture"

    def test_points_of_any_size_fill_the_frame(self) -> None:
        corners = np.array([[0, 0, 0], [1920, 1080, 5]], np.float32)
        first, last = on_screen(corners, (1920, 1080), QRectF(10, 20, 192, 108))
        assert (first.x(), first.y()) == pytest.approx((202, 20))
        assert (last.x(), last.y()) == pytest.approx((10, 128))

    def test_pictures_far_larger_than_the_view_are_thinned_out(self) -> None:
        assert _thin(np.zeros((2160, 3840, 3), np.uint8), 640).shape == (720, 1280, 3)
        assert _thin(np.zeros((480, 640, 3), np.uint8), 640).shape == (480, 640, 3)


class TestBars:
    def test_the_likeliest_come_first_and_little_is_left_out(self, bars: ScoreBars) -> None:
        bars.refresh(seen(hands((60, 120), None), scores=(0.2, 0.9, 0.01, 0.5)))
        assert [label for label, _ in bars.best("right")] == ["push", "pinch", "wave"]
        assert bars.best("left") == []
        assert bars.accessibleDescription() == (
            "Left hand: not seen: nothing likely; Right hand: push 0.90, pinch 0.50, wave 0.20"
        )

    def test_a_peak_falls_with_time(self, bars: ScoreBars) -> None:
        one = hands((60, 120), None)
        bars.refresh(seen(one, scores=(1.0, 0, 0, 0), position=1.0))
        bars.refresh(seen(one, position=1.25))
        ((label, level),) = bars.best("right")
        assert label == "wave"
        assert level == pytest.approx(np.exp(-1))
        bars.refresh(seen(one, position=3.0))
        assert bars.best("right") == []

    def test_a_higher_score_fills_more(self, bars: ScoreBars) -> None:
        bars.resize(600, bars.sizeHint().height())
        colour = Theme.of(bars.palette()).right
        filled = []
        for score in (0.3, 0.6, 0.95):
            bars.reset(LABELS)
            bars.refresh(seen(hands((60, 120), None), scores=(score, 0, 0, 0)))
            filled.append(len(columns_of(pixels(bars)[bars.sizeHint().height() // 3 :], colour)))
        assert 0 < filled[0] < filled[1] < filled[2]

    def test_scores_that_are_no_numbers_show_nothing(self, bars: ScoreBars) -> None:
        bars.refresh(seen(hands((60, 120), None), scores=(np.nan, 0.5, 0, 0)))
        assert bars.best("right") == [("push", 0.5)]


class TestPlaces:
    def test_each_hand_has_a_place_of_its_own(self) -> None:
        one = seen(hands(None, None))
        places = {
            sides: replace(one, sides=sides).places
            for sides in ((None, "right"), ("right", None), ("left", "right"), ("right", "right"), ("right", "left"))
        }
        assert places == {
            (None, "right"): ("left", "right"),
            ("right", None): ("right", "left"),
            ("left", "right"): ("left", "right"),
            ("right", "right"): ("right", "left"),
            ("right", "left"): ("right", "left"),
        }


class Frames(Closing):
    """Frames at 20 a second, as fast as they are fetched."""

    name, duration, dropped = "frames", None, 0

    def __init__(self, count: int, *, live: bool = False) -> None:
        self.live = live
        self.closed = False
        self._count = count

    def sights(self) -> Iterator[Sight]:
        for number in range(self._count):
            yield Sight(number / 20, hands(None, None), SIZE)

    def close(self) -> None:
        self.closed = True


class TestPace:
    def test_a_file_takes_its_time_and_loses_nothing(self) -> None:
        begin = monotonic()
        times: list[Any] = [(sight.time, monotonic() - begin) for sight in PacedSights(Frames(7)).sights()]
        assert [time for time, _ in times] == [number / 20 for number in range(7)]
        assert all(shown >= time for time, shown in times)

    def test_what_is_live_is_not_held_up(self) -> None:
        begin = monotonic()
        assert len(list(PacedSights(Frames(1000, live=True)).sights())) == 1000
        assert monotonic() - begin < 10

    def test_closing_ends_it_at_once(self) -> None:
        source = Frames(1000)
        with PacedSights(source) as paced:
            sights = paced.sights()
            next(sights)
            paced.close()
            assert list(sights) == []
        assert source.closed
