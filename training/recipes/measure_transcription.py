"""How `legato transcribe` does on this machine.

    python training/recipes/measure_transcription.py speed FOLDER [OPTIONS]     processor seconds a second of audio
    python training/recipes/measure_transcription.py memory FOLDER [OPTIONS]    memory while it reads three hours
    python training/recipes/measure_transcription.py kills FOLDER [OPTIONS]     200 files, killed and resumed, ten times
    python training/recipes/measure_transcription.py ray FOLDER [OPTIONS]       two of Ray's workers against one

FOLDER holds recordings of any kind; each task takes as many of them as it needs, in an order of its own. OPTIONS are
handed to `legato transcribe` (`--model`, `--language-model`, …). Figures are about all processes together.
"""

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import av

from legato.app.devices.media import MediaFile
from legato.app.engine.errors import SourceError
from legato.app.transcription.jobs import find

RATE = 16000
MINUTES = 20
"""Of audio that speed is measured with"""
HOURS = 3
"""Of the long recording"""
FILES, KILLS = 200, 10
RAY_MINUTES = 180
_PAUSE = 0.5
"""Seconds of silence between recordings that are put together"""
LEGATO = [sys.executable, "-c", "import sys; from legato.app.cli.main import main; sys.exit(main())", "transcribe"]


@dataclass(frozen=True)
class Run:
    """What a run of the command took."""

    wall: float
    """Seconds of the clock"""
    cpu: float
    """Processor seconds"""
    memory: tuple[int, ...]
    """Bytes resident, looked at ten times a second"""


def main(task: str, folder: Path, options: list[str]) -> None:
    """Print the figures of a task."""
    recordings = [job.source for job in find([str(folder)], None, ("txt",))[0]]
    random.Random(0).shuffle(recordings)
    with tempfile.TemporaryDirectory(prefix="legato-") as place:
        {"speed": speed, "memory": memory, "kills": kills, "ray": ray}[task](recordings, Path(place), options)


def speed(recordings: Sequence[Path], place: Path, options: list[str]) -> None:
    """Short files as they are, and one long one."""
    chosen, seconds = enough(recordings, 60 * MINUTES)
    linked(chosen, place / "many")
    tell("short files", run([str(place / "many"), "--workers", "1", *options]), seconds, len(chosen))
    length = joined(recordings, place / "long.flac", 60 * MINUTES)
    tell("one file", run([str(place / "long.flac"), "--workers", "1", *options]), length, 1)


def memory(recordings: Sequence[Path], place: Path, options: list[str]) -> None:
    """The most that is resident in each tenth of the time."""
    length = joined(recordings, place / "long.flac", 3600 * HOURS)
    ran = run([str(place / "long.flac"), "--workers", "1", "--format", "txt,json,srt,vtt", *options])
    tell("one file", ran, length, 1)
    tenth = max(1, len(ran.memory) // 10)
    most = [max(ran.memory[begin : begin + tenth]) / 1e6 for begin in range(0, len(ran.memory), tenth)]
    print(f"resident at most {max(ran.memory) / 1e6:.0f} MB; by tenths: {' '.join(f'{one:.0f}' for one in most)}")


def kills(recordings: Sequence[Path], place: Path, options: list[str]) -> None:
    """Whether every file is there once, as a whole and as without a kill, however often it is ended."""
    talks = place / "talks"
    linked(recordings[:FILES], talks)
    wanted = [str(talks), "--format", "txt,json", *options]
    straight = run([*wanted, "--output", str(place / "straight")])
    print(f"without a kill: {straight.wall:.1f} s")
    chance = random.Random(0)
    for number in range(KILLS):
        out = place / f"out{number}"
        arguments = [*wanted, "--output", str(out), "--resume"]
        with subprocess.Popen([*LEGATO, *arguments]) as process:
            time.sleep(chance.uniform(0, straight.wall))
            process.kill()
        before = finished(out)
        run(arguments)
        after = finished(out)
        again = sum(after[name] != made for name, made in before.items())
        same = contents(out) == contents(place / "straight")
        print(f"kill {number + 1}: {len(before)} were done, {again} of them again, {len(after)} in the end, {same=}")


def ray(recordings: Sequence[Path], place: Path, options: list[str]) -> None:
    """How much faster two of Ray's workers are than one, and whether the local engine gives the same bytes."""
    chosen, seconds = enough(recordings, 60 * RAY_MINUTES)
    linked(chosen, place / "talks")
    walls = {}
    for name, engine in {
        "local": ["--workers", "1"],
        "ray1": ["--engine", "ray", "--workers", "1"],
        "ray2": ["--engine", "ray", "--workers", "2"],
    }.items():
        wanted = [str(place / "talks"), "--format", "txt,json,srt,vtt", "--output", str(place / name)]
        ran = run([*wanted, *engine, *options])
        tell(name, ran, seconds, len(chosen))
        walls[name] = ran.wall
    one, two = walls["ray1"], walls["ray2"]
    print(f"two of Ray's workers: {one / two:.2f} × one; {walls['local'] / two:.2f} × one local worker")
    local = contents(place / "local")
    print("the same bytes as the local engine:", all(contents(place / name) == local for name in ("ray1", "ray2")))


def run(arguments: Sequence[str]) -> Run:
    """Run the command to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun, seen, over = time.perf_counter(), list[int](), threading.Event()
    with subprocess.Popen([*LEGATO, *arguments]) as process:
        watcher = threading.Thread(target=watch, args=(process.pid, seen.append, over))
        watcher.start()
        process.wait()
        over.set()
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(time.perf_counter() - begun, cpu, tuple(seen))


def watch(process: int, see: Callable[[int], None], over: threading.Event) -> None:
    """Tell the memory of a process and its children until it is over."""
    while not over.wait(0.1):
        see(sum(resident(one) for one in family(process)))


def family(process: int) -> Iterator[int]:
    """A process and all below it."""
    yield process
    try:
        below = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in below:
        yield from family(int(child))


def resident(process: int) -> int:
    """Bytes of a process that are in memory and its own share of what others have in common with it."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has ended
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def tell(name: str, ran: Run, seconds: float, files: int) -> None:
    """Print what a run took."""
    print(
        f"{name}: {seconds / 60:.1f} minutes in {files} files: {ran.cpu / seconds:.4f} processor seconds a second of "
        f"audio, {seconds / ran.wall:.0f} × real time, {max(ran.memory, default=0) / 1e6:.0f} MB at most",
        flush=True,
    )


def enough(recordings: Sequence[Path], seconds: float) -> tuple[list[Path], float]:
    """So many recordings that they last so long, and how long they do."""
    chosen, length = [], 0.0
    for path in recordings:
        if length >= seconds:
            break
        with MediaFile(path, RATE) as file:
            length += file.duration or 0.0
        chosen.append(path)
    return chosen, length


def linked(recordings: Sequence[Path], folder: Path) -> None:
    """A folder with these recordings, each under a name of its own."""
    folder.mkdir()
    for number, path in enumerate(recordings):
        shutil.copy(path, folder / f"{number:05}{path.suffix}")


def joined(recordings: Sequence[Path], path: Path, seconds: float) -> float:
    """Write the recordings one after the other, over and over, until they last so long; how long they do."""
    import numpy as np

    samples = 0
    with av.open(str(path), "w") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        for recording in cycle(recordings):
            if samples >= seconds * RATE:
                break
            try:
                with MediaFile(recording, RATE) as file:
                    blocks = [*file.blocks(), np.zeros(round(_PAUSE * RATE), np.float32)]
            except SourceError:
                continue
            sound = (np.concatenate(blocks) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(sound[None], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, samples, Fraction(1, RATE)
            container.mux(stream.encode(frame))
            samples += len(sound)
        container.mux(stream.encode(None))
    return samples / RATE


def finished(folder: Path) -> dict[str, int]:
    """When the transcripts were made that are there in both formats; each must be whole."""
    found = {}
    for path in folder.glob("*.json"):
        json.loads(path.read_bytes())
        if path.with_suffix(".txt").exists():
            found[path.name] = path.stat().st_mtime_ns
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """All files, hidden ones too."""
    return {name: (folder / name).read_bytes() for name in sorted(path.name for path in folder.iterdir())}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
