"""Where a model comes from, as its file tells."""

import re
import shlex
import subprocess
import sys
from pathlib import Path


def command() -> str:
    """The command line of this process; of paths that lead out of this folder only the last part."""
    return shlex.join(["legato", *map(_without_folders, sys.argv[1:])])


def _without_folders(argument: str) -> str:
    """A path, or one behind `--option=` or `SET:`, by its last part where it leads out of this folder."""
    path = re.search(r"^(?:--[\w-]+=)?(?:\w+:)?(?=/|\.\.)", argument)
    return path.group() + Path(argument[path.end() :]).name if path else argument


def revision() -> str:
    """The git revision of the source, or "unknown"."""
    try:
        run = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return "unknown"
    return run.stdout.strip() or "unknown"
