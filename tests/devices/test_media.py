"""Recordings of any kind, and files that are none."""

import logging
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app.devices.media import MediaFile
from legato.app.engine.errors import SourceError

Recording = Callable[..., Path]


def sound_of(path: Path) -> NDArray[np.float32]:
    with MediaFile(path, 16000) as source:
        return np.concatenate(list(source.blocks()))


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.wav", "pcm_s16le", 44100),
        ("a.flac", "flac", 16000),
        ("a.mp3", "libmp3lame", 44100),
        ("a.opus", "libopus", 48000),
        ("a.m4a", "aac", 48000),
        ("a.mka", "ac3", 48000),
    ],
)
def test_common_formats(recording: Recording, name: str, codec: str, rate: int) -> None:
    path = recording(name, rate=rate, codec=codec)
    sound = sound_of(path)
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert len(sound) == pytest.approx(16000, abs=1700)  # some codecs add a frame at either end
    assert np.abs(sound[4000:12000]).max() == pytest.approx(0.5, abs=0.1)


def test_a_length_that_can_only_be_guessed_is_not_known(recording: Recording) -> None:
    with MediaFile(recording("bare.aac", codec="aac", rate=48000), 16000) as source:
        assert source.duration is None


def test_96_khz_in_8_channels(recording: Recording) -> None:
    sound = sound_of(recording("surround.flac", rate=96000, layout="7.1", codec="flac"))
    assert len(sound) == pytest.approx(16000, abs=2)
    assert 0.25 < np.abs(sound).max() < 0.55


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.sampled_from([8000, 11025, 16000, 44100, 48000, 96000]),
    layout=st.sampled_from(["mono", "stereo", "2.1", "quad", "5.1", "7.1"]),
    codec=st.sampled_from(["pcm_s16le", "pcm_f32le", "pcm_s24le", "pcm_u8"]),
    frame=st.integers(1, 4000),
    samples=st.integers(512, 4000),
)
def test_any_rate_layout_and_frame_size(
    *,
    tmp_path: Path,
    tone: Callable[..., NDArray[np.float32]],
    write_sound: Recording,
    rate: int,
    layout: str,
    codec: str,
    frame: int,
    samples: int,
) -> None:
    channels = [tone(samples / rate, rate)] * av.AudioLayout(layout).nb_channels
    path = write_sound(
        tmp_path / "any.wav", channels, rate=rate, layout=layout, codec=codec, frame=max(frame, samples // 50)
    )
    with MediaFile(path, 16000) as source:
        blocks = list(source.blocks())
    assert all(len(block) for block in blocks)
    assert sum(map(len, blocks)) == pytest.approx(samples * 16000 / rate, abs=2)
    assert source.duration == pytest.approx(samples / rate, abs=0.01)


def test_a_long_file_is_never_in_memory_as_a_whole(recording: Recording) -> None:
    path = recording("long.wav", seconds=120, rate=48000, codec="pcm_s16le")
    with MediaFile(path, 16000) as source:
        blocks = source.blocks()
        next(blocks)
        tracemalloc.start()
        for _ in blocks:
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1_000_000  # bytes; the samples alone are 7.7 million


def test_a_video_gives_its_sound(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mkv", sound=True)
    assert len(sound_of(path)) == pytest.approx(8000, abs=100)


def test_a_video_without_sound(tmp_path: Path) -> None:
    path = write_video(tmp_path / "silent.mkv", sound=False)
    with pytest.raises(SourceError, match=r"silent\.mkv has no sound"):
        MediaFile(path, 16000)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        MediaFile(tmp_path / "none.wav", 16000)


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with pytest.raises(SourceError, match=r"empty \(0 bytes\)"):
        MediaFile(path, 16000)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        MediaFile(tmp_path, 16000)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(recording: Recording) -> None:
    path = recording("secret.wav")
    path.chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        MediaFile(path, 16000)


@pytest.mark.parametrize("content", [b"Dear diary,\n" * 100, b"\x00" * 5000, bytes(range(256)) * 40])
def test_something_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.wav"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught, MediaFile(path, 16000) as source:
        list(source.blocks())
    assert "\n" not in str(caught.value)
    assert "letter.wav" in str(caught.value)


def test_a_header_without_sound(recording: Recording) -> None:
    path = recording("header.wav", codec="pcm_s16le")
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"data") + 8])
    with pytest.raises(SourceError), MediaFile(path, 16000) as source:
        list(source.blocks())


def test_a_cut_file_gives_what_is_there_and_says_so(recording: Recording, caplog: pytest.LogCaptureFixture) -> None:
    path = recording("cut.flac", codec="flac", seconds=10)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    assert 40000 < len(sound_of(path)) < 120000
    assert "cut.flac is cut or damaged" in caplog.text
    assert "of 10.0 s could be read" in caplog.text


def test_damage_in_the_middle_is_left_out_and_said(recording: Recording, caplog: pytest.LogCaptureFixture) -> None:
    path = recording("hurt.m4a", codec="aac", seconds=4, rate=44100)
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 2000] = b"\xa5" * 2000
    path.write_bytes(data)
    with MediaFile(path, 16000) as source:
        count = sum(map(len, source.blocks()))
    assert count > 2.5 * 16000
    assert source.damaged
    assert f"hurt.m4a is damaged: {source.damaged} packets were left out" in caplog.text


def test_odd_names_are_names(recording: Recording) -> None:
    assert len(sound_of(recording("concat:50%02d [é] #?.wav"))) == 16000


def test_close_ends_the_blocks(recording: Recording) -> None:
    with MediaFile(recording("a.wav", seconds=5), 16000) as source:
        blocks = source.blocks()
        next(blocks)
        source.close()
        assert sum(map(len, blocks)) < 16000
    source.close()


def test_close_from_another_thread(recording: Recording) -> None:
    path = recording("a.flac", seconds=20, rate=48000, codec="flac")
    for _ in range(5):
        source = MediaFile(path, 16000)
        begun = threading.Event()
        closer = threading.Thread(target=lambda begun=begun, source=source: begun.wait() and source.close())
        closer.start()
        for _block in source.blocks():
            begun.set()
        closer.join()


def test_nothing_is_printed(recording: Recording, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    path = recording("cut.mp3", codec="libmp3lame", rate=44100)
    path.write_bytes(path.read_bytes()[100:5000])
    sound_of(path)
    assert capfd.readouterr().err == ""


def write_video(path: Path, *, sound: bool) -> Path:
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4", rate=25, width=64, height=48, pix_fmt="yuv420p")
        audio = container.add_stream("pcm_s16le", rate=16000, layout="mono") if sound else None
        for _ in range(12):
            picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        if audio is not None:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
            frame.sample_rate = 16000
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    return path
