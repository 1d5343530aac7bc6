"""Where each word and phone of a known text lies in a recording, by forced alignment with pocketsphinx.

pocketsphinx carries an American English acoustic model and the CMU pronouncing dictionary; its times are good to
about 30 ms.
"""

import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from legato.app.transcription.texts import normalise

SAMPLE_RATE = 16_000
"""Hertz; what the acoustic model expects."""

FRAME = 0.01
"""Seconds between two frames of the aligner."""

_PHONES = """
AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH SIL
"""
PHONES = tuple(_PHONES.split())
"""The CMU dictionary's phones and silence."""


@dataclass(frozen=True)
class Span:
    """A word or phone and where it lies."""

    label: str
    start: float
    """Seconds."""
    end: float
    """Seconds."""


@dataclass(frozen=True)
class Alignment:
    """The words and phones of one recording, in order."""

    words: tuple[Span, ...]
    phones: tuple[Span, ...]


class _Unit(Protocol):
    name: str
    start: int
    duration: int


class Aligner:
    """Aligns texts with recordings; one instance serves any number of them, one after another."""

    def __init__(self) -> None:
        import pocketsphinx

        self._decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL", samprate=SAMPLE_RATE)

    def align(self, samples: npt.NDArray[np.int16], text: str) -> Alignment | None:
        """The alignment of a text with 16 kHz samples (S,); None where a word is unknown or the sound does not fit."""
        words = normalise(text)
        if not words or any(self._decoder.lookup_word(word) is None for word in words.split()):
            return None
        sound = samples.tobytes()
        try:
            self._decoder.set_align_text(words)
            self._pass(sound)
            if self._decoder.hyp() is None:
                return None
            self._decoder.set_alignment()
            self._pass(sound)
            found = self._decoder.get_alignment()
        except RuntimeError:
            return None
        if found is None:
            return None
        spoken = [_span(word) for word in found if not word.name.startswith(("<", "["))]
        if [word.label for word in spoken] != words.split():
            return None
        phones = [_span(phone) for word in found for phone in word if phone.name in PHONES]
        return Alignment(tuple(spoken), tuple(phones))

    def _pass(self, sound: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(sound, full_utt=True)
        self._decoder.end_utt()


def _span(unit: _Unit) -> Span:
    # Second pronunciations are written "to(3)".
    label = re.sub(r"\(\d+\)$", "", unit.name)
    return Span(label, round(unit.start * FRAME, 3), round((unit.start + unit.duration) * FRAME, 3))
