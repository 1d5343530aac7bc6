"""`legato watch` as its users run it: as a process."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest

from legato.app.vision.region import Picture

Film = Callable[..., Path]
ShowHeights = Callable[..., Path]

RUN = "import sys; from legato.app.cli.main import main; sys.exit(main())"
CAMERA = """
import time
import cv2
import numpy as np
from legato.app.devices import camera

class Capture:
    def __init__(self, index):
        self.picture = np.load({picture!r})

    def isOpened(self):
        return {opened}

    def read(self):
        time.sleep({pause})
        return True, self.picture

    def release(self):
        pass

cv2.VideoCapture = Capture
camera.cameras = lambda: {cameras}
"""
"""A stand-in for OpenCV's captures"""
CLOSING = """
from PyQt6.QtCore import QTimer
from legato.app.desktop import preview

class Closing(preview.Preview):
    def _take_event(self, event):
        super()._take_event(event)
        QTimer.singleShot(0, self.close)

preview.Preview = Closing
"""
"""A user who closes the window at the first event"""
DARK = np.zeros((480, 640, 3), np.uint8)
UP_AND_DOWN = ((0.5, 0.5), (0.5, 0.9), (0.5, 0.5), (0.5, 0.1))


def command(*arguments: object, code: str = RUN) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def run(*arguments: object, code: str = RUN) -> subprocess.CompletedProcess[str]:
    """`legato` with these arguments, to its end."""
    return subprocess.run(command(*arguments, code=code), capture_output=True, text=True, timeout=60, check=False)


def seen(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The events, where all went well."""
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def one_line(result: subprocess.CompletedProcess[str], status: int) -> str:
    """The only line on standard error."""
    assert (result.returncode, result.stdout) == (status, ""), result.stderr
    assert len(result.stderr.splitlines()) == 1, result.stderr
    return result.stderr.strip()


@contextmanager
def filming(arguments: tuple[object, ...], code: str) -> Iterator[subprocess.Popen[str]]:
    """`legato` with these arguments, while it runs."""
    with subprocess.Popen(
        command(*arguments, code=code), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def watch(height_model: Path) -> tuple[object, ...]:
    return ("watch", "--device", "cpu", "--model", height_model)


@pytest.fixture
def stand_in(tmp_path: Path, low_hand: Picture) -> Callable[..., str]:
    """Code that runs legato with a camera that sees a low hand."""

    def make(*, opened: bool = True, pause: float = 0.1, cameras: str = "{0: 'Integrated Camera'}") -> str:
        path = tmp_path / "picture.npy"
        np.save(path, low_hand[:, :, ::-1])  # OpenCV's order of colours
        return CAMERA.format(picture=str(path), opened=opened, pause=pause, cameras=cameras) + RUN

    return make


def test_events_of_a_recording_as_json(watch: tuple[object, ...], show_heights: ShowHeights) -> None:
    events = seen(run(*watch, show_heights(*UP_AND_DOWN), "--json"))
    assert [(event["type"], event["label"]) for event in events] == [("gesture", "swipe_up"), ("gesture", "swipe_down")]
    assert list(events[0]) == ["type", "label", "start", "end", "emitted", "score", "hand"]
    assert [event["emitted"] for event in events] == pytest.approx([0.5, 1.5], abs=0.1)
    assert {event["hand"] for event in events} == {"right"}


def test_events_as_text(watch: tuple[object, ...], show_heights: ShowHeights) -> None:
    lines = run(*watch, show_heights(*UP_AND_DOWN)).stdout.splitlines()
    assert len(lines) == 2
    assert "swipe_up" in lines[0]
    assert lines[0].endswith("right")
    assert "swipe_down" in lines[1]


def test_mirrored_pictures_show_the_other_hand(
    watch: tuple[object, ...], show_heights: ShowHeights, film: Film, low_hand: Picture
) -> None:
    events = seen(run(*watch, show_heights(*UP_AND_DOWN), "--json", "--mirrored"))
    assert [event["hand"] for event in events] == ["left", "left"]
    (event,) = seen(run(*watch, film([low_hand] * 8), "--json", "--mirrored"))
    assert event["hand"] == "left"


def test_the_threshold_can_be_lowered(watch: tuple[object, ...], show_heights: ShowHeights) -> None:
    path = show_heights((0.5, 0.5), (0.5, 0.72))
    assert seen(run(*watch, path, "--json")) == []
    assert [event["label"] for event in seen(run(*watch, path, "--json", "--threshold", "0.1"))] == ["swipe_up"]


def test_a_hand_that_leaves_and_comes_back(watch: tuple[object, ...], film: Film, low_hand: Picture) -> None:
    path = film([DARK] * 4 + [low_hand] * 8 + [DARK] * 8 + [low_hand] * 8)
    events = seen(run(*watch, path, "--json"))
    assert [(event["label"], event["hand"]) for event in events] == [("swipe_down", "right")] * 2
    assert [event["emitted"] for event in events] == pytest.approx([4 / 15, 20 / 15], abs=0.2)


def test_nobody_there(watch: tuple[object, ...], film: Film) -> None:
    assert seen(run(*watch, film([DARK] * 10), "--json")) == []


def test_a_greyscale_video(watch: tuple[object, ...], film: Film, low_hand: Picture) -> None:
    path = film([low_hand] * 8, "grey.mkv", "ffv1", "gray")
    assert [event["label"] for event in seen(run(*watch, path, "--json"))] == ["swipe_down"]


def test_a_portrait_video(watch: tuple[object, ...], film: Film, low_hand: Picture) -> None:
    path = film([np.ascontiguousarray(low_hand[:, 140:500])] * 8)
    assert [event["label"] for event in seen(run(*watch, path, "--json"))] == ["swipe_down"]


def test_a_cut_video_gives_what_is_there_and_says_so(watch: tuple[object, ...], film: Film, low_hand: Picture) -> None:
    path = film([np.roll(low_hand, frame, axis=1) for frame in range(45)], "cut.mkv", "mpeg4")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    result = run(*watch, path, "--json")
    assert result.returncode == 0
    assert [json.loads(line)["label"] for line in result.stdout.splitlines()] == ["swipe_down"]
    assert "is cut or damaged" in result.stderr
    assert len(result.stderr.splitlines()) <= 2


def test_a_camera_until_control_c(watch: tuple[object, ...], stand_in: Callable[..., str]) -> None:
    with filming((*watch, "--json"), stand_in(pause=0.5)) as process:
        assert process.stdout
        assert process.stderr
        assert process.stderr.readline() == "watching Integrated Camera; Ctrl-C ends it\n"
        assert json.loads(process.stdout.readline())["label"] == "swipe_down"  # while it goes on
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == ""


def test_many_dropped_frames_are_told(watch: tuple[object, ...], stand_in: Callable[..., str]) -> None:
    with filming(watch, stand_in(pause=0.001)) as process:
        assert process.stdout
        assert process.stderr
        assert "swipe_down" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "frames were dropped: this machine could not keep up" in process.stderr.read().splitlines()[-1]


def test_no_camera_is_one_line_and_1(watch: tuple[object, ...], stand_in: Callable[..., str]) -> None:
    code = stand_in(opened=False, cameras="{}")
    assert one_line(run(*watch, code=code), 1).startswith("legato: no camera found: plug one in, or name a video")
    assert "'telescope' is neither a file nor a camera" in one_line(run(*watch, "telescope", code=code), 1)


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_preview_changes_nothing_that_is_printed(
    watch: tuple[object, ...], show_heights: ShowHeights, film: Film, low_hand: Picture, form: tuple[str, ...]
) -> None:
    for path in (show_heights(*UP_AND_DOWN), film([DARK] * 4 + [low_hand] * 8)):
        without, shown = run(*watch, path, *form), run(*watch, path, *form, "--preview")
        assert (shown.returncode, shown.stderr) == (0, "")
        assert shown.stdout == without.stdout != ""


def test_a_preview_of_a_file_takes_its_time(watch: tuple[object, ...], show_heights: ShowHeights) -> None:
    begin = monotonic()
    seen(run(*watch, show_heights((3.0, 0.5)), "--json", "--preview"))
    assert monotonic() - begin > 3.0


def test_a_preview_that_is_closed_ends_it(watch: tuple[object, ...], stand_in: Callable[..., str]) -> None:
    result = run(*watch, "--json", "--preview", code=CLOSING + stand_in())
    assert (result.returncode, result.stderr) == (0, "watching Integrated Camera; Ctrl-C ends it\n")
    assert [json.loads(line)["label"] for line in result.stdout.splitlines()] == ["swipe_down"]


def test_a_preview_until_control_c(watch: tuple[object, ...], stand_in: Callable[..., str]) -> None:
    with filming((*watch, "--json", "--preview"), stand_in(pause=0.5)) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["label"] == "swipe_down"  # while it goes on
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == "watching Integrated Camera; Ctrl-C ends it\n"


def test_a_preview_of_nothing_is_one_line(watch: tuple[object, ...]) -> None:
    assert one_line(run(*watch, "none.mp4", "--preview"), 1) == "legato: no such file: none.mp4"


def test_without_a_preview_no_window_is_loaded(watch: tuple[object, ...], show_heights: ShowHeights) -> None:
    code = RUN.replace("sys.exit(main())", "main(); assert not [name for name in sys.modules if 'PyQt' in name]")
    assert run(*watch, show_heights(*UP_AND_DOWN), code=code).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-",), "pictures cannot be read from standard input"),
        (("--threshold", "1.5", "any.mp4"), "the threshold must be between 0 and 1"),
        (("--device", "abacus"), "--device"),
        (("--hands", "third"), "--hands"),
        (("one.mp4", "two.mp4"), "two.mp4"),
    ],
)
def test_wrong_usage_is_one_line_and_2(watch: tuple[object, ...], arguments: tuple[str, ...], words: str) -> None:
    assert words in one_line(run(*watch, *arguments), 2)


def test_failures_are_one_line_and_1(watch: tuple[object, ...], tmp_path: Path, speak_levels: Film) -> None:
    for name in ("empty.mp4", "empty.npz"):
        (tmp_path / name).touch()
    assert one_line(run(*watch, "none.mp4"), 1) == "legato: no such file: none.mp4"
    assert one_line(run(*watch, "none.npz"), 1) == "legato: no such file: none.npz"
    assert "is empty (0 bytes)" in one_line(run(*watch, tmp_path / "empty.mp4"), 1)
    assert "is not a recording of hands" in one_line(run(*watch, tmp_path / "empty.npz"), 1)
    assert "is a folder" in one_line(run(*watch, tmp_path), 1)
    assert "has no picture" in one_line(run(*watch, speak_levels((0.5, 0.5))), 1)


def test_a_model_for_something_else_is_refused(level_model: Path) -> None:
    result = run("watch", "any.mp4", "--device", "cpu", "--model", level_model)
    assert "this needs a gesture model" in one_line(result, 1)
