"""Videos made on the spot: rates, shapes, rotation, damage."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from legato.app.devices.video import VideoFile
from legato.app.engine.errors import SourceError

Film = Callable[..., Path]


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Writes a video whose left third is red, and whose frame k is k steps brighter in green."""

    def make(
        name: str = "film.mp4",
        times: "tuple[float, ...] | None" = None,
        size: tuple[int, int] = (96, 64),
        codec: str = "libx264",
        layout: str = "yuv420p",
    ) -> Path:
        with av.open(str(tmp_path / name), "w") as container:
            stream = container.add_stream(codec, rate=30)
            assert isinstance(stream, VideoStream)
            stream.width, stream.height, stream.pix_fmt = *size, layout
            stream.time_base = stream.codec_context.time_base = Fraction(1, 600)
            for number, time in enumerate(times or tuple(k / 30 for k in range(12))):
                picture = np.zeros((size[1], size[0], 3), np.uint8)
                picture[:, : size[0] // 3, 0] = 255
                picture[:, :, 1] = min(10 * number, 255)
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=layout)
                frame.pts, frame.time_base = round(time * 600), Fraction(1, 600)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return tmp_path / name

    return make


def test_pictures_and_times(film: Film) -> None:
    with VideoFile(film()) as video:
        frames = list(video.frames())
    assert video.duration == pytest.approx(0.4, abs=0.04)
    assert [frame.time for frame in frames] == pytest.approx([k / 30 for k in range(12)], abs=2e-3)
    first, last = frames[0].picture, frames[-1].picture
    assert first.shape == (64, 96, 3)
    assert first.dtype == np.uint8
    assert first[32, 10, 0] > 200
    assert first[32, 80, 0] < 60
    assert last[32, 80, 1] > first[32, 80, 1] + 80


@pytest.mark.parametrize("name", ["film.mkv", "film.avi", "film.mov", "film.webm"])
def test_common_formats(film: Film, name: str) -> None:
    path = film(name, codec="libvpx-vp9" if name.endswith("webm") else "mpeg4")
    with VideoFile(path) as video:
        assert len(list(video.frames())) == 12


def test_a_varying_rate_keeps_its_times(film: Film) -> None:
    times = (0.0, 0.1, 0.15, 0.4, 0.41, 1.0)
    with VideoFile(film(times=times)) as video:
        assert [frame.time for frame in video.frames()] == pytest.approx(times, abs=2e-3)


def test_times_begin_at_the_first_frame(film: Film) -> None:
    with VideoFile(film(times=(3.0, 3.1, 3.2))) as video:
        assert next(video.frames()).time == 0


def test_grey_and_portrait(film: Film) -> None:
    with VideoFile(film("grey.mkv", size=(64, 96), codec="ffv1", layout="gray")) as video:
        picture = next(video.frames()).picture
    assert picture.shape == (96, 64, 3)
    assert (picture[:, :, 0] == picture[:, :, 2]).all()


@pytest.mark.parametrize(("turn", "corner"), [(90, "top"), (180, "right"), (270, "bottom")])
def test_a_telephones_rotation_is_honoured(film: Film, tmp_path: Path, turn: int, corner: str) -> None:
    """The red third, stored on the left, is shown where a clockwise turn brings it."""
    turned = rotated(film(), tmp_path / "turned.mp4", turn)
    with VideoFile(turned) as video:
        picture = next(video.frames()).picture.astype(int)
    assert picture.shape == ((64, 96, 3) if turn == 180 else (96, 64, 3))
    height, width = picture.shape[:2]
    places = {"top": (4, width // 2), "right": (height // 2, width - 5), "bottom": (height - 5, width // 2)}
    for name, (row, column) in places.items():
        assert (picture[row, column, 0] > 150) == (name == corner), name


def rotated(source: Path, target: Path, turn: int) -> Path:
    """A copy of an MP4 whose track header asks players for a clockwise turn, as telephones write it."""
    data = bytearray(source.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # a version 0 header: the matrix of 9 numbers, 16.16 and 2.30 fixed
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
    values = (cos << 16, sin << 16, 0, -sin << 16, cos << 16, 0, 0, 0, 1 << 30)
    data[matrix : matrix + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in values)
    target.write_bytes(data)
    return target


def test_sound_alone_is_no_video() -> None:
    demo = Path(__file__).parents[2] / "app" / "assets" / "demo.flac"
    with pytest.raises(SourceError, match=r"demo\.flac has no picture: name a video"):
        VideoFile(demo)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        VideoFile(tmp_path / "none.mp4")
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(SourceError, match="is empty"):
        VideoFile(tmp_path / "empty.mp4")


def test_a_cut_video_gives_what_is_there_and_says_so(film: Film, caplog: pytest.LogCaptureFixture) -> None:
    path = film("film.mkv", times=tuple(k / 30 for k in range(90)), codec="mpeg4")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])
    with VideoFile(path) as video:
        count = len(list(video.frames()))
    assert 5 < count < 60
    assert "is cut or damaged" in caplog.text


def test_close_ends_the_frames(film: Film) -> None:
    video = VideoFile(film())
    frames = video.frames()
    next(frames)
    video.close()
    video.close()
    assert len(list(frames)) < 11
