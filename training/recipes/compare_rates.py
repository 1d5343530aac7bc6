"""Whether a camera's rate changes what is found: the same videos with pictures left out.

    python training/recipes/compare_rates.py MANIFEST [MODEL] [FOLDER]

The videos have 120 pictures a second: every second, fourth, fifth or eighth of them is what a camera with 60, 30, 24 or
15 sees. FOLDER keeps the hands that are seen.
"""

import sys
from pathlib import Path

from legato.app import assets
from legato.app.engine.session import Session
from legato.app.evaluation.gestures import evaluate
from legato.app.evaluation.manifest import read_manifest
from legato.app.evaluation.watching import Viewing, watch
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.tracker import HandModels

RATES = (15, 24, 30, 60)


def main(manifest: Path, model: Path, folder: Path | None) -> None:
    """Print the figures at each rate, and in how many videos the events are those at 30."""
    session = Session.open(model, "cpu")
    recordings = read_manifest(manifest).recordings
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for rate in RATES:
        seen = watch(GestureSpotter(session), HandModels.shipped("cpu"), recordings, Viewing(rate, folder))
        report = evaluate(seen.views, session.contract.labels)
        found[rate] = [tuple(event.label for event in view.events) for view in seen.views]
        hits, false = report.all.detection, report.all.false.count
        print(f"{rate:>3} a second: {seen.frames} frames, {hits.count} of {hits.total} found, {false} false positives")
    for rate in RATES:
        same = sum(one == other for one, other in zip(found[rate], found[30], strict=True))
        print(f"{rate:>3} a second: the same events as at 30 in {same} of {len(recordings)} videos")


if __name__ == "__main__":
    arguments = [Path(argument) for argument in sys.argv[1:]]
    main(arguments[0], arguments[1] if arguments[1:] else assets.GESTURES, arguments[2] if arguments[2:] else None)
