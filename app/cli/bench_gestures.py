"""The part of `legato bench` that is about gestures."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from legato.app.cli.first_score import resident_memory
from legato.app.engine.session import Session
from legato.app.evaluation import gesture_benchmark as measured
from legato.app.evaluation.benchmark import RUNS, Program, start_of
from legato.app.evaluation.gesture_peers import frame_seconds, gesture_peers
from legato.app.vision.tracker import HandModels


def measure(
    session: Session, video: Path, seconds: float, minutes: float | None, device: str, program: Program
) -> dict[str, Any]:
    """Speed and memory on the beginning of a video; with `minutes`, how memory grows over so much of it."""
    models = HandModels.shipped(device)
    frames = measured.pictures(video, seconds)
    figures = {
        "model": str(session.path),
        "cell": session.contract.cell,
        "labels": len(session.contract.labels),
        "provider": session.provider,
        "runs": RUNS,
        "video": str(video),
        "frames": len(frames),
        "width": measured.WIDTH,
        "height": measured.HEIGHT,
        "frame": asdict(measured.following(session, models, frames)),
        "network": asdict(measured.network(session, models, frames)),
        "start": asdict(start_of(program, "watch", video, session.path, device)),
    }
    if minutes is not None:
        figures["growth"] = asdict(measured.growth(session, models, frames, minutes, resident_memory))
    return figures


def compare(video: Path, seconds: float) -> dict[str, float | None]:
    """Seconds a picture, median, of each peer; null for one that is not installed."""
    frames = measured.pictures(video, seconds)
    return {peer.name: frame_seconds(peer, frames) for peer in gesture_peers()}


def head(figures: dict[str, Any]) -> list[str]:
    """What the figures are about."""
    pictures = f"{figures['frames']} pictures of {figures['width']} × {figures['height']} in {figures['video']}"
    return [
        f"{figures['model']}: {figures['labels']} labels; {figures['provider']}, one thread",
        f"medians of {figures['runs']} runs over {pictures}",
    ]


def rows(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """The figures for people."""
    start = figures["start"]
    told = [
        ("hands and gesture", f"{_steps(figures['frame'])}, one hand followed"),
        ("gesture network", _steps(figures["network"])),
        ("first score", f"{start['first_score']:.2f} s after the start of legato watch FILE"),
        ("memory", f"{start['memory'] / 1e6:.0f} MB resident at most"),
    ]
    if "growth" in figures:
        growth = figures["growth"]
        first, last, slope = (growth[name] / 1e6 for name in ("first", "last", "slope"))
        about = f"{first:.1f} MB, then {last:.1f} MB: {slope:+.3f} MB a minute"
        told.append((f"over {growth['minutes']:g} minutes", about))
    return told + [(name, _peer(seconds)) for name, seconds in figures.get("peers", {}).items()]


def _steps(steps: dict[str, float]) -> str:
    return f"{1e3 * steps['median']:.3f} ms a frame median, {1e3 * steps['p99']:.3f} ms 99th percentile"


def _peer(seconds: float | None) -> str:
    return "not installed" if seconds is None else f"{1e3 * seconds:.3f} ms a frame median"
