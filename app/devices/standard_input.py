"""Raw sound on standard input: signed 16-bit little-endian, 16 kHz, mono."""

import os
import sys
from collections.abc import Iterator

import numpy as np

from legato.app.devices.conversion import Converter
from legato.app.devices.source import Block, Closing
from legato.app.engine.errors import SourceError

RATE = 16000
"""Hertz"""
_MOST = 65536
"""Bytes read at once"""


class StandardInput(Closing):
    """Whatever another program writes into our standard input, until it closes it."""

    name = "standard input"
    native_rate = RATE
    live = False
    duration = None
    overruns = 0

    def __init__(self, rate: int, descriptor: int | None = None) -> None:
        """Read `descriptor` (standard input) and give it out at `rate` hertz; SourceError where it is a terminal."""
        self.rate = rate
        self._closed = False
        self._descriptor = _standard_input() if descriptor is None else descriptor
        if os.isatty(self._descriptor):
            raise SourceError("standard input is a terminal: pipe signed 16-bit 16 kHz mono sound into it")

    def blocks(self) -> Iterator[Block]:
        """What has arrived, as soon as it has: blocks (S,). Half a sample at the end is left out."""
        converter = Converter(self.rate)
        for samples in self._samples():
            if self.rate == RATE:
                yield samples
            else:
                yield from converter.convert_samples(samples, RATE)
        yield from converter.flush()

    def close(self) -> None:
        """End `blocks` after the read in progress; the descriptor is not ours to close."""
        self._closed = True

    def _samples(self) -> Iterator[Block]:
        rest = b""
        while not self._closed:
            try:
                arrived = os.read(self._descriptor, _MOST)
            except OSError as error:
                raise SourceError(f"standard input cannot be read: {error.strerror}") from error
            if not arrived:
                return
            data = rest + arrived
            whole = len(data) // 2 * 2
            rest = data[whole:]
            if whole:
                yield np.frombuffer(data, "<i2", whole // 2).astype(np.float32) / np.float32(32768)


def _standard_input() -> int:
    """Its descriptor; SourceError where the process was started without one."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, ValueError, OSError) as error:
        raise SourceError("standard input is closed: pipe signed 16-bit 16 kHz mono sound into it") from error
