"""Recordings: any audio or video file that FFmpeg reads, decoded and converted while it streams."""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from legato.app.devices.conversion import Converter
from legato.app.devices.source import Block, Closing
from legato.app.engine.errors import SourceError

log = logging.getLogger(__name__)


class MediaFile(Closing):
    """The sound of a media file; only what is being decoded is in memory."""

    live = False
    overruns = 0

    def __init__(self, path: Path, rate: int) -> None:
        """Open `path` to be read at `rate` hertz; SourceError where it holds no sound."""
        self.name = path.name
        self.rate = rate
        self.damaged = 0
        """Packets that could not be decoded and were left out"""
        self._path = path
        self._closed = False
        self._decoding = Lock()  # held for a packet at a time: FFmpeg must not lose its container while it decodes
        self._container = _open(path)
        try:
            self._stream = _sound(self._container, path)
        except SourceError:
            self._container.close()
            raise
        self.native_rate = self._stream.codec_context.sample_rate
        self.duration = _duration(self._container, self._stream)

    def blocks(self) -> Iterator[Block]:
        """The sound from the beginning: blocks (S,). A damaged part is left out, and said so; once only."""
        converter = Converter(self.rate)
        seconds = 0.0
        for frame in self._frames():
            seconds += frame.samples / frame.sample_rate
            yield from converter.convert(frame)
        if self._closed:
            return
        yield from converter.flush()
        if not seconds:
            raise SourceError(f"{self._path} holds no sound that can be decoded: convert it to FLAC or WAV first")
        self._complain(seconds)

    def close(self) -> None:
        """End `blocks` after the packet in work, and let go of the file."""
        with self._decoding:
            self._closed = True
            self._container.close()

    def _complain(self, seconds: float) -> None:
        """Say what is missing of a recording that gave `seconds` of sound."""
        if self.damaged:
            log.warning("%s is damaged: %d packets were left out", self._path, self.damaged)
        # Some containers can only guess, so only a large difference tells.
        if self.duration is not None and seconds < 0.9 * self.duration - 0.5:
            log.warning("%s is cut or damaged: %.1f s of %.1f s could be read", self._path, seconds, self.duration)

    def _frames(self) -> Iterator[AudioFrame]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                with self._decoding:
                    if self._closed:
                        return
                    frames = next(packets).decode()
            except StopIteration:
                return
            except av.error.InvalidDataError:
                self.damaged += 1
                continue
            except (av.error.FFmpegError, OSError) as error:
                raise SourceError(f"{self._path} cannot be read further: {error.strerror}") from error
            yield from frames


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


def _sound(container: InputContainer, path: Path) -> AudioStream:
    """The stream of sound in the file; SourceError where there is none."""
    if not container.streams.audio:
        raise SourceError(f"{path} has no sound: name a file with an audio track")
    best = container.streams.best("audio")
    if not isinstance(best, AudioStream) or best.codec_context is None:
        raise SourceError(f"{path} has sound in a format that is not known here: convert it to FLAC or WAV first")
    return best


def _duration(container: InputContainer, stream: AudioStream) -> float | None:
    """Seconds, as the container tells them."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration is not None else None
