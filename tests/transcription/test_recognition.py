"""Pieces read in batches, as each alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.transcription.cutting import Piece
from legato.app.transcription.decoding import open_decoder
from legato.app.transcription.recognition import Batching, Recogniser, batches, check_reader
from legato.app.transcription.voice import RATE
from legato.app.transcription.words import Word

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def session(speech_model: Path) -> Session:
    return Session.open(speech_model, "cpu")


@pytest.fixture(scope="module")
def recogniser(session: Session) -> Recogniser:
    return Recogniser(session, open_decoder(session.contract))


def test_a_batch_reads_what_each_piece_alone_does(recogniser: Recogniser, speech: Floats) -> None:
    pieces = [Piece(start, speech[start : start + length]) for start, length in ((0, 50_000), (8000, 777), (3, 80_001))]
    together = recogniser.words(pieces)
    assert together == [recogniser.words([piece])[0] for piece in pieces]
    assert sum(map(len, together)) > 3


def test_words_have_the_recordings_times(recogniser: Recogniser, speech: Floats) -> None:
    (here,) = recogniser.words([Piece(0, speech[:50_000])])
    (later,) = recogniser.words([Piece(10 * RATE, speech[:50_000])])
    assert [word.start + 10 for word in here] == pytest.approx([word.start for word in later])
    assert [word.end + 10 for word in here] == pytest.approx([word.end for word in later])


def test_no_word_outlasts_its_piece(session: Session) -> None:
    class Long:
        def decode(self, scores: Floats) -> list[Word]:
            return [Word("long", 0.0, 1e3, 0.5)]

    ((word,),) = Recogniser(session, Long()).words([Piece(RATE, np.zeros(RATE + 1, np.float32))])
    assert (word.start, word.end) == pytest.approx((1.0, 2.0), abs=1e-3)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("task", "keywords", "'task' is 'keywords'; this needs a speech model"),
        ("inputs", ("audio",), "'inputs' lacks 'lengths'"),
        ("sample_rate", 8000, "'sample_rate' is 8000; this needs 16000"),
    ],
)
def test_other_models_are_refused(session: Session, field: str, value: Any, message: str) -> None:
    contract = replace(session.contract, **{field: value})
    with pytest.raises(ModelError, match=r"^m\.onnx: contract field " + message):
        check_reader(contract, "m.onnx")


@given(lengths=st.lists(st.integers(1, 30 * RATE), max_size=40), most=st.floats(5.0, 200.0))
def test_every_piece_is_in_one_batch_and_none_is_too_large(lengths: list[int], most: float) -> None:
    pieces = [Piece(0, np.broadcast_to(np.float32(0), length)) for length in lengths]
    made = list(batches(pieces, Batching(most=most)))
    assert sorted(place for batch in made for place in batch) == list(range(len(pieces)))
    for batch in made:
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= most * RATE
