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
    _report_first_score()
    from legato.app.cli.main import main as legato

    status = legato(arguments)
    _say(f"{MARK} {peak_memory()}")
    return status


def _report_first_score() -> None:
    from legato.app.engine.spotter import Spotter

    feed = Spotter.feed

    def first(spotter: Spotter, samples: Any) -> Any:
        events = feed(spotter, samples)
        if len(spotter.last_scores):
            _say(MARK)
            Spotter.feed = feed  # type: ignore[method-assign]  # once is enough
        return events

    # The product has no hook for the sake of being measured.
    Spotter.feed = first  # type: ignore[assignment, method-assign]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def peak_memory() -> int:
    """The most bytes of this process that were ever resident at once."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts the parent's memory into getrusage's figure
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
