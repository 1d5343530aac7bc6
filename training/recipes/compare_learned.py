"""What learning a gesture has done to those that a model knew: two reports of `legato eval gestures --json`.

python training/recipes/compare_learned.py BEFORE.json AFTER.json LABEL

gesture_learning.sh calls it.
"""

import json
import sys
from pathlib import Path
from typing import Any


def main(before: Path, after: Path, label: str) -> None:
    """Print the figures of the gestures that the first model knows, and the second one's of the new gesture."""
    reports: list[dict[str, Any]] = [json.loads(path.read_text(encoding="utf-8")) for path in (before, after)]
    known = [name for name in reports[0]["labels"] if name != label]
    for when, report in zip(("before", "after"), reports, strict=True):
        found, made, false = _sums(report, known)
        minutes = report["false_positives"]["minutes"]
        share = f"{100 * found / made:.1f} %" if made else "-"
        print(f"{when}: {len(known)} gestures that it knows: {found} of {made} found, {share}; {false} false positives")
    found, made, false = _sums(reports[1], [label])
    print(f"after: {label}: {found} of {made} found, {false} false positives in {minutes:.1f} minutes")


def _sums(report: dict[str, Any], labels: list[str]) -> tuple[int, int, int]:
    """Gestures found, gestures made, and false positives, of some labels."""
    rows = [report["labels"][label] for label in labels]
    found, made = (sum(row["detection"][name] for row in rows) for name in ("count", "total"))
    return found, made, sum(row["false_positives"]["count"] for row in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
