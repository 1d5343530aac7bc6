"""The one-euro filter."""

import numpy as np
import pytest

from legato.app.vision.smoothing import SmoothingConfig, SmoothingState, smooth

CONFIG = SmoothingConfig()


def run(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", rate: float, scale: float = 100.0) -> list[float]:
    state: SmoothingState | None = None
    out = []
    for frame, value in enumerate(values):
        point, state = smooth(np.array([[value, 0]], np.float32), scale, frame / rate, state, CONFIG)
        out.append(float(point[0, 0]))
    return out


def test_a_resting_point_is_steadied() -> None:
    noise = np.random.default_rng(1).normal(0, 1, 300).astype(np.float32)
    assert np.std(run(noise, 30)[30:]) < 0.7 * np.std(noise)


def test_a_moving_point_is_followed_at_once() -> None:
    moving = (np.arange(60) * 20).astype(np.float32)  # 600 pixels a second, six sizes of the hand
    assert moving[-1] - run(moving, 30)[-1] < 10


def test_the_rate_matters_little() -> None:
    ends = [run((np.arange(int(rate)) / rate * 300).astype(np.float32), rate)[-1] for rate in (15.0, 30.0, 60.0)]
    truth = [300 * (1 - 1 / rate) for rate in (15.0, 30.0, 60.0)]
    assert np.abs(np.array(truth) - ends).max() < 12


def test_a_first_point_and_a_clock_that_stands_still_are_taken_as_they_are() -> None:
    first, state = smooth(np.ones((1, 2), np.float32), 1.0, 3.0, None, CONFIG)
    assert first == pytest.approx(1)
    again, _ = smooth(np.full((1, 2), 5, np.float32), 1.0, 3.0, state, CONFIG)
    assert again == pytest.approx(5)
