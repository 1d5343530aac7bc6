"""A recording at the pace of the clock, as if it were being recorded now."""

from collections.abc import Iterator
from threading import Event
from time import monotonic

from legato.app.devices.source import AudioSource, Block, Closing


class Paced(Closing):
    """A source whose blocks, short as a sound card's, are given out when their last sample would have been spoken."""

    _LONGEST = 0.02
    """Seconds of a block at most"""

    live = True

    def __init__(self, source: AudioSource, rate: int) -> None:
        """`rate`: hertz of `source`."""
        self.name = source.name
        self.native_rate = source.native_rate
        self.duration = source.duration
        self.overruns = 0
        self._source = source
        self._rate = rate
        self._closed = Event()

    def blocks(self) -> Iterator[Block]:
        """The blocks of the source, each in its time."""
        begin = monotonic()
        samples = 0
        for piece in self._pieces():
            samples += len(piece)
            if self._closed.wait(max(0.0, begin + samples / self._rate - monotonic())):
                return
            yield piece

    def close(self) -> None:
        """End `blocks` at once, and close the source."""
        self._closed.set()
        self._source.close()

    def _pieces(self) -> Iterator[Block]:
        step = round(self._LONGEST * self._rate)
        for block in self._source.blocks():
            for begin in range(0, len(block), step):
                yield block[begin : begin + step]
