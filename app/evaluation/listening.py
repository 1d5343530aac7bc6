"""Recordings played through one stream of a model, and the scores that come out.

Letters: S samples, T frames, C labels.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from legato.app.devices.media import MediaFile
from legato.app.devices.source import Block
from legato.app.engine.ears import Ears
from legato.app.engine.errors import SourceError
from legato.app.engine.intake import LOUDEST
from legato.app.evaluation.manifest import Recording
from legato.app.evaluation.noise import Noise, NoiseSettings, speech_level

Floats = NDArray[np.float32]

GAP = 0.5
"""Seconds of silence before each recording"""
TAIL = 1.0
"""Seconds of silence after the last one, so that its last word can still be reported"""
_CHUNK = 1.0
"""Seconds, about, that the model gets at once; any split gives the same scores"""


@dataclass(frozen=True)
class Span:
    """Where a recording lies in what was played; seconds from the first sample of all."""

    recording: Recording
    start: float
    end: float


@dataclass(frozen=True)
class Take:
    """Everything that was heard: what a decoder needs, as often as it likes."""

    scores: NDArray[np.float32]
    """(T, C)"""
    hop: float
    """Seconds a frame"""
    spans: tuple[Span, ...]
    restarts: tuple[int, ...]
    """Frames at which a stream began; the first is 0"""
    failures: tuple[str, ...] = ()
    """One line for each recording that could not be read and has no span"""
    sound: Floats | None = None
    """(S,): all that was played, where it was to be kept"""


@dataclass(frozen=True)
class Playing:
    """How recordings are played."""

    separate: bool = False
    """Each through a new stream and without a gap before it, rather than all through one as a microphone would hear"""
    noise: NoiseSettings | None = None
    keep: bool = False
    """Whether the sound is kept: some 230 MB an hour"""


def listen(
    session: Ears,
    recordings: Sequence[Recording],
    playing: Playing | None = None,
    advance: Callable[[], None] = lambda: None,
) -> Take:
    """Play the recordings one after the other and keep the scores; `advance` is called after each.

    A recording that cannot be read is named in the result's failures, and the rest is played.
    """
    playing = playing or Playing()
    player = _Player(session, playing, _noise(session, recordings, playing))
    spans, failures = [], []
    for recording in recordings:
        try:
            spans.append(player.play(recording))
        except SourceError as error:
            failures.append(f"line {recording.line}: {error}")
        advance()
    player.finish()
    scores = np.concatenate([np.zeros((0, len(session.contract.labels)), np.float32), *player.scores])
    sound = np.concatenate(player.sound) if playing.keep else None
    return Take(scores, session.contract.hop_seconds, tuple(spans), tuple(player.restarts), tuple(failures), sound)


def _noise(session: Ears, recordings: Sequence[Recording], playing: Playing) -> Noise | None:
    if playing.noise is None:
        return None
    return Noise(playing.noise, [recording.path for recording in recordings], session.contract.sample_rate)


class _Player:
    """The loudspeaker and the model that listens to it."""

    def __init__(self, session: Ears, playing: Playing, noise: Noise | None) -> None:
        self.scores: list[NDArray[np.float32]] = []
        self.sound: list[Floats] = []
        self.restarts = [0]
        self._rate = session.contract.sample_rate
        self._hop = session.contract.hop
        self._chunk = max(1, round(_CHUNK * self._rate / self._hop)) * self._hop
        self._stream = session.stream()
        self._separate, self._keep = playing.separate, playing.keep
        self._noise = noise
        self._pending: list[Block] = []
        self._waiting = 0
        self._played = 0

    def play(self, recording: Recording) -> Span:
        """One recording. SourceError where it cannot be read (to the end)."""
        with MediaFile(recording.path, self._rate) as file:
            if self._noise is not None:
                with MediaFile(recording.path, self._rate) as ahead:
                    self._noise.draw(speech_level(ahead.blocks(), self._rate))
            if self._separate:
                self._restart()
            else:
                self._say([self._silence(GAP)], fade=True)
            start = self._played
            self._say(file.blocks())
        return Span(recording, start / self._rate, self._played / self._rate)

    def finish(self) -> None:
        """The silence at the end of a stream."""
        self._say([self._silence(TAIL)])
        self._listen(-self._waiting % self._hop)

    def _restart(self) -> None:
        if self._played:
            self.finish()
            self._stream.reset()
            self.restarts.append(self._played // self._hop)

    def _silence(self, seconds: float) -> Block:
        return np.zeros(round(seconds * self._rate), np.float32)

    def _say(self, blocks: Iterable[Block], *, fade: bool = False) -> None:
        for block in blocks:
            heard = block if self._noise is None else self._noise.under(block, fade=fade)
            self._pending.append(np.where(np.abs(heard) <= LOUDEST, heard, np.float32(0)))  # as the spotter does
            self._played += len(block)
            self._waiting += len(block)
            if self._waiting >= self._chunk:
                self._listen(0)

    def _listen(self, padding: int) -> None:
        """Give the model all whole frames that are waiting."""
        samples = np.concatenate((*self._pending, np.zeros(padding, np.float32)))
        self._played += padding
        whole = len(samples) // self._hop * self._hop
        if self._keep:
            self.sound.append(samples[:whole])
        for start in range(0, whole, self._chunk):
            self.scores.append(self._stream.step(samples[None, start : min(start + self._chunk, whole)])[0])
        self._pending = [samples[whole:]]
        self._waiting = len(samples) - whole
