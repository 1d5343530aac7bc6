"""`legato train gestures`: scenes and recordings in, a model that the runtime runs out, and clear words otherwise."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from legato.app.cli.main import main
from legato.training.gestures import command as gesture_command
from legato.training.gestures import pool as gesture_pool
from legato.training.hands.gestures import GESTURES
from legato.training.takes import Take

MakeTake = Callable[..., Take]

RECIPE = """
hidden = 8
layers = 1
frames = 64
scenes = 3
[loop]
steps = 3
batch = 2
warmup = 1
validate_every = 2
"""


class Run(NamedTuple):
    """What a command ended with and printed."""

    status: int
    stdout: str
    stderr: str


Legato = Callable[..., Run]


@pytest.fixture
def legato(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Legato:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Run(status, *capsys.readouterr())

    monkeypatch.setattr(gesture_command, "DEV_SCENES", 2)
    monkeypatch.setattr(gesture_pool, "SHARD", 2)
    monkeypatch.setattr(gesture_pool, "FRAMES", 90)
    return run


@pytest.fixture
def options(tmp_path: Path) -> tuple[object, ...]:
    (tmp_path / "recipe.toml").write_text(RECIPE)
    return ("--config", tmp_path / "recipe.toml", "--cache", tmp_path / "cache", "--device", "cpu")


@pytest.fixture
def recordings(make_take: MakeTake, tmp_path: Path) -> Path:
    """A folder with a push, and a recording of nothing."""
    folder = tmp_path / "takes"
    folder.mkdir()
    take = make_take("left")
    take.recording.save(folder / "a.npz")
    make_take("").recording.save(folder / "b.npz")
    (span,) = take.spans
    rows = f"a.npz\tpush\t{span.start:.3f}\t{span.end:.3f}\nb.npz\t\t\t\n"
    (folder / "manifest.tsv").write_text("path\tlabel\tstart\tend\n" + rows)
    return folder


def test_from_scenes_to_events(
    legato: Legato, options: tuple[object, ...], recordings: Path, make_take: MakeTake, tmp_path: Path
) -> None:
    out, model = tmp_path / "run", tmp_path / "gestures.onnx"
    run = legato("train", "gestures", *options, "--out", out, "--data", f"takes:{recordings}")
    assert run.status == 0, run.stderr
    assert sorted(path.name for path in (tmp_path / "cache" / "scenes").iterdir()) == [
        "scenes-1-000000.npz",
        "scenes-1-000002.npz",
        "scenes-2-000000.npz",
    ]
    assert legato("export", out / "gestures.pt", "-o", model).status == 0
    verified = legato("verify", model, out / "gestures.pt", "--minutes", "0.1")
    assert verified.status == 0, verified.stdout + verified.stderr
    shown = json.loads(legato("models", "show", model, "--json").stdout)
    assert (shown["task"], tuple(shown["labels"])) == ("gestures", GESTURES)
    assert shown["provenance"]["recipe"]["scenes"] == 3
    hours = shown["provenance"]["hours"]
    assert hours == {
        "scenes": pytest.approx(3 * 90 / 30 / 3600, abs=0.003),
        "takes": pytest.approx(75 / 30 / 3600, abs=6e-4),
        "others": pytest.approx(75 / 30 / 3600, abs=6e-4),
    }
    make_take("left").recording.save(tmp_path / "hand.npz")
    assert legato("watch", tmp_path / "hand.npz", "--model", model, "--json").status == 0
    again = legato("train", "gestures", *options, "--out", out, "--steps", "4")
    assert "going on from step 3" in again.stderr


def test_a_gesture_can_be_left_out_and_a_network_begun_with(
    legato: Legato, options: tuple[object, ...], tmp_path: Path
) -> None:
    first = legato("train", "gestures", *options, "--out", tmp_path / "one", "--without", "push", "--steps", "1")
    assert first.status == 0, first.stderr
    saved = torch.load(tmp_path / "one" / "gestures.pt", weights_only=True)
    assert saved["config"]["labels"] == tuple(label for label in GESTURES if label != "push")
    assert set(saved["decoder"]["thresholds"]) == set(saved["config"]["labels"])
    begin = ("--start-from", tmp_path / "one" / "gestures.pt", "--steps", "1")
    other = legato("train", "gestures", *options, "--out", tmp_path / "two", *begin)
    assert other.status == 2
    assert "gestures.pt: cannot begin with it" in other.stderr
    same = legato("train", "gestures", *options, "--out", tmp_path / "three", *begin, "--without", "push")
    assert same.status == 0, same.stderr
    one, three = (torch.load(tmp_path / name / "gestures.pt", weights_only=True)["model"] for name in ("one", "three"))
    assert torch.equal(one["features.mean"], three["features.mean"])
    assert not torch.equal(one["head.weight"], three["head.weight"])
    both = ("--without", "push", "--without", "wave", "--steps", "1")
    assert legato("train", "gestures", *options, "--out", tmp_path / "four", *both).status == 0
    saved = torch.load(tmp_path / "four" / "gestures.pt", weights_only=True)
    assert saved["config"]["labels"] == tuple(label for label in GESTURES if label not in ("push", "wave"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--config", "nowhere.toml"), "nowhere.toml"),
        (("--config", "wrong.toml"), "wrong.toml: there is no setting 'units'"),
        (("--data", "nvgesture:/data"), "unknown set of gestures 'nvgesture'"),
        (("--data", "takes:/no/such"), "no such folder: /no/such"),
        (("--without", "flick"), "there is no gesture 'flick'"),
    ],
)
def test_what_is_missing_is_named(
    legato: Legato, options: tuple[object, ...], tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    (tmp_path / "wrong.toml").write_text("units = 3")
    given = [tmp_path / argument if argument == "wrong.toml" else argument for argument in arguments]
    run = legato("train", "gestures", "--out", tmp_path / "run", *options, *given)
    assert run.status == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "run").exists()


def test_scenes_of_a_gesture_that_there_is_not(legato: Legato, tmp_path: Path) -> None:
    run = legato("train", "scenes", "--out", tmp_path / "films", "--alone", "flick")
    assert run.status == 2
    assert "there is no gesture 'flick': known are swipe_left" in run.stderr
    assert not (tmp_path / "films").exists()
