"""Words put together to segments that read well as subtitles.

Where to break is chosen for a whole stretch of speech at once, so that the sum of what the segments cost is least
(dynamic programming, as Knuth and Plass break paragraphs into lines).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from legato.app.transcription.lines import Lines, break_cost, pause_share
from legato.app.transcription.transcript import Segment
from legato.app.transcription.words import Word

_INSIDE = 2.5
"""What a pause costs in the middle of a segment"""


@dataclass(frozen=True)
class Layout:
    """What a subtitle may be; in steps of 10 ms."""

    lines: Lines = field(default_factory=Lines)
    shortest: float = 1.0
    """Seconds, wherever the neighbours leave so much"""
    longest: float = 7.0
    """Seconds"""
    gap: float = 0.08
    """Seconds without a subtitle between two, wherever their words leave so much"""
    reading: float = 17.0
    """Characters that are read in a second: a subtitle stays for as long, where there is room"""
    pause: float = 1.5
    """Seconds of silence that always end a segment"""


def segments(words: Sequence[Word], layout: Layout | None = None) -> list[Segment]:
    """All words, in order, each in one segment."""
    layout = layout or Layout()
    tidy = list(_tidy(words, layout.lines.width))
    groups = [group for stretch in _stretches(tidy, layout.pause) for group in _broken(stretch, layout)]
    spans = _spans([(group[0].start, group[-1].end, len(_text(group))) for group in groups], layout)
    return [
        Segment(start, end, layout.lines.split(group), tuple(group))
        for group, (start, end) in zip(groups, spans, strict=True)
    ]


def _tidy(words: Sequence[Word], width: int) -> Iterator[Word]:
    """The same in steps of 10 ms, each beginning after the one before; those wider than a line in parts."""
    last = -1
    for word in words:
        count = -(-len(word.word) // width)
        for part in range(count):
            step = (word.end - word.start) / count
            start = max(last + 1, round(100 * (word.start + part * step)))
            end = max(start + 1, round(100 * (word.start + (part + 1) * step)))
            yield replace(word, word=word.word[part * width : (part + 1) * width], start=start / 100, end=end / 100)
            last = start


def _stretches(words: Sequence[Word], pause: float) -> Iterator[list[Word]]:
    """The words between long pauses."""
    stretch: list[Word] = []
    for word in words:
        if stretch and word.start - stretch[-1].end >= pause:
            yield stretch
            stretch = []
        stretch.append(word)
    if stretch:
        yield stretch


def _broken(words: Sequence[Word], layout: Layout) -> list[list[Word]]:
    """The words of a stretch, broken where it costs least."""
    places = [0, *accumulate(len(word.word) + 1 for word in words)]
    pauses = [0.0, 0.0, *accumulate(_INSIDE * pause_share(*pair) ** 2 for pair in pairwise(words))]
    costs, begins = [0.0], [0]
    for stop in range(1, len(words) + 1):
        best, begin = float("inf"), stop - 1
        for start in range(stop - 1, -1, -1):
            group = words[start:stop]
            if stop - start > 1 and not _fits(group, places[stop] - places[start] - 1, layout):
                break
            cost = costs[start] + _cost(words, start, stop, places[stop] - places[start] - 1, layout)
            cost += pauses[stop] - pauses[start + 1]
            if cost < best:
                best, begin = cost, start
        costs.append(best)
        begins.append(begin)
    stops = [len(words)]
    while stops[-1]:
        stops.append(begins[stops[-1]])
    return [list(words[start:stop]) for start, stop in pairwise(reversed(stops))]


def _fits(group: Sequence[Word], characters: int, layout: Layout) -> bool:
    """Whether the words may be shown together."""
    if group[-1].end - group[0].start > layout.longest or characters > layout.lines.most:
        return False
    return layout.lines.fit([len(word.word) for word in group])


def _cost(words: Sequence[Word], start: int, stop: int, characters: int, layout: Layout) -> float:
    """What a segment of `characters` costs, and the break behind it."""
    end = words[stop].start if stop < len(words) else words[stop - 1].end + layout.pause
    room = min(end - words[start].start, layout.longest)
    short = max(0.0, layout.shortest + layout.gap - room)
    hasty = max(0.0, characters / layout.reading - room)
    cost = 0.8 + 8 * short + hasty + (1 - characters / layout.lines.most) ** 2
    if stop < len(words):
        cost += break_cost(words[stop - 1], words[stop])
    return cost


def _text(group: Sequence[Word]) -> str:
    return " ".join(word.word for word in group)


def _spans(groups: Sequence[tuple[float, float, int]], layout: Layout) -> list[tuple[float, float]]:
    """When each is shown: as long as it is spoken, and where there is room as long as it takes to read.

    `groups` are first word's start, last word's end, and characters.
    """
    spans: list[tuple[float, float]] = []
    free = 0.0  # from when on nothing else is shown; one that is too short begins earlier
    for place, (start, end, characters) in enumerate(groups):
        following = groups[place + 1][0] if place + 1 < len(groups) else float("inf")
        begin = min(start, max(free, following - layout.gap - layout.shortest))
        limit = min(following - min(layout.gap, (following - begin) / 4), begin + layout.longest)
        stay = max(end, start + layout.shortest, start + characters / layout.reading)
        stop = min(stay, limit)
        spans.append((round(begin, 2), round(stop, 2)))
        free = stop + layout.gap
    return spans
