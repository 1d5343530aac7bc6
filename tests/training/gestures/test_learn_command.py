"""`legato learn`: recordings in, a model that reports one gesture more out, and clear words otherwise."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import pytest

from legato.app import assets
from legato.app.cli.main import main
from legato.app.engine.session import Session
from legato.export.gestures import gesture_contract, gesture_model
from legato.export.rebuild import rebuild
from legato.models.gesture import GestureNet
from legato.training.gestures import learn_command, takes_file
from legato.training.gestures.calibration import settings
from legato.training.gestures.examples import VaryConfig, cut
from legato.training.gestures.learning import LearnConfig, learn
from legato.training.gestures.loosening import LoosenConfig
from legato.training.takes import Take

MakeTake = Callable[..., Take]
QUICK = LearnConfig(
    steps=90,
    batch=6,
    rate=2e-2,
    frames=75,
    vary=VaryConfig(turn=0.05, tempo=(0.9, 1.1), mirror=0.0),
    loosen=LoosenConfig(way=0.05, turn=0.02, shape=0.02, view=0.02, points=0.02, drift=0.01, noise=0.01, pace=0.1),
)


class Run(NamedTuple):
    """What a command ended with and printed."""

    status: int
    stdout: str
    stderr: str


Legato = Callable[..., Run]


@pytest.fixture
def legato(capsys: pytest.CaptureFixture[str]) -> Legato:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Run(status, *capsys.readouterr())

    return run


@pytest.fixture
def base(
    trained: GestureNet, replay: list[Take], make_take: MakeTake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The file of the network that knows `right`, as if it were the shipped one; and a home of one's own."""
    takes = [*replay, make_take("right", 5, split="dev"), make_take("", 6, split="dev")]
    takes_file.save(tmp_path / "replay.npz", takes)
    monkeypatch.setattr(learn_command, "REPLAY", tmp_path / "replay.npz")
    monkeypatch.setattr(learn_command, "LearnConfig", lambda: QUICK)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    path = tmp_path / "base.onnx"
    monkeypatch.setattr(assets, "GESTURES", path)
    monkeypatch.setattr(assets, "OWN_GESTURES", tmp_path / "home" / "own.onnx")
    usual = {"right": 0.4, "other": 0.4}
    contract = gesture_contract(trained.config, settings(0.5, usual), {"command": "made up"})
    onnx.save(gesture_model(trained, contract), path)
    return path


@pytest.fixture
def recorded(make_take: MakeTake, tmp_path: Path) -> Path:
    """A folder with three recordings of `left`, and what is no recording."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for seed in range(3):
        make_take("left", seed, slot=seed % 2).recording.save(folder / f"{seed}.npz")
    (folder / ".hidden").write_text("nothing")
    return folder


def test_a_gesture_is_learned_found_and_watched_for(
    legato: Legato, base: Path, recorded: Path, make_take: MakeTake, tmp_path: Path
) -> None:
    output = tmp_path / "mine.onnx"
    run = legato("learn", "nod", "--from", recorded, "--model", base, "-o", output, "--directed")
    assert run.status == 0, run.stderr
    assert run.stdout == f"{output}\n"
    assert "found in 3 of its 3 recordings" in run.stderr
    assert "on 1 gestures that it knows, mistakes before:" in run.stderr
    contract = Session.open(output, "cpu").contract
    assert contract.labels == ("right", "other", "nod")
    assert contract.decoder.thresholds["nod"] == 0.3  # as low as is tried: nothing else comes near
    assert contract.decoder.durations == {"right": 0.4, "other": 0.4, "nod": pytest.approx(0.4, abs=0.15)}
    assert contract.provenance["learned"] == {"nod": {"recordings": 3, "directed": True}}
    assert contract.provenance["command"] == "made up"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".onnx") == ["base.onnx", "mine.onnx"]
    assert legato("verify", output, "--minutes", "0.05").status == 0
    make_take("left", 9).recording.save(tmp_path / "unseen.npz")
    watched = legato("watch", tmp_path / "unseen.npz", "--model", output, "--json").stdout
    assert [json.loads(line)["label"] for line in watched.splitlines()] == ["nod"]


def test_without_options_one_gesture_is_added_to_another(
    legato: Legato, base: Path, recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned_from: list[Counter[str]] = []

    def remembered(net: GestureNet, new: Sequence[Take], *rest: Any, **more: Any) -> GestureNet:
        learned_from.append(Counter(span.label for take in new for span in take.spans))
        return learn(net, new, *rest, **more)

    monkeypatch.setattr(learn_command, "learn", remembered)
    monkeypatch.setattr(learn_command, "LearnConfig", lambda: replace(QUICK, steps=2))
    for name in ("nod", "knock"):
        folder = tmp_path / "home" / "legato" / "gestures" / name
        folder.mkdir(parents=True)
        for path in recorded.glob("*.npz"):
            (folder / path.name).write_bytes(path.read_bytes())
    for name in ("nod", "knock", "nod"):
        run = legato("learn", name, "--not", recorded / "0.npz")
        assert run.status == 0, run.stderr
        assert run.stdout == f"{tmp_path / 'home' / 'own.onnx'}\n"
    contract = Session.open(tmp_path / "home" / "own.onnx", "cpu").contract
    assert contract.labels == ("right", "other", "nod", "knock")
    both = {"nod": 6, "knock": 6}  # each recording and its mirror image; what was taught before is not forgotten
    assert learned_from == [{"nod": 6}, both, both]
    assert contract.provenance["learned"] == {name: {"recordings": 3, "directed": False} for name in ("nod", "knock")}
    assert contract.provenance["kept"] == {"hidden": 16, "labels": ["right", "other"]}
    net = rebuild(tmp_path / "home" / "own.onnx", contract)
    assert isinstance(net, GestureNet)
    assert net.config.hidden == 32  # once more than there were, however many gestures are taught
    assert Session.open(base, "cpu").contract.labels == ("right", "other")


@pytest.fixture
def nonsense(base: Path, recorded: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, from now on the current one, with what cannot be learned from beside what can."""
    monkeypatch.setattr(learn_command, "LearnConfig", lambda: replace(QUICK, steps=1))
    monkeypatch.chdir(base.parent)
    Path("empty").mkdir()
    Path("broken.npz").write_text("nothing")
    recording = make_take("").recording
    cut(recording, slice(0, 0)).save(Path("none.npz"))
    away = np.zeros_like(recording.presence)
    replace(recording, presence=away, landmarks=np.zeros_like(recording.landmarks)).save(Path("away.npz"))
    return base.parent


@pytest.mark.parametrize(
    ("arguments", "status", "complaint"),
    [
        (("nod",), 2, r"no such file: .*/gestures/nod; recordings are made with legato record gesture NAME"),
        (("nod", "--from", "nowhere.npz"), 2, r"no such file: nowhere\.npz; recordings are made with"),
        (("nod", "--from", "empty"), 2, r"empty holds no recordings: make some with legato record gesture NAME"),
        (("nod", "--from", "recordings", "--not", "empty"), 2, r"empty holds no recordings"),
        (("nod!", "--from", "recordings"), 2, r"NAME may hold letters, digits, _ and - only, not 'nod!'"),
        (("nod", "--from", "broken.npz"), 1, r"broken\.npz is not a recording of hands \(\.npz\)"),
        (("nod", "--from", "away.npz"), 2, r"away\.npz shows no hand that moves"),
        (("nod", "--from", "none.npz"), 2, r"none\.npz holds no pictures"),
        (("nod", "--from", "recordings", "--not", "none.npz"), 2, r"none\.npz holds no pictures"),
        (("nod", "--from", "recordings", "--model", "nowhere.onnx"), 1, r"nowhere\.onnx"),
        (("nod", "--from", "recordings", "-o", "base.onnx/x.onnx"), 1, r"base\.onnx"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    legato: Legato, nonsense: Path, arguments: tuple[str, ...], status: int, complaint: str
) -> None:
    run = legato("learn", *arguments)
    assert (run.status, run.stdout) == (status, "")
    said = run.stderr.splitlines()[-1]
    assert said.startswith("legato: ")
    assert re.search(complaint, said)
    assert "unexpected" not in said
    assert "Traceback" not in run.stderr
    assert not (nonsense / "home" / "own.onnx").exists()


@pytest.mark.parametrize("kind", ["level_model", "height_model"])
def test_a_model_without_a_gesture_network(
    legato: Legato, base: Path, recorded: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    model = request.getfixturevalue(kind)
    run = legato("learn", "nod", "--from", recorded, "--model", model)
    assert run.status == 1
    assert run.stderr == f"legato: {model}: holds no gesture network that could learn\n"
