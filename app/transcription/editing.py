"""A transcript corrected by hand: what stays keeps its times, what is new shares the times of what it replaces."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from legato.app.transcription.lines import Lines
from legato.app.transcription.transcript import Segment, Transcript
from legato.app.transcription.words import Word


def corrected(transcript: Transcript, place: int, text: str) -> Transcript:
    """The transcript whose segment at `place` says `text`; without that segment where the text is empty."""
    segments = list(transcript.segments)
    words = tuple(_words(segments[place], text.split()))
    segments[place : place + 1] = [replace(segments[place], words=words, lines=Lines().set(words))] if words else []
    return replace(transcript, segments=segments)


def _words(segment: Segment, texts: Sequence[str]) -> Iterator[Word]:
    """Words for `texts`. A new one, of which a person is sure, gets its time by its length."""
    old = segment.words
    last = segment.start
    changes = SequenceMatcher(None, [word.word for word in old], texts, autojunk=False).get_opcodes()
    for kind, begin, end, first, stop in changes:
        if kind == "equal":
            yield from old[begin:end]
            last = old[end - 1].end
            continue
        start = old[begin].start if begin < end else last
        until = old[end - 1].end if begin < end else old[end].start if end < len(old) else segment.end
        yield from _spread(texts[first:stop], start, max(start, until))
        last = max(start, until)


def _spread(texts: Sequence[str], start: float, end: float) -> Iterator[Word]:
    """Words from `start` to `end`, in seconds."""
    letters, past = sum(map(len, texts)), 0
    for text in texts:
        begin = start + (end - start) * past / letters
        past += len(text)
        yield Word(text, round(begin, 2), round(start + (end - start) * past / letters, 2), 1.0)
