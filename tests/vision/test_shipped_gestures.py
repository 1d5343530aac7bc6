"""The model and the video in the box, from pictures to events."""

import json

import numpy as np
import pytest

from legato.app import assets
from legato.app.cli.main import main
from legato.app.engine.session import Session


def events_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["watch", *arguments, "--json", "--model", str(assets.GESTURES)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_video_in_the_box_shows_its_four_gestures(capsys: pytest.CaptureFixture[str]) -> None:
    events = events_of(capsys, str(assets.GESTURE_DEMO))
    assert [event["label"] for event in events] == ["wave", "swipe_right", "thumbs_up", "circle_cw"]
    assert [event["hand"] for event in events[:3]] == ["right"] * 3  # a hand that points may be taken for the other


def test_its_mirror_image_shows_the_other_hand_and_direction(capsys: pytest.CaptureFixture[str]) -> None:
    events = events_of(capsys, str(assets.GESTURE_DEMO), "--mirrored")
    assert [event["label"] for event in events] == ["wave", "swipe_left", "thumbs_up", "circle_ccw"]
    assert [event["hand"] for event in events[:3]] == ["left"] * 3


def test_the_model_streams_as_it_sees_the_whole() -> None:
    session, random = Session.open(assets.GESTURES, "cpu"), np.random.default_rng(0)
    frames = np.zeros((1, 200, 133), np.float32)
    frames[..., :126] = random.normal(0, 40, (1, 1, 126)) + 300 + np.cumsum(random.normal(0, 2, (1, 200, 126)), axis=1)
    frames[..., 126:128] = random.random((1, 200, 2)) > 0.1
    frames[..., -1] = 1 / 30
    whole, _ = session.run(frames, session.initial_state())
    stream = session.stream()
    pieces = [stream.step(frames[:, first : first + 7]) for first in range(0, 200, 7)]
    assert np.abs(np.concatenate(pieces, axis=1) - whole).max() <= 1e-4
    assert whole.max() > 0
