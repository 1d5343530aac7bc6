"""`legato record gesture`, with a stand-in for the camera."""

import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from legato.app.cli import record
from legato.app.cli.main import main
from legato.app.devices.source import Closing
from legato.app.vision.recording import Recording
from legato.app.vision.region import Picture
from legato.app.vision.sight import Sight
from legato.app.vision.tracker import HandModels, Hands

LEAD = 3
"""Seconds of counting down"""


class Stage(Closing):
    """A camera without a clock: 10 frames a second, with a hand where the script says so."""

    name = "Integrated Camera"
    live = True
    duration = None
    dropped = 0

    def __init__(self, present: Callable[[float], bool], *, interrupt: float = 1000.0) -> None:
        """`interrupt`: seconds after which somebody presses Ctrl-C."""
        self.present = present
        self.interrupt = interrupt
        self.closed = False

    def sights(self) -> Iterator[Sight]:
        for frame in range(10000):
            time = 5 + frame / 10
            if frame / 10 >= self.interrupt:
                os.kill(os.getpid(), signal.SIGINT)
            there = np.array([float(self.present(frame / 10)), 0], np.float32)
            hands = Hands(np.full((2, 21, 3), frame, np.float32) * there[:, None, None], there, there)
            yield Sight(time, hands, (640, 480))

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """`main` sets the root logger up, for its process; a test's process goes on."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Callable[[Stage], Stage]:
    """Puts a stand-in where the camera is opened."""

    def put(one: Stage) -> Stage:
        monkeypatch.setattr(record, "open_sight", lambda *_, **__: one)
        monkeypatch.setattr(HandModels, "shipped", lambda _device: None)
        return one

    return put


def made(*arguments: object) -> int:
    return main(["record", "gesture", *map(str, arguments), "--device", "cpu"])


def test_takes_are_numbered_and_never_overwritten(
    stage: Callable[[Stage], Stage], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = stage(Stage(lambda _: True))
    folder = tmp_path / "new" / "folder"
    assert made("wave", "--count", 2, "--seconds", 1, "--output", folder) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(folder / "wave-1.npz"), str(folder / "wave-2.npz")]
    lines = told.err.splitlines()
    assert lines[0] == "recording wave with Integrated Camera; Ctrl-C ends it"
    assert lines[1:5] == ["1 of 2 in 3", "1 of 2 in 2", "1 of 2 in 1", "1 of 2: now"]
    assert camera.closed
    before = (folder / "wave-2.npz").read_bytes()
    (folder / "wave-1.npz").unlink()
    assert made("wave", "--count", 1, "--seconds", 1, "--output", folder) == 0
    assert capsys.readouterr().out.splitlines() == [str(folder / "wave-3.npz")]
    assert (folder / "wave-2.npz").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["wave-2.npz", "wave-3.npz"]


def test_a_take_is_as_long_as_asked_and_begins_at_0(stage: Callable[[Stage], Stage], tmp_path: Path) -> None:
    stage(Stage(lambda _: True))
    assert made("wave", "--count", 1, "--seconds", 2, "--output", tmp_path) == 0
    found = Recording.load(tmp_path / "wave-1.npz")
    assert found.time[0] == 0
    assert found.time[-1] == pytest.approx(2, abs=0.11)
    assert np.diff(found.time) == pytest.approx(0.1, abs=1e-5)
    assert found.size.tolist() == [640, 480]
    assert found.landmarks[0, 0, 0, 0] >= 10 * LEAD  # not what was seen while it counted down


def test_a_take_without_a_hand_is_taken_again(
    stage: Callable[[Stage], Stage], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(Stage(lambda time: time > LEAD + 2))
    assert made("wave", "--count", 1, "--seconds", 2, "--output", tmp_path) == 0
    told = capsys.readouterr()
    assert told.out.splitlines() == [str(tmp_path / "wave-1.npz")]
    assert told.err.count("no hand was seen in half of the time") == 1


def test_it_gives_up_in_the_end(
    stage: Callable[[Stage], Stage], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage(Stage(lambda time: time % 10 < 1))
    assert made("wave", "--output", tmp_path) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("so it does not count") == 4
    assert told.err.splitlines()[-1].startswith("legato: no hand was seen 4 times in a row: hold it where")
    assert list(tmp_path.iterdir()) == []


def test_a_camera_that_was_away_for_a_while_saw_nothing(stage: Callable[[Stage], Stage], tmp_path: Path) -> None:
    hands = Hands(np.ones((2, 21, 3), np.float32), np.ones(2, np.float32), np.ones(2, np.float32))
    take = record.Take([(0.0, hands), (0.1, hands), (2.4, hands)], (640, 480))
    assert take.seen(2.5) == pytest.approx(0.7)


def test_control_c_keeps_what_is_finished(
    stage: Callable[[Stage], Stage], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = stage(Stage(lambda _: True, interrupt=LEAD + 1 + LEAD + 1))
    assert made("wave", "--seconds", 1, "--output", tmp_path) == 130
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "wave-1.npz")]
    assert [path.name for path in tmp_path.iterdir()] == ["wave-1.npz"]
    assert camera.closed


def test_without_an_output_it_is_the_users_data_folder(
    stage: Callable[[Stage], Stage],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stage(Stage(lambda _: True))
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / name)
    assert made("my_wave-2", "--count", 1, "--seconds", 1) == 0
    path = tmp_path / "legato" / "gestures" / "my_wave-2" / "my_wave-2-1.npz"
    assert capsys.readouterr().out == f"{path}\n"
    assert path.is_file()


def test_a_recording_as_a_whole(
    show_heights: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = show_heights((0.3, 0.5), (0.5, None), (0.2, 0.9))
    folder = tmp_path / "made"
    assert made("up", "--source", source, "--output", folder) == 0
    assert capsys.readouterr() == (f"{folder / 'up-1.npz'}\n", "")
    given, found = Recording.load(source), Recording.load(folder / "up-1.npz")
    np.testing.assert_array_equal(found.landmarks, given.landmarks)
    np.testing.assert_allclose(found.time, given.time, atol=1e-6)
    assert made("up", "--source", source, "--output", folder, "--mirrored") == 0
    mirrored = Recording.load(folder / "up-2.npz")
    assert mirrored.handedness[0, 0] == pytest.approx(1 - given.handedness[0, 0])


def test_a_video_as_a_whole(
    film: Callable[..., Path], low_hand: Picture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made("down", "--source", film([low_hand] * 6), "--output", tmp_path / "made") == 0
    found = Recording.load(tmp_path / "made" / "down-1.npz")
    assert len(found.time) == 6
    assert (found.presence[:, 0] > 0.5).all()


@pytest.mark.parametrize("name", ["", "a b", "../wave", "wave.1", "a/b", "wave\n", "*"])
def test_a_name_that_is_none(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert made(name) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("legato: NAME may hold letters, digits, _ and - only")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--seconds", "0"), "--seconds must be between 0.2 and 60"),
        (("--seconds", "nan"), "--seconds must be between 0.2 and 60"),
        (("--count", "0"), "--count"),
        (("--device", "abacus"), "--device"),
        (("--source", "-"), "pictures cannot be read from standard input"),
    ],
)
def test_wrong_usage_is_one_line_and_2(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "gesture", "wave", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_failures_are_one_line_and_1(
    show_heights: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    hand, nobody = show_heights((0.3, 0.5)), show_heights((0.3, None), name="nobody.npz")
    for arguments, words in [
        (("--source", "none.mp4"), "no such file: none.mp4"),
        (("--source", nobody, "--output", tmp_path), "nobody.npz shows no hand"),
        (("--source", hand, "--output", tmp_path / "file"), "file cannot be made: File exists; name another folder"),
    ]:
        assert made("wave", *arguments) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert words in line
    assert not list(tmp_path.glob("wave*"))
