"""Commands run in this process; videos made on the spot, of a hand that is low in the picture, as the tiny model
for gestures understands it."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
import pytest
from av.video.stream import VideoStream

from legato.app.cli.main import main
from legato.app.vision.region import Picture

RATE = 15


class Run(NamedTuple):
    """What a command ended with and printed."""

    status: int
    stdout: str
    stderr: str


@pytest.fixture
def legato(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Run(status, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def low_hand() -> Picture:
    """A rendered right hand, 640 × 480, with its wrist near the lower edge: "swipe_down"."""
    stored = np.fromfile(Path(__file__).parents[1] / "vision" / "hand.jpg", np.uint8)
    picture = cv2.imdecode(stored, cv2.IMREAD_COLOR_RGB)
    assert picture is not None
    return np.roll(np.asarray(picture, np.uint8), 90, axis=0)


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., Path]:
    """Writes pictures at 15 a second: `film([picture, picture], name, codec, layout)`."""

    def make(
        pictures: Sequence[Picture], name: str = "film.mp4", codec: str = "libx264", layout: str = "yuv420p"
    ) -> Path:
        with av.open(str(tmp_path / name), "w") as container:
            stream = container.add_stream(codec, rate=RATE)
            assert isinstance(stream, VideoStream)
            stream.height, stream.width = pictures[0].shape[:2]
            stream.pix_fmt = layout
            for number, picture in enumerate(pictures):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=layout)
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return tmp_path / name

    return make
