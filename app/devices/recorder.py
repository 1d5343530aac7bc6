"""Sound written to a file."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


def write_flac(path: Path, samples: NDArray[np.float32], rate: int) -> None:
    """Write mono samples (S,) in [-1, 1] at `rate` hertz as FLAC with 16 bits, the whole file or none."""
    partial = path.with_suffix(".partial")
    whole = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
    with av.open(str(partial), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=rate)
        stream.layout = "mono"
        stream.format = "s16"
        frame = av.AudioFrame.from_ndarray(whole[None], format="s16", layout="mono")
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    partial.replace(path)
