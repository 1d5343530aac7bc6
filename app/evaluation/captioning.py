"""Live captions measured: how long after its end a word is to be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from legato.app.transcription.captions import Caption


@dataclass(frozen=True)
class SpokenWord:
    """A word and when its sound ends."""

    word: str
    end: float
    """Seconds"""


@dataclass(frozen=True)
class ShownWord:
    """A word as it stood when its caption was final or, before that, grew no more."""

    word: str
    shown: float
    """Seconds of sound that had been heard when it was first written so"""


def shown_words(captions: Iterable[Caption]) -> list[ShownWord]:
    """The words of the last draft of every final caption, with the times at which each was complete."""
    found: list[ShownWord] = []
    first: dict[tuple[int, str], float] = {}
    last: tuple[str, ...] = ()
    for caption in captions:
        words = tuple(caption.text.split())
        if not caption.final:
            for place, word in enumerate(words):
                first.setdefault((place, word), caption.emitted)
            last = words
        else:
            draft = last or words
            found += [ShownWord(word, first.get((place, word), caption.emitted)) for place, word in enumerate(draft)]
            first, last = {}, ()
    return found


def latencies(spoken: Sequence[SpokenWord], shown: Sequence[ShownWord]) -> list[float]:
    """Seconds from the end of each spoken word to the draft that first had it; words that were misread are left out."""
    matcher = SequenceMatcher(None, [word.word for word in spoken], [word.word for word in shown], autojunk=False)
    return [
        shown[block.b + place].shown - spoken[block.a + place].end
        for block in matcher.get_matching_blocks()
        for place in range(block.size)
    ]
