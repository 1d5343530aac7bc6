"""The console script. It imports next to nothing before it can answer to Ctrl-C."""

from collections.abc import Sequence

from legato.app.cli.interrupts import uninterrupted

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `legato` with `arguments` (those of the process); returns the exit status."""
    try:
        with uninterrupted():
            from legato.app.cli.program import run
        return run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
