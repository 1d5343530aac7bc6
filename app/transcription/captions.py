"""Captions: what is said, written while it is said, and once more at each pause.

Letters: S samples, T frames, C labels.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import SPEECH
from legato.app.engine.errors import ModelError
from legato.app.engine.intake import Intake
from legato.app.engine.session import Session
from legato.app.transcription.decoding.alphabet import BLANK
from legato.app.transcription.decoding.greedy import GreedyDecoder
from legato.app.transcription.words import Decoder, Word

Floats = NDArray[np.float32]

_BLOCK_SECONDS = 1.0
"""Most audio handed to the graph at once"""
_TAIL_SECONDS = 0.6
"""Silence after the end, for letters that come late"""
_KEPT_SECONDS = 0.3
"""Of the silence before a caption, which its first letter may belong to"""


@dataclass(frozen=True)
class CaptionSettings:
    """When a caption ends."""

    pause: float = 0.6
    """Seconds without a letter"""
    longest: float = 15.0
    """Seconds after which a caption ends at its longest gap even so"""


@dataclass(frozen=True)
class Caption:
    """What has been said since the last pause. Times are media time: seconds since the source's first sample."""

    text: str
    start: float
    end: float
    emitted: float
    """The newest sample that had been consumed when the caption was written"""
    final: bool
    """Whether it stays as it is; otherwise the next one writes the same words anew, and more"""
    words: tuple[Word, ...]

    def to_json(self) -> str:
        """One line of JSON; times in seconds with three decimals."""
        words = [
            {
                "word": one.word,
                "start": round(one.start, 3),
                "end": round(one.end, 3),
                "confidence": round(one.confidence, 2),
            }
            for one in self.words
        ]
        times = {name: round(getattr(self, name), 3) for name in ("start", "end", "emitted")}
        fields = {"type": "caption", "text": self.text, **times, "final": self.final, "words": words}
        return json.dumps(fields, ensure_ascii=False)


class Captioner:
    """One stream of mono audio at the model's rate, from samples to captions.

    Until a pause, the best label of every frame is written down, so that text is only ever added to; at the pause,
    `decoder` reads the whole caption again.
    """

    def __init__(self, session: Session, decoder: Decoder, settings: CaptionSettings | None = None) -> None:
        """ModelError for a model of another task, or one that reads whole recordings."""
        contract = session.contract
        if contract.task != SPEECH:
            raise ModelError(f"{session.path}: contract field 'task' is {contract.task!r}; this needs a speech model")
        self.session = session
        self._decoder, self._draft, self._settings = decoder, GreedyDecoder(contract), settings or CaptionSettings()
        self._space = contract.labels.index(" ")
        self._hop, self._block = contract.hop_seconds, contract.hop * max(1, int(_BLOCK_SECONDS / contract.hop_seconds))
        self._intake = Intake(contract.hop)
        self.reset()

    def reset(self) -> None:
        """Start a new stream at media time 0; the count of repaired samples stays."""
        self._stream = self.session.stream()
        self._intake.clear()
        self._scores = np.zeros((0, len(self.session.contract.labels)), np.float32)
        self._first = 0
        """Frame of the stream at which the scores begin"""
        self._letters: list[int] = []
        """The frames of the scores that write a letter"""
        self._written = ""
        self._end = math.inf
        """Seconds at which the sound ends, once that is known"""

    @property
    def repaired(self) -> int:
        """Samples that were not finite or beyond all sound, taken as 0."""
        return self._intake.repaired

    @property
    def position(self) -> float:
        """Seconds of audio fed."""
        return (self._stream.consumed + self._intake.waiting) / self.session.contract.sample_rate

    def feed(self, samples: Floats) -> Iterator[Caption]:
        """Captions that the next samples (S,), of any number, bring about."""
        hops = self._intake.take(samples)
        for begin in range(0, len(hops), self._block):
            yield from self._advance(hops[begin : begin + self._block])

    def flush(self) -> Iterator[Caption]:
        """The last caption, heard by feeding silence after it; no time lies beyond the true end."""
        self._end = self.position
        silence = (self.session.contract.transcript.delay + _TAIL_SECONDS) * self.session.contract.sample_rate
        yield from self._advance(self._intake.finish(silence))
        yield from self._final(len(self._scores))
        self.reset()

    def _advance(self, hops: Floats) -> Iterator[Caption]:
        """Whole hops (S,) through the graph, then frame after frame, so that nothing depends on how they came."""
        if not len(hops):
            return
        scores = self._stream.step(hops[None])[0]
        for frame, best in zip(scores, scores.argmax(axis=1).tolist(), strict=True):
            self._scores = np.concatenate((self._scores, frame[None]))
            yield from self._look(best)

    def _look(self, best: int) -> Iterator[Caption]:
        """What the newest frame, whose best label is `best`, brings about."""
        frames = len(self._scores)
        if best not in {BLANK, self._space}:
            self._letters.append(frames - 1)
            words = self._placed(self._draft, frames)
            text = " ".join(word.word for word in words)
            if text != self._written:
                self._written = text
                yield self._caption(words, final=False)
        if not self._letters:
            self._forget(frames - round(_KEPT_SECONDS / self._hop))
        elif frames - self._letters[-1] > round(self._settings.pause / self._hop):
            yield from self._final(frames)
        elif frames * self._hop > self._settings.longest:
            yield from self._final(self._gap())

    def _gap(self) -> int:
        """The middle of the longest gap in the second half of the letters."""
        edges = np.append(self._letters[len(self._letters) // 2 :], len(self._scores))
        place = int(np.diff(edges).argmax())
        return int(edges[place] + edges[place + 1]) // 2 + 1

    def _final(self, frames: int) -> Iterator[Caption]:
        """The caption of the first frames, which are then forgotten."""
        words = self._placed(self._decoder, frames)
        if words:
            yield self._caption(words, final=True)
        self._forget(frames)
        self._written = ""

    def _placed(self, decoder: Decoder, frames: int) -> list[Word]:
        """The words of the first frames, in media time."""
        before, end = self._first * self._hop, self._end
        words = decoder.decode(self._scores[:frames]) if frames else []
        return [replace(word, start=min(before + word.start, end), end=min(before + word.end, end)) for word in words]

    def _forget(self, frames: int) -> None:
        if frames > 0:
            self._scores = self._scores[frames:]
            self._letters = [letter - frames for letter in self._letters if letter >= frames]
            self._first += frames

    def _caption(self, words: list[Word], *, final: bool) -> Caption:
        text = " ".join(word.word for word in words)
        emitted = min((self._first + len(self._scores)) * self._hop, self._end)
        return Caption(text, words[0].start, words[-1].end, emitted, final, tuple(words))
