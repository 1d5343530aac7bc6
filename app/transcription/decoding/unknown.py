"""Words that no lexicon has: where the scores spell one out so clearly that no known word will do, it is taken.

Letters: T frames, C labels.
"""

from collections.abc import Callable, Iterator

import numpy as np

from legato.app.transcription.decoding.alphabet import Reading, Written
from legato.app.transcription.words import Floats


def with_unknown(known: Reading, spelled: Reading, scores: Floats, price: Callable[[str], float]) -> Reading:
    """The reading `known`, made of known words, with those of `spelled`, made of letters, where these are worth it.

    Both read the scores (T, C). `price` is what a word costs in log-probability, 0 for a known one. Where the two
    differ, from one pause that both share to the next, the letters are taken if they have at least one unknown word and
    are likelier by more than the price of all of them.
    """
    gains = np.concatenate(([0.0], np.cumsum(spelled.logs(scores) - known.logs(scores), dtype=np.float64)))
    words: list[Written] = []
    path = known.path.copy()
    for ours, theirs in _groups(known.words, spelled.words):
        start, end = _span([*ours, *theirs])
        cost = sum(price(word.word) for word in theirs)
        if cost and gains[end] - gains[start] > cost:
            words += theirs
            path[start:end] = spelled.path[start:end]
        else:
            words += ours
    return Reading(tuple(words), path)


def _groups(first: tuple[Written, ...], second: tuple[Written, ...]) -> Iterator[tuple[list[Written], list[Written]]]:
    """Words of both that overlap, directly or through others; in order of time."""
    both = sorted(
        [(word, 0) for word in first] + [(word, 1) for word in second], key=lambda one: (one[0].start, one[0].end)
    )
    group: tuple[list[Written], list[Written]] = ([], [])
    reach = 0
    for word, which in both:
        if word.start >= reach and any(group):
            yield group
            group = ([], [])
        group[which].append(word)
        reach = max(reach, word.end)
    if any(group):
        yield group


def _span(words: list[Written]) -> tuple[int, int]:
    return min(word.start for word in words), max(word.end for word in words)
