"""A media file that FFmpeg reads, and the frames of one of its streams, decoded while they are asked for."""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Literal

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from legato.app.engine.errors import SourceError

log = logging.getLogger(__name__)

_MISSING = {
    "audio": "has no sound: name a file with an audio track",
    "video": "has no picture: name a video, or a recording that legato made",
}
_UNKNOWN = {
    "audio": "has sound in a format that is not known here: convert it to FLAC or WAV first",
    "video": "has a picture in a format that is not known here: convert it to MP4 first",
}


def has_pictures(path: Path) -> bool:
    """Whether a file holds a film, and not sound alone, be it with a cover; SourceError where it cannot be read."""
    with _open(path) as container:
        return any(not stream.disposition & Disposition.attached_pic for stream in container.streams.video)


class Decoding:
    """The best stream of a kind in a file; only what is being decoded is in memory."""

    def __init__(self, path: Path, kind: Literal["audio", "video"]) -> None:
        """Open `path`; SourceError where it holds no such stream."""
        self.damaged = 0
        """Packets that could not be decoded and were left out"""
        self.closed = False
        self._path = path
        self._decoding = Lock()  # held for a packet at a time: FFmpeg must not lose its container while it decodes
        self._container = _open(path)
        try:
            self.stream = _stream(self._container, path, kind)
        except SourceError:
            self._container.close()
            raise
        self.duration = _duration(self._container, self.stream)
        """Seconds, as the container tells them; None where it does not"""

    def frames(self) -> Iterator[AudioFrame | VideoFrame]:
        """All frames from the beginning; once only. SourceError where the file breaks."""
        packets = self._container.demux(self.stream)
        while True:
            try:
                with self._decoding:
                    if self.closed:
                        return
                    frames = next(packets).decode()
            except StopIteration:
                return
            except av.error.InvalidDataError:
                self.damaged += 1
                continue
            except (av.error.FFmpegError, OSError) as error:
                raise SourceError(f"{self._path} cannot be read further: {error.strerror}") from error
            yield from (frame for frame in frames if isinstance(frame, AudioFrame | VideoFrame))

    def seek(self, seconds: float) -> None:
        """Let `frames`, not yet begun, start shortly before a time. SourceError where the file cannot do that."""
        try:
            self._container.seek(round(max(0.0, seconds) * av.time_base))
        except (av.error.FFmpegError, OSError) as error:
            raise SourceError(f"{self._path} can only be read from its beginning: {error.strerror}") from error

    def complain(self, seconds: float) -> None:
        """Say what is missing of a file that gave `seconds`."""
        if self.damaged:
            log.warning("%s is damaged: %d packets were left out", self._path, self.damaged)
        # Some containers can only guess, so only a large difference tells.
        if self.duration is not None and seconds < 0.9 * self.duration - 0.5:
            log.warning("%s is cut or damaged: %.1f s of %.1f s could be read", self._path, seconds, self.duration)

    def close(self) -> None:
        """End `frames` after the packet in work, and let go of the file. From any thread, any number of times."""
        with self._decoding:
            self.closed = True
            self._container.close()


def _open(path: Path) -> InputContainer:
    """The opened container; SourceError in every way in which that fails."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise SourceError(f"{path} is a folder: name a recording in it")
        if stat.S_ISREG(about.st_mode) and about.st_size == 0:
            raise SourceError(f"{path} is empty (0 bytes): record or copy it again")
        # The protocol is named so that no file name is taken for another one ("concat:…"), or for a picture's pattern.
        return av.open(f"file:{path.absolute()}", mode="r")
    except FileNotFoundError as error:
        raise SourceError(f"no such file: {path}") from error
    except PermissionError as error:
        raise SourceError(f"{path} may not be read: change its permissions") from error
    except (av.error.FFmpegError, OSError) as error:
        raise SourceError(f"{path} is not a media file that can be read: name an audio or video file") from error


def _stream(container: InputContainer, path: Path, kind: Literal["audio", "video"]) -> AudioStream | VideoStream:
    """The stream of that kind in the file; SourceError where there is none."""
    if not (container.streams.audio if kind == "audio" else container.streams.video):
        raise SourceError(f"{path} {_MISSING[kind]}")
    best = container.streams.best(kind)
    if not isinstance(best, AudioStream | VideoStream) or best.codec_context is None:
        raise SourceError(f"{path} {_UNKNOWN[kind]}")
    return best


def _duration(container: InputContainer, stream: AudioStream | VideoStream) -> float | None:
    """Seconds, as the container tells them."""
    if container.format.name == "aac":  # without a header; FFmpeg guesses, often far from the truth
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration is not None else None
