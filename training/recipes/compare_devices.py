"""A model on the processor and on a CUDA device: the largest difference of their scores, and the time of a step.

    python training/recipes/compare_devices.py MODEL.onnx ...

For models that stream. Times are medians of steps of one frame, for 1 to 1,024 streams at once.
"""

import sys
import time
from pathlib import Path
from typing import cast

import numpy as np

from legato.app.engine.inputs import Chunk
from legato.app.engine.session import Session
from legato.export.parity import difference, made_up

SECONDS = 20.0
STREAMS = (1, 16, 256, 1024)
STEPS = 25


def compare(path: Path) -> None:
    """Prints what one model gives and takes on both."""
    sessions = [Session.open(path, device) for device in ("cpu", "cuda")]
    contract = sessions[0].contract
    frames = round(SECONDS / contract.hop_seconds)
    given = made_up(contract, frames, np.random.default_rng(0))
    whole, there = (session.run(given, session.initial_state())[0] for session in sessions)
    stream = sessions[1].stream()
    hop = contract.hop
    chunks = [stream.step(given[:, at * hop : (at + 1) * hop]) for at in range(frames)]
    print(f"{path.name}: CPU whole = CUDA whole {difference(whole, there):.2e}")
    print(f"{path.name}: CPU whole = CUDA frame by frame {difference(whole, np.concatenate(chunks, axis=1)):.2e}")
    for count in STREAMS:
        rows = cast("Chunk", np.repeat(given[:, : STEPS * hop], count, axis=0))
        times = ", ".join(f"{session.provider} {1000 * _step(session, rows):.2f} ms" for session in sessions)
        print(f"{path.name}: {count} streams, a step: {times}")


def _step(session: Session, rows: Chunk) -> float:
    """The median time of a step, in seconds."""
    stream, hop, times = session.stream(len(rows)), session.contract.hop, []
    for at in range(STEPS):
        begin = time.perf_counter()
        stream.step(rows[:, at * hop : (at + 1) * hop])
        times.append(time.perf_counter() - begin)
    return float(np.median(times[5:]))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        compare(Path(name))
