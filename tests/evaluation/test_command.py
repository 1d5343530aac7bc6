import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from legato.app.cli.main import main
from legato.app.evaluation.peers import WakeWord

Say = Callable[..., Path]
Write = Callable[..., Path]


@pytest.fixture
def manifest(say: Say, list_recordings: Write) -> Path:
    """Three recordings: two words, one word that is too quiet, and a sound where there should be none."""
    say("a.wav", 2.0, [("low", 0.5, 0.8), ("hey", 1.2, 1.6)])
    say("b.wav", 1.0, [("high", 0.5, 0.8)], amplitude=0.2)
    say("c.wav", 1.0, [("high", 0.3, 0.5)])
    return list_recordings(
        {"path": "a.wav", "label": "low", "start": 0.5, "end": 0.8, "speaker": "ann"},
        {"path": "a.wav", "label": "hey", "start": 1.2, "end": 1.6, "speaker": "ann"},
        {"path": "b.wav", "label": "high", "start": 0.5, "end": 0.8, "speaker": "bob"},
        {"path": "c.wav", "speaker": "bob"},
    )


def test_one_object_of_json(manifest: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "keywords", str(manifest), "--model", str(model), "--device", "cpu", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    figures: dict[str, Any] = json.loads(line)
    assert (figures["task"], figures["recordings"], figures["seconds"], figures["provider"]) == (
        "keywords",
        3,
        4.0,
        "CPU",
    )
    words = figures["groups"]["words"]
    assert (words["recall"]["count"], words["recall"]["total"]) == (1, 2)
    assert words["false_alarms"]["count"] == 1
    assert figures["groups"]["wake"]["recall"]["value"] == 1.0
    assert figures["by"]["speaker"]["bob"]["words"]["false_alarms"]["count"] == 1
    # A tone's first whole hop is enough for this model: events come 0.3 s and 0.4 s before the ends, but for one hop.
    assert figures["times"]["latency"]["median"] == pytest.approx((0.02 - 0.3 + 0.02 - 0.4) / 2, abs=0.011)
    assert figures["top1"]["words"]["value"] == 1.0  # quiet, but louder than the others


def test_tables_for_people(manifest: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "keywords", str(manifest), "--model", str(model), "--device", "cpu", "--separate"]) == 0
    out = capsys.readouterr().out
    assert "3 recordings, 0.001 hours" in out
    assert "all words" in out
    assert "1 of 2" in out
    assert "speaker ann: wake" in out
    assert "top-1 among words: 100.0 %" in out


def test_noise_and_curve(manifest: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "curve.png"
    rest = ["--model", str(model), "--device", "cpu", "--json", "--noise", "10", "20", "--seed", "3"]
    assert main(["eval", "keywords", str(manifest), *rest, "--det", str(picture)]) == 0
    assert picture.stat().st_size > 10_000
    assert json.loads(capsys.readouterr().out)["noise"] == {"low": 10.0, "high": 20.0, "seed": 3}


def test_thresholds_of_the_best_point_are_saved(manifest: Path, model: Path, tmp_path: Path) -> None:
    saved = tmp_path / "thresholds.json"
    rest = ["--model", str(model), "--device", "cpu", "--json", "--budget", "1e9", "--save-thresholds", str(saved)]
    assert main(["eval", "keywords", str(manifest), *rest]) == 0
    thresholds = json.loads(saved.read_text())
    assert {"low", "high", "hey"} <= thresholds.keys()
    assert thresholds["high"] < 0.2  # the quiet word is found where alarms do not matter


def test_a_threshold_for_each_label_is_told(
    manifest: Path, model: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    saved = tmp_path / "thresholds.json"
    rest = ["--model", str(model), "--by-label", "--budget", "1e9", "--save-thresholds", str(saved)]
    assert main(["eval", "keywords", str(manifest), *rest]) == 0
    told = capsys.readouterr().out.partition("With a threshold for each label, sought on these recordings:")[2]
    assert re.search(r"all words +2 of 2 +100.0 %", told)
    assert json.loads(saved.read_text()).keys() == {"low", "high", "hey"}
    assert main(["eval", "keywords", str(manifest), *rest, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["by_label"]["words"]["recall"]["count"] == 2


def test_a_recording_that_cannot_be_read_is_a_failure_of_its_own(
    manifest: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (manifest.parent / "b.wav").write_bytes(b"")
    assert main(["eval", "keywords", str(manifest), "--model", str(model), "--device", "cpu", "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["recordings"] == 2
    assert f"legato: {manifest}: line 4: " in err


def test_labels_that_the_model_does_not_know_are_named(
    say: Say, list_recordings: Write, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say("a.wav", 1.0)
    some = list_recordings({"path": "a.wav", "label": "low"}, {"path": "a.wav", "label": "marvin"})
    assert main(["eval", "keywords", str(some), "--model", str(model), "--device", "cpu"]) == 0
    assert "not counted, as the model does not know them: marvin" in capsys.readouterr().err
    none = list_recordings({"path": "a.wav", "label": "marvin"})
    assert main(["eval", "keywords", str(none), "--model", str(model), "--device", "cpu"]) == 1
    assert "column 'label': the model knows none of marvin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--noise", "20", "10"], "the lower ratio first"),
        (["--keyword", "loud"], "no keyword 'loud'"),
        (["--threshold", "1.5"], "between 0 and 1"),
        (["--device", "abacus"], "--device"),
    ],
)
def test_wrong_usage(
    manifest: Path, model: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    device = [] if "--device" in options else ["--device", "cpu"]
    assert main(["eval", "keywords", str(manifest), "--model", str(model), *device, *options]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.splitlines()) == 1


def test_peers_listen_to_the_same_recordings(
    manifest: Path, model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise ImportError

    def loud() -> Callable[[Any], float]:
        return lambda piece: float(abs(piece).max() > 8000)

    words = (WakeWord("ear", "hey", 0.5, 160, loud), WakeWord("somebody-else", "hey", 0.5, 160, missing))
    monkeypatch.setattr("legato.app.cli.evaluate_keywords.wake_words", lambda: words)
    assert main(["eval", "keywords", str(manifest), "--model", str(model), "--peers"]) == 0
    out = capsys.readouterr().out
    # It fires at every sound that is loud enough: one of them is the word.
    assert re.search(r"ear: hey +1 of 1 +100.0 %.* 2 ", out)
    assert re.search(r"somebody-else: hey +not installed", out)
