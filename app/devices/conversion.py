"""Sound of any format, rate and channel layout, as mono float32 at one rate, while it streams."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

from legato.app.devices.source import Block


class Converter:
    """Mixes to mono and resamples a stream of frames with libswresample; the filter's history is kept between calls.

    A frame in another format than the one before (some containers change in mid-stream) starts a new conversion.
    Channels are mixed by the usual weights of their layout, scaled so that full-scale sound never comes out clipped.
    """

    def __init__(self, rate: int) -> None:
        """`rate`: hertz of what comes out."""
        self.rate = rate
        self._graph: Graph | None = None
        self._format: tuple[str, str, int] | None = None

    def convert(self, frame: AudioFrame) -> Iterator[Block]:
        """What can be given out once this frame is known: blocks (S,), perhaps none."""
        format_ = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._graph is None or format_ != self._format:
            yield from self.flush()
            self._graph, self._format = _graph(*format_, self.rate), format_
        frame.pts = None  # the samples alone are the clock
        self._graph.push(frame)
        yield from _pull(self._graph)

    def convert_samples(self, samples: NDArray[np.float32], rate: int) -> Iterator[Block]:
        """The same for mono samples (S,) at `rate` hertz."""
        if len(samples):
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None, :], format="flt", layout="mono")
            frame.sample_rate = rate
            yield from self.convert(frame)

    def flush(self) -> Iterator[Block]:
        """What the filter still holds; the next frame starts afresh."""
        if self._graph is not None:
            self._graph.push(None)
            yield from _pull(self._graph)
        self._graph = self._format = None


def _graph(format_: str, layout: str, rate: int, wanted_rate: int) -> Graph:
    """The filters from the first three to mono float32 at the last."""
    graph = Graph()
    chain = (
        graph.add(
            "abuffer",
            sample_fmt=format_,
            channel_layout=layout,
            sample_rate=str(rate),
            time_base=str(Fraction(1, rate)),
        ),
        graph.add("aresample", rematrix_maxval="1.0"),  # else two equal channels come out 3 dB too loud
        graph.add("aformat", sample_fmts="flt", channel_layouts="mono", sample_rates=str(wanted_rate)),
        graph.add("abuffersink"),
    )
    for upper, lower in pairwise(chain):
        upper.link_to(lower)
    graph.configure()
    return graph


def _pull(graph: Graph) -> Iterator[Block]:
    while True:
        try:
            frame = cast("AudioFrame", graph.pull())
        except (EOFError, av.error.BlockingIOError):  # all given out; more input is needed first
            return
        yield frame.to_ndarray()[0]
