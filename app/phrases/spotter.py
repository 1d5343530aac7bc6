"""Typed phrases in a stream of sound, alone and together with keywords that a model was trained for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from legato.app.engine.ears import Looks
from legato.app.engine.events import KeywordEvent
from legato.app.engine.spotter import Floats, Spotter
from legato.app.phrases.ears import PhraseEars, PhraseStream


class PhraseSpotter(Spotter):
    """A `Spotter` of phrases, whose events begin and end where their letters do."""

    together = 5

    def __init__(self, ears: PhraseEars, threshold: float | None = None, second: Looks | None = None) -> None:
        """Listen for all phrases of `ears`; `threshold`, 0..1, replaces the usual one, and `second` may veto events.

        UsageError for a threshold out of range.
        """
        self._transcript = ears.session.contract.transcript
        super().__init__(ears, ears.contract.labels, threshold, second)

    def _shown(self, scores: Floats) -> Floats:  # noqa: ARG002 - what a phrase is decoded by is one frame high
        """The scores (T, P) as they rise and fall."""
        return cast("PhraseStream", self._stream).rising

    def _placed(self, events: list[KeywordEvent], end: float) -> list[KeywordEvent]:
        return [self._of_letters(event, end) for event in events]

    def _of_letters(self, event: KeywordEvent, block_end: float) -> KeywordEvent:
        """An event of the latest block, from its first letter to its last."""
        hop, found = self.model.contract.hop_seconds, cast("PhraseStream", self._stream).found
        row = len(found.scores) - 1 - round((block_end - event.emitted) / hop)
        column = self.model.contract.labels.index(event.label)
        start = max(0.0, int(found.first[row, column]) * hop - self._transcript.delay)
        end = (int(found.last[row, column]) + 1) * hop + self._transcript.ending
        return replace(event, start=round(start, 6), end=round(min(max(end, start), event.emitted), 6))


class Chorus:
    """Several spotters that hear the same sound."""

    def __init__(self, spotters: Sequence[Spotter]) -> None:
        self._spotters = tuple(spotters)

    @property
    def repaired(self) -> int:
        """Samples that were not finite or beyond all sound, taken as 0."""
        return max(spotter.repaired for spotter in self._spotters)

    def feed(self, samples: Floats) -> list[KeywordEvent]:
        """Events that the next samples (S,), of any number, bring to light, in the order in which they were told."""
        return _in_order(event for spotter in self._spotters for event in spotter.feed(samples))

    def flush(self) -> list[KeywordEvent]:
        """Events of what is said at the very end."""
        return _in_order(event for spotter in self._spotters for event in spotter.flush())


def _in_order(events: Iterable[KeywordEvent]) -> list[KeywordEvent]:
    return sorted(events, key=lambda event: event.emitted)
