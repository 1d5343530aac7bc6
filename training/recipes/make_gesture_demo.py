"""The video that comes with the package: a drawn hand that makes four gestures.

    python training/recipes/make_gesture_demo.py app/assets/gestures.mp4 [SEED]

Of the seeds, one was taken in which each gesture is plain to see and well in the picture.
"""

import sys
from pathlib import Path

import numpy as np

from legato.training.hands.filming import SIZE
from legato.training.hands.performances import Stage, focal_of, play
from legato.training.rendering.look import Look
from legato.training.rendering.video import render, write_video

GESTURES = ("wave", "swipe_right", "thumbs_up", "circle_cw")
RATE = 30.0
SEED = 2


def main(path: Path, seed: int) -> None:
    """Write the video, and print what is in it."""
    chance = np.random.default_rng(seed)
    stage = Stage(SIZE, focal_of(SIZE, 65.0))
    performance = play(GESTURES, stage, chance)
    start, last = performance.motions[-1]
    times = np.arange(0.0, start + last.seconds + 0.5, 1 / RATE)
    look = Look.drawn(chance)
    count = write_video(path, render([("right", performance.states(times))], stage.focal, look, SIZE), RATE)
    print(f"{path}: {count} pictures, {path.stat().st_size / 1000:.0f} kB")
    for mark in performance.marks:
        print(f"{mark.label}\t{mark.start:.2f}\t{mark.end:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else SEED)
