"""How fast a model is on this machine, frame by frame and in batches, and what it takes to start.

Letters: B batch, S samples, C labels.
"""

import statistics
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from legato.app.devices.media import MediaFile
from legato.app.engine.contract import Contract
from legato.app.engine.decoder import Decoder
from legato.app.engine.errors import LegatoError
from legato.app.engine.session import Session
from legato.app.engine.spotter import Spotter

RUNS = 5
"""Times that everything is measured; medians are reported"""
_WARM_UP = 50
"""Steps before the clock starts"""
_BATCH_STEPS = 50
_SMALLEST_BATCH, _LARGEST_BATCH = 64, 4096

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Streaming:
    """One stream, one hop at a time, through graph and decoder."""

    median: float
    """Seconds a step"""
    p99: float
    """Seconds that 99 of 100 steps stay below"""
    cpu: float
    """Processor seconds a second of audio"""
    speed: float
    """Seconds of audio a second of the clock"""


@dataclass(frozen=True)
class Batch:
    """Many streams in one step of one hop, scores only."""

    size: int
    step: float
    """Seconds, median"""
    streams: float
    """As many such streams one core carries in real time: size × hop / step"""


@dataclass(frozen=True)
class Start:
    """A new process that listens to a recording or watches a video."""

    first_score: float
    """Seconds from its start"""
    memory: int
    """Bytes resident at most"""


def sound(recording: Path | None, rate: int, seconds: float) -> Floats:
    """Samples (S,) to measure with: the recording over and over, or noise where there is none."""
    count = round(seconds * rate)
    if recording is None or not recording.exists():
        return (0.1 * np.random.default_rng(0).standard_normal(count)).astype(np.float32)
    with MediaFile(recording, rate) as file:
        return np.resize(np.concatenate(list(file.blocks())), count)


def streaming(session: Session, samples: Floats) -> Streaming:
    """Medians of the runs over the samples (S,), after a warm-up."""
    hop = session.contract.hop
    hops = list(samples[: len(samples) // hop * hop].reshape(-1, hop))
    warm = Spotter(session)
    for block in hops[:_WARM_UP]:
        warm.feed(block)
    runs = [_run(Spotter(session), hops) for _ in range(RUNS)]
    audio = len(hops) * session.contract.hop_seconds
    return Streaming(
        median=statistics.median(float(np.median(steps)) for steps, _, _ in runs),
        p99=statistics.median(float(np.quantile(steps, 0.99)) for steps, _, _ in runs),
        cpu=statistics.median(cpu for _, cpu, _ in runs) / audio,
        speed=audio / statistics.median(wall for _, _, wall in runs),
    )


def _run(spotter: Spotter, hops: list[Floats]) -> tuple[Floats, float, float]:
    """Seconds of each step, processor seconds and seconds of the clock of one pass."""
    steps = np.empty(len(hops), np.float32)
    begun, spent = time.perf_counter(), time.process_time()
    for index, block in enumerate(hops):
        before = time.perf_counter()
        spotter.feed(block)
        steps[index] = time.perf_counter() - before
    return steps, time.process_time() - spent, time.perf_counter() - begun


def batches(session: Session) -> Iterator[Batch]:
    """Ever larger batches, until a step takes longer than its hop; that one is the last."""
    hop = session.contract.hop_seconds
    size = _SMALLEST_BATCH
    while size <= _LARGEST_BATCH:
        step = _median_step(session, size)
        yield Batch(size, step, size * hop / step)
        if step > hop:
            return
        size *= 2


def _median_step(session: Session, size: int) -> float:
    audio = (0.1 * np.random.default_rng(size).standard_normal((size, session.contract.hop))).astype(np.float32)
    stream = session.stream(size)
    stream.step(audio)
    return _median(lambda: stream.step(audio))


def decoding(contract: Contract) -> float:
    """Seconds that the decoder takes for one frame of one stream."""
    decoder = Decoder(contract.labels, contract.decoder, contract.hop_seconds)
    scores = np.full((1, len(contract.labels)), 0.01, np.float32)
    return _median(lambda: decoder.step(scores, 1.0))


def _median(action: Callable[[], object]) -> float:
    """Seconds that an action takes: the median of the runs' medians."""
    medians = []
    for _ in range(RUNS):
        times = []
        for _ in range(_BATCH_STEPS):
            before = time.perf_counter()
            action()
            times.append(time.perf_counter() - before)
        medians.append(statistics.median(times))
    return statistics.median(medians)


@dataclass(frozen=True)
class Program:
    """Legato, started so that it tells when it has its first score and, at its end, how much memory it took."""

    command: tuple[str, ...]
    """Before the arguments"""
    mark: str
    """How the two lines on its standard error begin; a number of bytes follows in the second"""


def start(session: Session, samples: Floats, device: str, program: Program) -> Start:
    """Medians of new processes that listen to the samples (S,) in a file."""
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "bench.wav"
        _write(recording, samples, session.contract.sample_rate)
        return start_of(program, "listen", recording, session.path, device)


def start_of(program: Program, command: str, source: Path, model: Path, device: str) -> Start:
    """Medians of new processes, the command being `listen` or `watch`; LegatoError where they fail."""
    runs = [_start(program, command, source, model, device) for _ in range(RUNS)]
    return Start(
        statistics.median(one.first_score for one in runs), round(statistics.median(one.memory for one in runs))
    )


def _start(program: Program, command: str, source: Path, model: Path, device: str) -> Start:
    begun = time.perf_counter()
    with subprocess.Popen(
        [*program.command, command, str(source), "--json", "--model", str(model), "--device", device],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        marks = [(line, time.perf_counter() - begun) for line in process.stderr or () if line.startswith(program.mark)]
    if process.returncode or len(marks) != 2:
        raise LegatoError(f"legato {command} could not be started with {model} (exit status {process.returncode})")
    (_, first), (last, _) = marks
    return Start(first, int(last.removeprefix(program.mark)))


def _write(path: Path, samples: Floats, rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
