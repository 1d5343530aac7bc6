"""Pronunciation of many texts by espeak-ng's library, some thirty times as fast as by its command."""

import ctypes
import ctypes.util
import re

from legato.training.synthesis import kokoro_notation

RETRIEVAL, UTF8, IPA = 1, 1, 0x02
"""Values of espeak-ng's `speak_lib.h`: sound is retrieved and not played, text is UTF-8, phonemes are in IPA."""


CLAUSE_END = re.compile(r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)([,.!?])(?:\s|$)")
VOICES = {"en-us": "gmw/en-US", "en-gb": "gmw/en"}
"""Files of the accents."""


class Pronouncer:
    """Texts in Kokoro's phonetic letters. Raises FileNotFoundError where espeak-ng's library is not installed."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("espeak-ng")
        if name is None:
            raise FileNotFoundError("espeak-ng is needed to pronounce texts: apt-get install espeak-ng")
        self._library = ctypes.CDLL(name)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_Initialize(RETRIEVAL, 0, None, 0)
        self._accent = ""

    def __call__(self, text: str, accent: str) -> str:
        """A text in the accent `en-us` or `en-gb`, with the punctuation that ends its clauses."""
        if accent != self._accent:
            if self._library.espeak_SetVoiceByName(VOICES[accent].encode()):
                raise ValueError(f"espeak-ng has no accent {accent}")
            self._accent = accent
        parts = CLAUSE_END.split(text)
        spoken = [
            self._clause(clause) + end for clause, end in zip(parts[::2], [*parts[1::2], ""], strict=True) if clause
        ]
        return kokoro_notation(" ".join(spoken), accent)

    def _clause(self, text: str) -> str:
        left, sounds = ctypes.c_char_p(text.encode()), list[str]()
        while left.value:
            sounds.append(self._library.espeak_TextToPhonemes(ctypes.byref(left), UTF8, IPA).decode())
        return " ".join(sounds).strip()
