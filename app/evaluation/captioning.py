"""Live captions measured: what they say, and how long after its end a word is to be read."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from legato.app.engine.errors import SourceError
from legato.app.evaluation.speech import Heard, plain
from legato.app.evaluation.spoken import Spoken, Timed
from legato.app.evaluation.transcribing import Transcribed, samples_of
from legato.app.transcription.captions import Caption, Captioner
from legato.app.transcription.voice import RATE

_BLOCK = RATE // 50
"""Samples of a microphone's block"""


@dataclass(frozen=True)
class Captioned:
    """Recordings heard as if they were live."""

    transcribed: Transcribed
    latencies: tuple[float, ...]
    """Seconds from the end of each word whose times are known, if it was read rightly, to when it stood there"""


def caption(
    captioner: Captioner,
    recordings: Sequence[Spoken],
    times: Mapping[str, Sequence[Timed]],
    advance: Callable[[], None],
) -> Captioned:
    """All recordings, each a stream of its own; `times` are of words by the recording's name."""
    heard, failures, delays = list[Heard](), list[str](), list[float]()
    before = time.process_time()
    for one in recordings:
        try:
            samples = samples_of(one.path)
        except SourceError as error:
            failures.append(f"line {one.line}: {error}")
        else:
            told = [said for at in range(0, len(samples), _BLOCK) for said in captioner.feed(samples[at : at + _BLOCK])]
            told += captioner.flush()
            words = [word for said in told if said.final for word in said.words]
            heard.append(Heard(one, plain(words), len(samples) / RATE))
            delays += latencies(times.get(one.name, ()), shown_words(told))
        advance()
    return Captioned(Transcribed(tuple(heard), time.process_time() - before, tuple(failures)), tuple(delays))


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


def latencies(spoken: Sequence[Timed], shown: Sequence[ShownWord]) -> list[float]:
    """Seconds from the end of each spoken word to the draft that first had it; words that were misread are left out."""
    matcher = SequenceMatcher(None, [word.word for word in spoken], [word.word for word in shown], autojunk=False)
    return [
        shown[block.b + place].shown - spoken[block.a + place].end
        for block in matcher.get_matching_blocks()
        for place in range(block.size)
    ]
