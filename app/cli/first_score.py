"""`python -m legato.app.cli.first_score ARGUMENTS` runs legato and tells when a model first answers.

Two lines go to standard error for whoever measures a cold start: MARK at the first score, and MARK with the peak memory
in bytes at the end. Nothing is imported before the command line that it would not import, so the time is a user's.
"""

import sys
from pathlib import Path
from typing import Any

MARK = "first-score:"


def main(arguments: list[str]) -> int:
    """Run `legato` with `arguments` and report on it; returns legato's exit status."""
    if arguments[:1] == ["watch"]:
        from legato.app.vision.gestures import GestureSpotter

        _report_first(GestureSpotter)
    else:
        from legato.app.engine.spotter import Spotter

        _report_first(Spotter)
    from legato.app.cli.main import main as legato

    status = legato(arguments)
    _say(f"{MARK} {peak_memory()}")
    return status


def _report_first(spotters: Any) -> None:
    """Let the first of the spotters, a class, that has been fed say so. The product has no hook for being measured."""
    feed = spotters.feed

    def first(spotter: Any, piece: Any) -> Any:
        events = feed(spotter, piece)
        if len(spotter.last_scores):
            _say(MARK)
            spotters.feed = feed  # once is enough
        return events

    spotters.feed = first


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def peak_memory() -> int:
    """The most bytes of this process that were ever resident at once."""
    return _resident("VmHWM")  # Linux counts the parent's memory into getrusage's figure


def resident_memory() -> int:
    """Bytes of this process that are resident now; where Linux does not tell, the most that ever were."""
    return _resident("VmRSS")


def _resident(field: str) -> int:
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith(f"{field}:"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
