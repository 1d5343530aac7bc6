"""Audio of any length in, keyword events out: the one pipeline for microphones, files, evaluation and the window."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.decoder import Decoder
from legato.app.engine.ears import Looks, Model, Scores
from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.events import KeywordEvent
from legato.app.engine.intake import Intake

Floats = NDArray[np.float32]

_BLOCK_SECONDS = 1.0
"""Most audio handed to the graph at once, so that memory stays small"""
_TAIL_SECONDS = 0.5
"""Silence after the end beyond the usual delay, for words whose event comes late"""


class Spotter:
    """One stream of mono audio at the model's rate, from samples to events."""

    together = 1
    """Frames that the graph gets at once, at least: more of them are cheaper, and come later"""

    def __init__(
        self,
        model: Model,
        keywords: Sequence[str] | None = None,
        threshold: float | Mapping[str, float] | None = None,
        second: Looks | None = None,
        *,
        also: Sequence[str] = (),
    ) -> None:
        """Listen for `keywords`, always, or with None for the wake phrases and the commands after one.

        Those in `also` are always listened for beside either. `threshold`, 0..1, replaces the model's own, or that of
        the labels that it names; `second` may veto what is spotted. UsageError for an unknown keyword or a threshold
        out of range, ModelError for a model of another task.
        """
        contract = model.contract
        if contract.task != "keywords":
            raise ModelError(f"{model.path}: contract field 'task' is {contract.task!r}; this needs a keyword model")
        _check_request(contract.labels, (*(keywords or ()), *also), threshold)
        if second and second.sample_rate != contract.sample_rate:
            raise UsageError(f"{model.path} wants sound at another rate than the second look: leave that out")
        self.model = model
        self._intake = Intake(contract.hop * self.together)
        self._rate = contract.sample_rate
        self._block = contract.hop * max(1, int(_BLOCK_SECONDS / contract.hop_seconds))
        self._second = second
        self._kept = round(second.seconds * contract.sample_rate) if second else 0
        confirm = self._confirms if second else None
        self._decoder = Decoder(
            contract.labels, contract.decoder, contract.hop_seconds, keywords, threshold, also=also, confirm=confirm
        )
        self.reset()

    def reset(self) -> None:
        """Start a new stream at media time 0; the count of repaired samples stays."""
        self._stream: Scores = self.model.stream()
        self._decoder.reset()
        self._intake.clear()
        self._consumed = 0
        self._heard = np.zeros(0, np.float32)
        """The latest samples, as many as a second look may want before the latest block, and that block"""
        self._ended = False
        self.last_scores = np.zeros((0, len(self.model.contract.labels)), dtype=np.float32)
        """Probabilities (T, C) of the frames that the latest feed completed"""
        self.vetoed: list[KeywordEvent] = []
        """What the latest feed spotted and the second look did not find again"""

    @property
    def repaired(self) -> int:
        """Samples that were not finite or beyond all sound, taken as 0."""
        return self._intake.repaired

    @property
    def position(self) -> float:
        """Seconds of audio fed."""
        return (self._consumed + self._intake.waiting) / self._rate

    def feed(self, samples: Floats) -> list[KeywordEvent]:
        """Events that the next samples (S,), of any number, bring to light. ValueError after `flush`."""
        if self._ended:
            raise ValueError("the stream was flushed; reset the spotter before the next one")
        return self._advance(self._intake.take(samples))

    def flush(self) -> list[KeywordEvent]:
        """Events of words at the very end, heard by feeding silence after them; no time lies beyond the true end."""
        if self._ended:
            return []
        end = self.position
        settings = self.model.contract.decoder
        tail = self.model.contract.lookahead + settings.delay + settings.smoothing + _TAIL_SECONDS
        events = self._advance(self._intake.finish(tail * self._rate))
        self._consumed = round(end * self._rate)
        self._ended = True
        return [
            replace(event, start=min(event.start, end), end=min(event.end, end), emitted=min(event.emitted, end))
            for event in events
        ]

    def go_on_with(self, following: Callable[[Scores], Scores]) -> None:
        """Let another stream go on where the present one is, until the next reset."""
        self._stream = following(self._stream)

    def _advance(self, samples: Floats) -> list[KeywordEvent]:
        """Whole hops (S,) through graph and decoder."""
        events: list[KeywordEvent] = []
        scores = []
        self.vetoed = []
        for begin in range(0, len(samples), self._block):
            block = samples[begin : begin + self._block]
            given = self._stream.step(block[None])[0]
            scores.append(self._shown(given))
            self._consumed += len(block)
            if self._second:
                self._heard = np.concatenate((self._heard, block))[-(self._kept + len(block)) :]
            end = self._consumed / self._rate
            events += self._placed(self._decoder.step(given, end), end)
        self.last_scores = scores[0] if len(scores) == 1 else np.concatenate((self.last_scores[:0], *scores))
        return events

    def _confirms(self, event: KeywordEvent) -> bool:
        """What the second look says of an event of the latest block; only what was heard before it counts."""
        end = len(self._heard) - (self._consumed - round(event.emitted * self._rate))
        sound = self._heard[max(0, end - self._kept) : end]
        confirmed = self._second is None or self._second.confirms(event.label, sound)
        if not confirmed:
            self.vetoed.append(event)
        return confirmed

    def _shown(self, scores: Floats) -> Floats:
        """What of the latest step, whose scores (T, C) are decoded, is worth looking at."""
        return scores

    def _placed(self, events: list[KeywordEvent], end: float) -> list[KeywordEvent]:  # noqa: ARG002 - for others
        """Events of a block that ends at `end` seconds, with their times where those are known better than usually."""
        return events


def _check_request(
    labels: tuple[str, ...], keywords: Sequence[str], threshold: float | Mapping[str, float] | None
) -> None:
    for keyword in keywords:
        if keyword not in labels:
            raise UsageError(f"unknown keyword {keyword!r}; the model knows: {', '.join(labels)}")
    given = threshold.values() if isinstance(threshold, Mapping) else () if threshold is None else (threshold,)
    for value in given:
        if not 0.0 <= value <= 1.0:
            raise UsageError(f"the threshold must be between 0 and 1, not {value:g}")
