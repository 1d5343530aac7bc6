"""From a drawn hand to an event: video file, decoding, hands, network, decoder."""

import json
from pathlib import Path

import pytest

from legato.app import assets
from legato.app.cli.main import main
from legato.training.hands.filming import FilmConfig, film
from legato.training.hands.scenes import SceneConfig


@pytest.mark.usefixtures("_egl")
@pytest.mark.parametrize("label", ["swipe_up", "grab", "zoom_in", "rotate"])
def test_a_drawn_gesture_is_reported(label: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene = SceneConfig((label,), alone=True, seconds=2.5, usual=1.0)
    manifest = film(tmp_path, 1, FilmConfig(scene, seed=3, videos=True, gestures=1))
    (row,) = manifest.read_text().splitlines()[1:]
    _, _, start, end, hand, _ = row.split("\t")
    capsys.readouterr()
    assert main(["watch", str(tmp_path / "film-00000.mp4"), "--json", "--model", str(assets.GESTURES)]) == 0
    (event,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (event["label"], event["hand"]) == (label, hand)
    assert float(start) < event["emitted"] < float(end) + 0.5
