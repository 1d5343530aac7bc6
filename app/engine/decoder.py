"""From scores to events: smoothing, thresholds with hysteresis, and the rules on when a crossing counts.

Letters: T frames, C labels.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from legato.app.engine.contract import DecoderSettings
from legato.app.engine.events import KeywordEvent

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass
class DecoderState:
    """What a decoder remembers of its stream. Frames count from the stream's first, which is 0."""

    past: Floats
    """(window − 1, C): the scores that the moving average still needs; zeros at the start"""
    armed: Flags
    """(C,): labels that have been below their lower threshold since they last crossed"""
    frames: int = 0
    """Frames decoded"""
    woken: int | None = None
    """Frame of the last wake event"""
    last: dict[str, tuple[int, KeywordEvent]] = field(default_factory=dict)
    """Frame and event that each label was last reported with"""


class Decoder:
    """Turns the scores of one stream into events.

    A label's smoothed score that reaches its threshold from below is a crossing. It is an event or, while the stream
    warms up, the label is refractory, not listened for, or beaten by another word over the same span, it is dropped;
    either way the label must fall below `hysteresis × threshold` before it can cross again.
    """

    def __init__(
        self,
        labels: Sequence[str],
        settings: DecoderSettings,
        hop_seconds: float,
        watch: Sequence[str] | None = None,
        threshold: float | Mapping[str, float] | None = None,
        *,
        also: Sequence[str] = (),
        confirm: Callable[[KeywordEvent], bool] | None = None,
    ) -> None:
        """A decoder at the start of a stream.

        `watch` names the labels that are always listened for. None stands for the wake phrases always and the others
        within the command window after one (without wake phrases: all, always); `also` are always listened for beside
        either. `threshold` replaces every label's own,
        or that of the labels that it names. `confirm` is asked about every event, and may veto it: nothing then follows
        from it, as if the label had not been heard.
        """
        self.labels = tuple(labels)
        self.settings = settings
        if isinstance(threshold, float | int):
            threshold = dict.fromkeys(self.labels, float(threshold))
        limits = {**settings.thresholds, **(threshold or {})}
        own = [limits[label] for label in self.labels]
        self._hop = hop_seconds
        self._on = np.array(own, dtype=np.float32)
        self._off = np.array([value * settings.hysteresis for value in own], dtype=np.float32)
        self._window = max(1, round(settings.smoothing / hop_seconds))
        self._always = frozenset((settings.wake or self.labels) if watch is None else watch) | frozenset(also)
        self._wake = frozenset(settings.wake) if watch is None else frozenset()
        self._confirm = confirm or (lambda _: True)
        self.state: DecoderState
        self.reset()

    def reset(self) -> None:
        """Forget the stream: the next frame is a stream's first."""
        count = len(self.labels)
        self.state = DecoderState(np.zeros((self._window - 1, count), np.float32), np.ones(count, np.bool_))

    def step(self, scores: Floats, end_time: float) -> list[KeywordEvent]:
        """Events of the next scores (T, C), the last frame of which ends at the media time `end_time` in seconds.

        Scores that are not finite count as 0. Any split of the same scores gives the same events.
        """
        smoothed = self._smooth(scores)
        crossings = self._cross(smoothed)
        first = self.state.frames
        self.state.frames += len(scores)
        if crossings is None:
            return []
        events = []
        for row in np.flatnonzero(crossings.any(axis=1)).tolist():
            emitted = round(end_time - (len(scores) - 1 - row) * self._hop, 6)
            columns = np.flatnonzero(crossings[row])
            for column in columns[np.argsort(-smoothed[row, columns], kind="stable")].tolist():
                event = self._event(self.labels[column], emitted, float(smoothed[row, column]))
                if self._counts(first + row, event):
                    self._report(first + row, event)
                    events.append(event)
        return events

    def _smooth(self, scores: Floats) -> Floats:
        """Moving averages (T, C) over the last frames; each sum is taken in the same order whatever the split."""
        if not np.isfinite(scores).all():
            scores = np.where(np.isfinite(scores), scores, np.float32(0))
        frames = len(scores)
        padded = np.concatenate((self.state.past, scores))
        total = padded[:frames].copy()
        for shift in range(1, self._window):
            total += padded[shift : shift + frames]
        total /= self._window
        self.state.past = padded[frames:]
        return total

    def _cross(self, smoothed: Floats) -> Flags | None:
        """Where (T, C) armed labels reach their thresholds, or None where none does; arms and disarms them."""
        above = smoothed >= self._on
        below = smoothed < self._off
        if not above.any():
            self.state.armed = self.state.armed | below.any(axis=0)
            return None
        # A latch: what it holds before a frame is what the latest earlier frame above or below has set.
        changes = np.concatenate((np.where(self.state.armed, 1, -1)[None], below.astype(np.int8) - above))
        rows = np.arange(len(changes))[:, None]
        latest = np.maximum.accumulate(np.where(changes != 0, rows, 0), axis=0)
        held = np.take_along_axis(changes, latest, axis=0) > 0
        self.state.armed = held[-1]
        return above & held[:-1]

    def _event(self, label: str, emitted: float, score: float) -> KeywordEvent:
        end = max(0.0, emitted - self.settings.delay)
        start = max(0.0, end - self.settings.durations[label])
        return KeywordEvent(label, round(start, 6), round(end, 6), emitted, score)

    def _counts(self, frame: int, event: KeywordEvent) -> bool:
        """Whether a crossing in the given frame is an event."""
        return (
            (frame + 1) > self._in_frames(self.settings.warmup)
            and self._listens(frame, event.label)
            and not self._refractory(frame, event.label)
            and not self._beaten(frame, event)
            and self._confirm(event)
        )

    def _listens(self, frame: int, label: str) -> bool:
        if label in self._always:
            return True
        if self.state.woken is None:
            return False
        return 0 < frame - self.state.woken <= self._in_frames(self.settings.command_window)

    def _refractory(self, frame: int, label: str) -> bool:
        last = self.state.last.get(label)
        return last is not None and frame - last[0] < self._in_frames(self.settings.refractory)

    def _beaten(self, frame: int, event: KeywordEvent) -> bool:
        reach = self._in_frames(self.settings.conflict)
        return reach > 0 and any(
            frame - before <= reach and event.start < other.end and other.start < event.end
            for label, (before, other) in self.state.last.items()
            if label != event.label
        )

    def _report(self, frame: int, event: KeywordEvent) -> None:
        self.state.last[event.label] = (frame, event)
        if event.label in self._wake:
            self.state.woken = frame

    def _in_frames(self, seconds: float) -> int:
        return round(seconds / self._hop)
