import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app.cli.first_score import resident_memory
from legato.app.cli.main import main
from legato.app.devices.pictures import Frame
from legato.app.engine.errors import LegatoError
from legato.app.engine.session import Session
from legato.app.evaluation import gesture_benchmark as measured
from legato.app.evaluation import gesture_peers
from legato.app.evaluation.gesture_peers import GesturePeer, frame_seconds
from legato.app.vision.tracker import HandModels

BLACK = np.zeros((480, 640, 3), np.uint8)


@pytest.fixture(scope="module")
def models() -> HandModels:
    return HandModels.shipped("cpu")


@pytest.fixture
def session(height_model: Path) -> Session:
    return Session.open(height_model, "cpu")


@pytest.fixture
def command(height_model: Path, hand_film: Path) -> list[str]:
    return ["bench", "--model", str(height_model), "--video", str(hand_film), "--seconds", "1"]


def test_one_object_of_json(command: list[str], hand_film: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--task", "gestures", "--minutes", "0.1", "--json"]) == 0
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert figures.keys() == {"processor", "cores", "gestures"}
    gestures = figures["gestures"]
    assert (gestures["labels"], gestures["provider"], gestures["runs"]) == (2, "CPU", 5)
    assert (gestures["video"], gestures["frames"], gestures["width"]) == (str(hand_film), 30, 640)
    assert 0 < gestures["network"]["median"] < gestures["frame"]["median"] <= gestures["frame"]["p99"]
    assert 0 < gestures["start"]["first_score"] < 30
    assert gestures["start"]["memory"] > 10_000_000
    growth = gestures["growth"]
    assert growth["minutes"] == 0.1
    assert growth["first"] > 10_000_000
    assert growth["last"] > 10_000_000
    assert "peers" not in gestures


def test_lines_for_people_name_the_peers_that_are_absent(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise ImportError

    def there() -> Callable[[Frame], object]:
        return lambda frame: frame.picture.mean()

    peers = (GesturePeer("somebody-else", missing), GesturePeer("the-average", there))
    monkeypatch.setattr("legato.app.cli.bench_gestures.gesture_peers", lambda: peers)
    monkeypatch.setattr("legato.app.evaluation.benchmark.RUNS", 1)
    assert main([*command, "--peers", "--minutes", "0.1"]) == 0
    lines = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines() if "  " in line)
    assert "one hand followed" in lines["hands and gesture"]
    assert "ms 99th percentile" in lines["gesture network"]
    assert "MB a minute" in lines["over 0.1 minutes"]
    assert lines["somebody-else"].strip() == "not installed"
    assert "ms a frame median" in lines["the-average"]


def test_without_a_model_both_shipped_ones_are_measured(
    height_model: Path,
    model: Path,
    hand_film: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("legato.app.cli.bench._SHIPPED", {"keywords": model, "gestures": height_model})
    monkeypatch.setattr("legato.app.cli.bench.assets.GESTURE_DEMO", hand_film)
    monkeypatch.setattr("legato.app.evaluation.benchmark.RUNS", 1)
    assert main(["bench", "--seconds", "1", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["model"] == str(model)
    assert figures["gestures"]["model"] == str(height_model)
    assert figures["gestures"]["video"] == str(hand_film)


def test_a_video_without_a_hand_is_told(session: Session, models: HandModels) -> None:
    with pytest.raises(LegatoError, match="is there one hand: name another with --video"):
        measured.following(session, models, [Frame(BLACK, number / 30) for number in range(5)])


@pytest.mark.parametrize(
    ("shape", "filled"),
    [((480, 640), (480, 640)), ((720, 1280), (360, 640)), ((640, 360), (480, 270)), ((60, 80), None)],
)
def test_pictures_of_every_size_are_brought_to_one(shape: tuple[int, int], filled: tuple[int, int] | None) -> None:
    fitted = measured._fitted(np.full((*shape, 3), 9, np.uint8))
    assert fitted.shape == (480, 640, 3)
    height, width = filled or (480, 640)
    assert (fitted[:height, :width] == 9).all()
    assert fitted.sum() == 9 * 3 * height * width


def test_only_the_beginning_of_a_video_is_held(hand_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(measured.pictures(hand_film, 0.5)) == 15
    monkeypatch.setattr(measured, "MOST", 4)
    assert len(measured.pictures(hand_film, 30.0)) == 4


def test_growth_is_a_straight_line_through_one_value_a_second(session: Session, models: HandModels) -> None:
    frames = [Frame(BLACK[:48, :64], number / 30) for number in range(10)]
    sizes = iter(range(1000, 2000))
    growth = measured.growth(session, models, frames, 0.05, lambda: next(sizes))
    assert (growth.first, growth.last) == (1000, 1003)
    assert growth.slope == pytest.approx(60)


def test_peers_get_every_picture_once(hand_film: Path) -> None:
    times: list[float] = []
    frames = measured.pictures(hand_film, 1.0)
    assert frame_seconds(GesturePeer("eye", lambda: lambda frame: times.append(frame.time)), frames) is not None
    assert times == [frame.time for frame in frames]


def test_without_mediapipe_nothing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Any:
        assert name.startswith("mediapipe")
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("legato.app.evaluation.gesture_peers.importlib.import_module", absent)
    monkeypatch.setattr(gesture_peers, "OWN_GRAPHS", tmp_path)
    (tmp_path / "gesture_recognizer.task").touch()
    assert [frame_seconds(peer, []) for peer in gesture_peers.gesture_peers()] == [None] * 3
    (tmp_path / "gesture_recognizer.task").unlink()
    assert frame_seconds(gesture_peers.gesture_peers()[2], []) is None


def test_memory_is_counted_in_bytes() -> None:
    assert 10_000_000 < resident_memory() < 100_000_000_000
