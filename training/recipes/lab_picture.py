"""Draws the first picture of a laboratory's report, for the guide, from the JSON that lies beside the report.

Usage, after `legato lab`: python training/recipes/lab_picture.py legato-lab/report.json docs/screens/lab.png
"""

import base64
import json
import sys
from pathlib import Path

from legato.training.lab.figures import memory


def main(report: Path, out: Path) -> None:
    """The right answers by lag, as a PNG."""
    out.write_bytes(base64.b64decode(memory(json.loads(report.read_text(encoding="utf-8"))["memory"]).png))
    print(out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
