import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.engine.ring import Ring


@given(
    capacity=st.integers(1, 40),
    channels=st.integers(1, 3),
    moves=st.lists(st.tuples(st.booleans(), st.integers(0, 50)), max_size=40),
)
def test_what_comes_out_is_what_went_in(capacity: int, channels: int, moves: list[tuple[bool, int]]) -> None:
    ring = Ring(capacity / 100, 100, channels)
    kept: list[np.ndarray] = [np.zeros((0, channels), np.float32)]
    read: list[np.ndarray] = [np.zeros((0, channels), np.float32)]
    lost = overruns = count = 0
    for writes, size in moves:
        if writes:
            block = (np.arange(count * channels, (count + size) * channels).reshape(size, channels)).astype(np.float32)
            room = capacity - ring.available
            missing = ring.write(block[:, 0] if channels == 1 else block)
            assert missing == max(0, size - room)
            kept.append(block[: size - missing])
            lost, overruns, count = lost + missing, overruns + bool(missing), count + size
        else:
            piece = ring.read(size)
            assert piece.ndim == (1 if channels == 1 else 2)
            read.append(piece.reshape(-1, channels))
    read.append(ring.read(capacity).reshape(-1, channels))
    assert np.array_equal(np.concatenate(read), np.concatenate(kept))
    assert (ring.lost, ring.overruns, ring.available) == (lost, overruns, 0)


def test_two_threads_lose_nothing_that_fits() -> None:
    ring = Ring(0.5, 1000)
    samples = np.arange(48 * 2000, dtype=np.float32)
    heard: list[np.ndarray] = []
    room, news = threading.Semaphore(ring.capacity // 48), threading.Semaphore(0)

    def listen() -> None:
        for _ in range(2000):
            news.acquire()
            heard.append(ring.read(48))
            room.release()

    thread = threading.Thread(target=listen)
    thread.start()
    for block in samples.reshape(-1, 48):
        room.acquire()
        assert ring.write(block) == 0
        news.release()
    thread.join()
    assert np.array_equal(np.concatenate(heard), samples)
    assert ring.overruns == ring.lost == 0


def test_what_is_read_stays_when_the_ring_is_written_again() -> None:
    ring = Ring(1, 4)
    ring.write(np.ones(4, np.float32))
    piece = ring.read(4)
    ring.write(np.zeros(4, np.float32))
    assert piece.tolist() == [1, 1, 1, 1]
    assert ring.level == 1
    ring.clear()
    assert ring.level == 0
    assert len(ring.read(9)) == 0


@pytest.mark.parametrize(("seconds", "channels"), [(0, 1), (-1, 1), (1, 0)])
def test_a_ring_without_room(seconds: float, channels: int) -> None:
    with pytest.raises(ValueError, match="room for a sample"):
        Ring(seconds, 100, channels)
