"""The camera, with a stand-in for OpenCV's capture."""

import logging
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Event

import numpy as np
import pytest

from legato.app.devices import camera
from legato.app.devices.camera import Camera, CameraTiming
from legato.app.engine.errors import DeviceError

QUICK = CameraTiming(first=0.3, silence=0.5, retry=0.01)
RESTLESS = CameraTiming(first=0.3, silence=0.05, retry=0.01)


class FakeCapture:
    """What `cv2.VideoCapture` is to us: pictures that the test shows it, each a single shade."""

    def __init__(self, plugged: Event) -> None:
        self.plugged = plugged
        self.shown: Queue[int] = Queue()
        self.released = False

    def isOpened(self) -> bool:
        return self.plugged.is_set()

    def read(self) -> tuple[bool, object]:
        try:
            shade = self.shown.get(timeout=0.02)
        except Empty:
            return False, None
        picture = np.zeros((4, 6, 3), np.uint8)
        picture[:, :, 0] = shade  # blue comes first
        return True, picture

    def release(self) -> None:
        self.released = True


class Desk:
    """Opens captures, and remembers them."""

    def __init__(self) -> None:
        self.plugged = Event()
        self.plugged.set()
        self.captures: list[FakeCapture] = []
        self.show: int | None = None
        """The shade of the first picture of the captures to come"""

    def open(self, index: int) -> FakeCapture:
        assert index == 0
        self.captures.append(FakeCapture(self.plugged))
        if self.show is not None:
            self.captures[-1].shown.put(self.show)
        return self.captures[-1]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(camera, "cameras", lambda: {0: "Integrated Camera"})
    return Desk()


@pytest.fixture
def opened(desk: Desk) -> Iterator[Camera]:
    with Camera(None, QUICK, desk.open) as one:
        yield one


def test_pictures_come_in_rgb_with_rising_times(desk: Desk, opened: Camera) -> None:
    frames = opened.frames()
    desk.captures[0].shown.put(200)
    first = next(frames)
    assert first.time == 0
    assert first.picture[0, 0].tolist() == [0, 0, 200]
    assert first.picture.shape == (4, 6, 3)
    desk.captures[0].shown.put(100)
    assert next(frames).time > 0
    assert opened.name == "Integrated Camera"


def test_only_the_newest_is_kept_and_the_others_are_counted(desk: Desk, opened: Camera) -> None:
    for shade in range(10):
        desk.captures[0].shown.put(shade)
    while opened.dropped < 9:
        Event().wait(0.01)
    assert next(opened.frames()).picture[0, 0, 2] == 9
    assert opened.dropped == 9


def test_unplugged_and_back(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with Camera(None, RESTLESS, desk.open) as opened:
        frames = opened.frames()
        desk.captures[0].shown.put(1)
        next(frames)
        desk.plugged.clear()
        while not desk.captures[0].released:
            Event().wait(0.01)
        desk.show = 2
        desk.plugged.set()
        assert next(frames).picture[0, 0, 2] == 2
    assert [record.message for record in caplog.records] == [
        "Integrated Camera gives no picture: it is awaited, plug it in again",
        "Integrated Camera is back",
    ]


def test_closing_ends_it_and_lets_go(desk: Desk) -> None:
    one = Camera(None, QUICK, desk.open)
    one.close()
    one.close()
    assert list(one.frames()) == []
    assert desk.captures[-1].released


def test_one_that_gives_nothing_is_told(desk: Desk) -> None:
    with (
        Camera(None, RESTLESS, desk.open) as opened,
        pytest.raises(DeviceError, match="Integrated Camera gives no picture: close the program that uses it"),
    ):
        next(opened.frames())


def test_one_in_use_is_told(desk: Desk) -> None:
    desk.plugged.clear()
    with pytest.raises(DeviceError, match="Integrated Camera cannot be opened: close the program that uses it"):
        Camera(None, QUICK, desk.open)


def test_no_camera(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.plugged.clear()
    monkeypatch.setattr(camera, "cameras", dict)
    with pytest.raises(DeviceError, match="no camera found: plug one in, or name a video"):
        Camera(None, QUICK, desk.open)


def test_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(["Integrated Camera", "Integrated Camera", "USB Camera"]):
        (tmp_path / f"video{number}").mkdir()
        (tmp_path / f"video{number}" / "name").write_text(name + "\n")
    monkeypatch.setattr(camera, "_LISTED", tmp_path)
    assert camera.cameras() == {0: "Integrated Camera", 2: "USB Camera"}
    assert camera._find("usb") == ("USB Camera", 2)
    assert camera._find("/dev/video2") == ("USB Camera", 2)
    assert camera._find("0") == ("Integrated Camera", 0)
    with pytest.raises(DeviceError, match="several cameras are called 'camera', say which: Integrated Camera, USB"):
        camera._find("camera")
    with pytest.raises(DeviceError, match="'phone' is neither a file nor a camera; cameras: Integrated Camera, USB"):
        camera._find("phone")
