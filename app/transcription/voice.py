"""Where somebody speaks: Silero's voice activity detector, a recurrent network, run over many windows a call.

It is by the Silero Team (github.com/snakers4/silero-vad); `graphs/NOTICE` has its licence.

Letters: S samples, W windows.
"""

from pathlib import Path

import numpy as np

from legato.app.engine.graph import open_graph
from legato.app.transcription.words import Floats

RATE = 16000
"""Hertz"""
WINDOW = 512
"""Samples that get one probability together"""
_CONTEXT = 64
"""Samples before a window that the network looks at too"""
_HIDDEN = (1, 1, 128)
_GRAPH = Path(__file__).parent / "graphs" / "silero_vad.onnx"


class VoiceDetector:
    """The network, opened; it remembers nothing."""

    def __init__(self, graph: Path = _GRAPH) -> None:
        """ModelError where the file `graph` cannot be read."""
        self._session = open_graph(graph, "cpu")

    def run(self, windows: Floats, memory: "Memory") -> tuple[Floats, "Memory"]:
        """Probabilities (W,) of speech in windows (W, WINDOW) that follow what is in memory, and the next memory."""
        context, hidden, cell = memory
        contexts = np.concatenate((context[None], windows[:-1, -_CONTEXT:]))
        feed = {"input": np.concatenate((contexts, windows), axis=1), "h": hidden, "c": cell}
        found, hidden, cell = self._session.run(["speech_probs", "hn", "cn"], feed)
        return found, (windows[-1, -_CONTEXT:].copy(), hidden, cell)


Memory = tuple[Floats, Floats, Floats]
"""The end of the last window, and the network's state"""


def beginning() -> Memory:
    """The memory of a stream that has heard nothing."""
    return np.zeros(_CONTEXT, np.float32), np.zeros(_HIDDEN, np.float32), np.zeros(_HIDDEN, np.float32)
