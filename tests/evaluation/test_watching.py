"""Recordings and videos on their way to the figures: streams of their own, fewer frames, hands that are kept."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from legato.app.engine.session import Session
from legato.app.evaluation import watching
from legato.app.evaluation.gestures import Gesture
from legato.app.evaluation.manifest import Recording, Row
from legato.app.evaluation.watching import Viewing, sights, thinned, watch
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.tracker import HandModels

ShowHeights = Callable[..., Path]


@dataclass(frozen=True)
class Moment:
    time: float


@pytest.fixture(scope="module")
def models() -> HandModels:
    return HandModels.shipped("cpu")


@pytest.fixture
def spotter(height_model: Path) -> GestureSpotter:
    return GestureSpotter(Session.open(height_model, "cpu"))


@pytest.mark.parametrize(
    ("source", "rate", "kept"),
    [(30, None, 31), (30, 30, 31), (30, 15, 16), (30, 24, 16), (30, 10, 11), (30, 60, 31), (60, 20, 21)],
)
def test_frames_are_left_out(source: int, rate: float | None, kept: int) -> None:
    moments = [Moment(round(number / source, 3)) for number in range(source + 1)]  # milliseconds, as in containers
    times = [moment.time for moment in thinned(moments, rate)]
    assert len(times) == kept
    assert times[0] == 0


def test_a_frame_after_a_pause_is_kept() -> None:
    assert [one.time for one in thinned([Moment(0.0), Moment(0.05), Moment(3.0), Moment(3.05)], 10)] == [0.0, 3.0]


def test_each_recording_is_a_stream_of_its_own(
    spotter: GestureSpotter, models: HandModels, show_heights: ShowHeights
) -> None:
    row = Row("swipe_up", 0.5, None, {"hand": "right"})
    path = show_heights((0.5, 0.5), (0.5, 0.9))
    moves: list[int] = []
    recordings = [Recording(path, 2, (row,), {}), Recording(path, 3, (), {"source": "x"})]
    seen = watch(spotter, models, recordings, advance=lambda: moves.append(1))
    first, second = seen.views
    assert first.events == second.events
    assert [one.label for one in first.events] == ["swipe_up"]
    assert first.seconds == 0.967
    assert first.gestures == (Gesture("swipe_up", 0.5, first.seconds, "right"),)
    assert (first.negative, second.negative) == (False, True)
    assert second.columns == {"source": "x"}
    assert (seen.frames, seen.failures, moves) == (60, (), [1, 1])


def test_what_the_model_does_not_know_is_left_out_but_makes_no_negative(
    spotter: GestureSpotter, models: HandModels, show_heights: ShowHeights
) -> None:
    recordings = [Recording(show_heights((0.5, 0.5)), 2, (Row("grab", 0, 1, {}),), {})]
    (view,) = watch(spotter, models, recordings).views
    assert (view.gestures, view.negative) == ((), False)


def test_a_recording_of_nothing(spotter: GestureSpotter, models: HandModels, show_heights: ShowHeights) -> None:
    (view,) = watch(spotter, models, [Recording(show_heights(), 2, (), {})]).views
    assert (view.events, view.seconds) == ((), 0.0)


def test_a_missing_file_is_never_a_cameras_name(
    spotter: GestureSpotter, models: HandModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    seen = watch(spotter, models, [Recording(Path("cam"), 7, (), {})])
    assert seen.views == ()
    assert seen.failures == ("line 7: no such file: cam",)


@pytest.fixture
def film(hand_film: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copy(hand_film, tmp_path / "hand.mp4"))


@pytest.mark.parametrize("rate", [None, 15])
def test_the_hands_of_a_video_are_kept(
    spotter: GestureSpotter,
    models: HandModels,
    film: Path,
    rate: float | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = film.parent / "hands"
    folder.mkdir()
    recordings = [Recording(film, 2, (), {})]
    fresh = watch(spotter, models, recordings, Viewing(rate))
    assert fresh.frames == (30 if rate is None else 15)
    assert [one.label for one in fresh.views[0].events] == ["swipe_down"]
    assert watch(spotter, models, recordings, Viewing(rate, folder)) == fresh
    (kept,) = folder.iterdir()
    assert kept.name.startswith("hand-")
    with monkeypatch.context() as patch:
        patch.setattr(watching, "VideoFile", None)
        patch.setattr("legato.app.vision.sight.VideoFile", None)
        assert watch(spotter, models, recordings, Viewing(rate, folder)) == fresh
    os.utime(film, (1, 1))
    watch(spotter, models, recordings, Viewing(rate, folder))
    assert len(list(folder.iterdir())) == 2, "a file that has changed is watched anew"


def test_each_rate_has_its_own_hands(models: HandModels, hand_film: Path, tmp_path: Path) -> None:
    counts = [len(list(sights(hand_film, models, Viewing(rate, tmp_path)))) for rate in (10, 15)]
    assert counts == [10, 15]
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_is_kept_of_a_video_that_cannot_be_read(
    spotter: GestureSpotter, models: HandModels, tmp_path: Path
) -> None:
    film, folder = tmp_path / "film.mp4", tmp_path / "hands"
    folder.mkdir()
    film.write_bytes(b"no film")
    (failure,) = watch(spotter, models, [Recording(film, 2, (), {})], Viewing(hands=folder)).failures
    assert "is not a media file" in failure
    assert list(folder.iterdir()) == []
