"""Speech is cut at its pauses; nothing of it is lost, nothing comes twice."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app.transcription.cutting import SECOND, Cutter, Cutting, Piece
from legato.app.transcription.voice import RATE, WINDOW

Floats = NDArray[np.float32]


def cut(chances: list[float], sound: Floats | None = None, size: int = 7) -> list[Piece]:
    """The pieces of sound, fed `size` windows at a time; a sample is its own number unless there is another sound."""
    windows = (np.arange(len(chances) * WINDOW, dtype=np.float32) if sound is None else sound).reshape(-1, WINDOW)
    cutter = Cutter()
    pieces: list[Piece] = []
    for begin in range(0, len(chances), size):
        part = slice(begin, begin + size)
        pieces += cutter.feed(windows[part], np.array(chances[part], np.float32))
    return pieces + list(cutter.flush(len(chances) * WINDOW))


def seconds(*parts: tuple[float, float]) -> list[float]:
    """Probabilities: `seconds((1.0, 0.9), (2.0, 0.0))` is a second of speech, then two of silence."""
    return [chance for length, chance in parts for _ in range(round(length * SECOND))]


runs = st.lists(st.tuples(st.integers(1, 400), st.sampled_from([0.0, 0.1, 0.4, 0.6, 0.95])), max_size=12)


@given(runs=runs, size=st.integers(1, 64))
def test_pieces_are_the_sound_itself_in_order(runs: list[tuple[int, float]], size: int) -> None:
    chances = [chance for count, chance in runs for _ in range(count)]
    pieces = cut(chances, size=size)
    for piece in pieces:
        assert 0 < len(piece.samples) <= 30 * RATE
        np.testing.assert_array_equal(piece.samples, np.arange(piece.start, piece.start + len(piece.samples)))
    for earlier, later in pairwise(pieces):
        assert earlier.start + len(earlier.samples) <= later.start


@given(runs=runs)
def test_all_speech_but_blips_is_in_a_piece(runs: list[tuple[int, float]]) -> None:
    long = [(count + 2, chance) for count, chance in runs]
    chances = [chance for count, chance in long for _ in range(count)]
    inside = np.zeros(len(chances), np.bool_)
    for piece in cut(chances):
        inside[piece.start // WINDOW : -(-(piece.start + len(piece.samples)) // WINDOW)] = True
    assert inside[np.array(chances) >= 0.5].all()


@given(runs=runs, size=st.integers(1, 64))
def test_how_the_sound_arrives_changes_nothing(runs: list[tuple[int, float]], size: int) -> None:
    chances = [chance for count, chance in runs for _ in range(count)]
    ones, others = cut(chances, size=1), cut(chances, size=size)
    assert [(piece.start, len(piece.samples)) for piece in ones] == [
        (piece.start, len(piece.samples)) for piece in others
    ]


def test_a_long_pause_ends_a_piece_and_is_left_out() -> None:
    pieces = cut(seconds((1.0, 0.0), (2.0, 0.9), (4.0, 0.0), (2.0, 0.9), (1.0, 0.0)))
    assert [piece.start / RATE for piece in pieces] == pytest.approx([0.75, 6.75], abs=0.07)
    assert [len(piece.samples) / RATE for piece in pieces] == pytest.approx([2.5, 2.5], abs=0.07)


def test_a_short_pause_ends_only_a_long_piece() -> None:
    (whole,) = cut(seconds((3.0, 0.9), (0.4, 0.0), (3.0, 0.9)))
    assert len(whole.samples) / RATE == pytest.approx(6.4, abs=0.1)
    parts = cut(seconds((18.0, 0.9), (0.4, 0.0), (3.0, 0.9)))
    assert len(parts) == 2
    assert parts[1].start / RATE == pytest.approx(18.2, abs=0.1)


def test_without_a_pause_it_is_cut_where_it_is_quietest() -> None:
    generator = np.random.default_rng(0)
    sound = generator.uniform(-0.5, 0.5, round(40 * SECOND) * WINDOW).astype(np.float32)
    sound[round(21.0 * RATE) : round(21.3 * RATE)] *= 0.01
    first, second = cut(seconds((40.0, 0.9)), sound)
    assert len(first.samples) / RATE == pytest.approx(21.15, abs=0.1)
    assert first.start + len(first.samples) == second.start
    np.testing.assert_array_equal(np.concatenate((first.samples, second.samples)), sound)


def test_a_click_is_no_speech() -> None:
    assert cut(seconds((1.0, 0.0), (0.064, 0.9), (3.0, 0.0))) == []


def test_the_end_of_the_recording_is_the_end_of_the_piece() -> None:
    cutter = Cutter()
    windows = np.arange(40 * WINDOW, dtype=np.float32).reshape(-1, WINDOW)
    assert not list(cutter.feed(windows, np.full(40, 0.9, np.float32)))
    (piece,) = cutter.flush(40 * WINDOW - 100)
    assert piece.start + len(piece.samples) == 40 * WINDOW - 100


def test_it_starts_at_one_probability_and_goes_on_above_another() -> None:
    cutting = Cutting()
    between = (cutting.begin + cutting.end) / 2
    assert cut(seconds((3.0, between))) == []
    (piece,) = cut(seconds((1.0, 0.9), (3.0, between)))
    assert len(piece.samples) / RATE == pytest.approx(4.0, abs=0.1)
