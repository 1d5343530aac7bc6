"""Pronunciation by espeak-ng's library, for which a stand-in answers here."""

import ctypes

import pytest

from legato.training.kokoro.pronouncing import VOICES, Pronouncer


class Library:
    """A library that knows two accents and says every text as it is written."""

    def __init__(self, name: str) -> None:
        self.name, self.accents = name, list[bytes]()

        def spell(left: object, *_: object) -> bytes:
            pointer = left._obj  # type: ignore[attr-defined]
            text, pointer.value = pointer.value, None
            return bytes(text)

        self.espeak_TextToPhonemes = spell

    def espeak_Initialize(self, *_: object) -> int:
        return 22050

    def espeak_SetVoiceByName(self, name: bytes) -> int:
        self.accents.append(name)
        return 0 if name.startswith(b"gmw/") else 1


def test_clauses_keep_their_punctuation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _: "espeak")
    monkeypatch.setattr(ctypes, "CDLL", Library)
    pronounce = Pronouncer()
    assert pronounce("Well, Mr. Hall, why?", "en-us") == "Well, Mɹ. Hall, why?".replace("r", "ɹ")
    assert pronounce("why", "en-us") == "why"
    assert pronounce("why", "en-gb") == "why"
    assert vars(pronounce)["_library"].accents == [b"gmw/en-US", b"gmw/en"]


def test_an_accent_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _: "espeak")
    monkeypatch.setattr(ctypes, "CDLL", Library)
    monkeypatch.setitem(VOICES, "en-gb", "gone")
    with pytest.raises(ValueError, match="en-gb"):
        Pronouncer()("why", "en-gb")


def test_a_machine_without_espeak_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    with pytest.raises(FileNotFoundError, match="apt-get install espeak-ng"):
        Pronouncer()
