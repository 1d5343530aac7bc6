"""Whole recordings as arrays, for training; the runtime streams them instead (`legato.app.devices`)."""

from pathlib import Path

import numpy as np
import numpy.typing as npt


def read_audio(path: Path, rate: int) -> npt.NDArray[np.int16]:
    """A recording of any format as mono samples (S,) at `rate` hertz; raises ValueError where it holds no sound."""
    import av

    blocks: list[npt.NDArray[np.int16]] = []
    with av.open(str(path)) as container:
        if not container.streams.audio:
            raise ValueError(f"{path}: holds no sound")
        resampler = av.AudioResampler("s16", "mono", rate)
        for frame in [*container.decode(audio=0), None]:
            blocks += [part.to_ndarray()[0] for part in resampler.resample(frame)]
    if not blocks:
        raise ValueError(f"{path}: holds no sound")
    return np.concatenate(blocks)
