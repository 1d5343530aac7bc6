"""Where a model comes from, as its file tells."""

import shlex
import subprocess
import sys
from pathlib import Path


def command() -> str:
    """The command line of this process; of paths that lead out of this folder only the last part."""
    arguments = [Path(argument).name if argument.startswith(("/", "..")) else argument for argument in sys.argv[1:]]
    return shlex.join(["legato", *arguments])


def revision() -> str:
    """The git revision of the source, or "unknown"."""
    run = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout.strip() or "unknown"
