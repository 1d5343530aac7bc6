"""What the network should say at every frame: which word has just ended, and which phone was just heard.

Shapes: T frames, C labels. Class 0 is "nothing"; `IGNORE` marks frames where the truth is unknown or does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from legato.training.alignment import PHONES, Span

IGNORE = -100


@dataclass(frozen=True)
class TargetConfig:
    """Where around the end of a word its score should be high."""

    early: float = 0.06
    """Seconds before the end from which a high score does no harm."""
    rise: float = 0.04
    """Seconds after the end from which the score should be high."""
    fall: float = 0.22
    """Seconds after the end until which it should be."""
    late: float = 0.10
    """Seconds after `fall` in which either will do."""
    phone_delay: float = 0.06
    """Seconds after a frame at which its phone is asked for."""


def find_labels(words: Sequence[Span], labels: Iterable[str]) -> list[Span]:
    """Where the labels, of a word or several, are said among the words, in order; the longest that fits wins."""
    spoken = [part for word in words for part in _parts(word)]
    wanted = sorted(((tuple(label.split()), label) for label in labels), key=lambda entry: -len(entry[0]))
    found, at = [], 0
    while at < len(spoken):
        texts = [word.label for word in spoken[at : at + 4]]
        match = next((entry for entry in wanted if tuple(texts[: len(entry[0])]) == entry[0]), None)
        if match:
            last = spoken[at + len(match[0]) - 1]
            found.append(Span(match[1], spoken[at].start, last.end))
        at += len(match[0]) if match else 1
    return found


def _parts(span: Span) -> list[Span]:
    """A span of several words as one span a word, all of them as long as the whole (only its edges are known)."""
    return [Span(word, span.start, span.end) for word in span.label.split()]


def word_targets(
    found: Sequence[Span], classes: Mapping[str, int], frames: int, hop: float, config: TargetConfig
) -> npt.NDArray[np.int64]:
    """Classes (T,) of the word that has just ended; frame t is heard up to (t + 1) × hop seconds."""
    heard = (np.arange(frames) + 1) * hop
    targets = np.zeros(frames, np.int64)
    for span in found:
        after = heard - span.end
        targets[(after >= -config.early) & (after < config.fall + config.late)] = IGNORE
    for span in found:
        after = heard - span.end
        targets[(after >= config.rise) & (after < config.fall)] = classes[span.label]
    return targets


def phone_targets(
    phones: Sequence[Span], known: Sequence[tuple[float, float]], frames: int, hop: float, config: TargetConfig
) -> npt.NDArray[np.int64]:
    """Phone indices (T,), `phone_delay` seconds late; silence between phones, `IGNORE` outside the `known` seconds."""
    at = (np.arange(frames) + 0.5) * hop - config.phone_delay
    targets = np.full(frames, IGNORE, np.int64)
    for start, end in known:
        targets[(at >= start) & (at < end)] = PHONES.index("SIL")
    for phone in phones:
        targets[(at >= phone.start) & (at < phone.end)] = PHONES.index(phone.label)
    return targets
