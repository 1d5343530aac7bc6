"""`legato bench`: latency, real-time factor, streams on a core, cold start and memory, on this machine.

The figures of keywords stand in JSON by themselves, those of gestures under "gestures".
"""

import json
import math
import os
import platform
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from legato.app import assets
from legato.app.cli import bench_gestures
from legato.app.cli.device import Device
from legato.app.cli.evaluating import check_task
from legato.app.cli.first_score import MARK
from legato.app.cli.shipped import gesture_model, gesture_video
from legato.app.engine.errors import ModelError, UsageError
from legato.app.engine.session import Session
from legato.app.evaluation import benchmark
from legato.app.evaluation.peers import RATE, cpu_seconds, peers

_PROGRAM = benchmark.Program((sys.executable, "-m", "legato.app.cli.first_score"), MARK)


class Task(StrEnum):
    """What can be measured."""

    keywords = "keywords"
    gestures = "gestures"


_SHIPPED = {Task.keywords: assets.KEYWORDS, Task.gestures: assets.GESTURES}


def bench(
    model: Annotated[
        Path | None, typer.Option(help="A model file, of which only its own task is measured; else the shipped ones.")
    ] = None,
    task: Annotated[Task | None, typer.Option(help="Only this; without, all that is shipped.")] = None,
    seconds: Annotated[
        float, typer.Option(help="Sound (or video, 10 at most) of each run; there are five, and medians are shown.")
    ] = 30.0,
    video: Annotated[
        Path | None, typer.Option(help="A video of one hand; without one, the shipped one.", metavar="FILE")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Also: how memory grows over so many minutes of the video.")
    ] = None,
    device: Annotated[Device, typer.Option(help="What to run on.")] = Device.cpu,
    compare: Annotated[
        bool, typer.Option("--peers", help="Others' programs on the same sound and pictures, where installed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure speed and memory on this machine."""
    if not seconds >= 1:
        raise UsageError("--seconds must be 1 or more")
    if minutes is not None and not 0.1 <= minutes < math.inf:
        raise UsageError("--minutes must be 0.1 or more")
    sessions = _sessions(model, task, device.value)
    figures: dict[str, Any] = {"processor": _processor(), "cores": os.cpu_count()}
    if session := sessions.get(Task.keywords):
        figures = {**_about(session, seconds), **_measure(session, seconds, device.value)}
        if compare:
            figures["peers"] = _compare(seconds)
    if session := sessions.get(Task.gestures):
        shown = video or gesture_video()
        figures["gestures"] = bench_gestures.measure(session, shown, seconds, minutes, device.value, _PROGRAM)
        if compare:
            figures["gestures"]["peers"] = bench_gestures.compare(shown, seconds)
    print(json.dumps(figures, ensure_ascii=False) if as_json else "\n".join(_lines(figures)))


def _sessions(model: Path | None, task: Task | None, device: str) -> dict[str, Session]:
    """What is measured, by its task; ModelError for a model of another task."""
    if model is None and task is Task.gestures:
        model = gesture_model()
    if model is None:
        wanted = [one for one in Task if task in {None, one} and _SHIPPED[one].is_file()]
        return {one: Session.open(_SHIPPED[one], device) for one in wanted}
    session = Session.open(model, device)
    found = session.contract.task
    if task is not None:
        check_task(session, task)
    elif found not in set(Task):
        raise ModelError(f"{model}: contract field 'task' is {found!r}; this measures {' and '.join(Task)}")
    return {found: session}


def _about(session: Session, seconds: float) -> dict[str, Any]:
    contract = session.contract
    return {
        "model": str(session.path),
        "cell": contract.cell,
        "labels": len(contract.labels),
        "hop": contract.hop_seconds,
        "provider": session.provider,
        "processor": _processor(),
        "cores": os.cpu_count(),
        "runs": benchmark.RUNS,
        "seconds": seconds,
    }


def _measure(session: Session, seconds: float, device: str) -> dict[str, Any]:
    samples = benchmark.sound(assets.DEMO, session.contract.sample_rate, seconds)
    batches = list(benchmark.batches(session))
    in_time = [batch for batch in batches if batch.step <= session.contract.hop_seconds]
    best = max(in_time or batches, key=lambda batch: batch.streams)
    decoding = benchmark.decoding(session.contract)
    return {
        "streaming": asdict(benchmark.streaming(session, samples)),
        "batches": [asdict(batch) for batch in batches],
        "streams": int(best.streams),
        "decoding": decoding,
        "streams_decoded": int(session.contract.hop_seconds / (best.step / best.size + decoding)),
        "start": asdict(benchmark.start(session, samples, device, _PROGRAM)),
    }


def _compare(seconds: float) -> dict[str, float | None]:
    """Processor seconds a second of audio of each peer; null for one that is not installed."""
    samples = benchmark.sound(assets.DEMO, RATE, seconds)
    whole = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return {peer.name: cpu_seconds(peer, whole) for peer in peers()}


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _lines(figures: dict[str, Any]) -> list[str]:
    """The figures for people."""
    parts = [[f"{figures['processor']}, {figures['cores']} cores"]]
    if "streaming" in figures:
        hop = figures["hop"]
        kind = f"{figures['labels']} labels, a hop of {1e3 * hop:g} ms"
        about = [
            f"{figures['model']}: {kind}; {figures['provider']}, one thread",
            f"medians of {figures['runs']} runs over {figures['seconds']:g} s of audio",
        ]
        parts += [about, _columns(_rows(figures))]
    if "gestures" in figures:
        gestures = figures["gestures"]
        parts += [bench_gestures.head(gestures), _columns(bench_gestures.rows(gestures))]
    return [line for part in parts for line in ("", *part)][1:]


def _rows(figures: dict[str, Any]) -> list[tuple[str, str]]:
    streaming, start, hop = figures["streaming"], figures["start"], figures["hop"]
    return [
        ("step", f"{1e3 * streaming['median']:.3f} ms median, {1e3 * streaming['p99']:.3f} ms 99th percentile"),
        ("compute", f"{streaming['cpu']:.4f} CPU seconds a second of audio, frame by frame"),
        ("speed", f"{streaming['speed']:.0f} × real time, frame by frame"),
        *((f"batch of {batch['size']}", _batch(batch, hop)) for batch in figures["batches"]),
        ("streams on a core", f"{figures['streams']}; {figures['streams_decoded']} with a decoder for each"),
        ("first score", f"{start['first_score']:.2f} s after the start of legato listen FILE"),
        ("memory", f"{start['memory'] / 1e6:.0f} MB resident at most"),
        *((name, _peer(cpu)) for name, cpu in figures.get("peers", {}).items()),
    ]


def _columns(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}  {text}" for name, text in rows]


def _batch(batch: dict[str, Any], hop: float) -> str:
    late = "" if batch["step"] <= hop else ", too late for real time"
    return f"{1e3 * batch['step']:.2f} ms a step: {batch['streams']:.0f} streams{late}"


def _peer(cpu: float | None) -> str:
    return "not installed" if cpu is None else f"{cpu:.4f} CPU seconds a second of audio"
