"""Raw sound through a pipe, closed wherever its writer likes."""

import os
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from legato.app.devices.standard_input import StandardInput
from legato.app.engine.errors import SourceError


def piped(pieces: list[bytes], rate: int = 16000) -> NDArray[np.float32]:
    """What comes out of a pipe into which `pieces` were written."""
    reading, writing = os.pipe()
    try:
        return np.concatenate([np.zeros(0, np.float32), *_alternately(StandardInput(rate, reading), writing, pieces)])
    finally:
        os.close(reading)


def _alternately(source: StandardInput, writing: int, pieces: list[bytes]) -> Iterator[NDArray[np.float32]]:
    """Each piece is read before the next is written, as far as it makes a sample."""
    with os.fdopen(writing, "wb", buffering=0) as pipe:
        blocks = source.blocks()
        held = 0
        for piece in filter(None, pieces):
            pipe.write(piece)
            held = held % 2 + len(piece)
            if held > 1:
                yield next(blocks)
    yield from blocks


@given(data=st.binary(max_size=400), cuts=st.lists(st.integers(0, 400), max_size=6))
def test_any_split_gives_the_same_samples(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[begin:end] for begin, end in pairwise(edges)]
    expected = np.frombuffer(data[: len(data) // 2 * 2], "<i2") / 32768
    assert np.array_equal(piped(pieces), expected.astype(np.float32))


def test_half_a_sample_at_the_end_is_left_out() -> None:
    assert piped([b"\x00\x40\x00"]).tolist() == [0.5]


def test_another_rate_is_converted() -> None:
    assert len(piped([bytes(32000)], rate=8000)) == pytest.approx(8000, abs=2)


def test_a_pipe_closed_at_once() -> None:
    assert len(piped([])) == 0


def test_close_ends_it() -> None:
    reading, writing = os.pipe()
    os.write(writing, bytes(100))
    with StandardInput(16000, reading) as source:
        blocks = source.blocks()
        next(blocks)
        source.close()
        assert list(blocks) == []
    os.close(writing)
    os.close(reading)


def test_a_terminal_is_refused() -> None:
    controller, terminal = os.openpty()
    with pytest.raises(SourceError, match="is a terminal"):
        StandardInput(16000, terminal)
    os.close(controller)
    os.close(terminal)


def test_a_descriptor_that_is_not_open() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    os.close(reading)
    with pytest.raises(SourceError, match="cannot be read"):
        list(StandardInput(16000, reading).blocks())


def test_no_standard_input_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(SourceError, match="standard input is closed"):
        StandardInput(16000)
