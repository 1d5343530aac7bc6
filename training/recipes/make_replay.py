"""What `legato learn` mixes a new gesture's recordings with, from the data that gestures.sh leaves.

    python training/recipes/make_replay.py training/gestures/replay.npz

Films, scenes that were never pictures, and hands that fingerspell; every fifth film is only looked at.
"""

import sys
from dataclasses import replace
from pathlib import Path

import platformdirs

from legato.training.datasets import registry
from legato.training.gestures import takes_file
from legato.training.gestures.pool import make_pool
from legato.training.hands.gestures import GESTURES

FILMS, SCENES, CLIPS = 180, 30, 90


def main(path: Path, cache: Path) -> None:
    """Write the file."""
    films = [take for take in registry.read(f"takes:{cache / 'films'}", cache) if take.split == "train"][:FILMS]
    films = [replace(take, split="train" if number % 5 else "dev") for number, take in enumerate(films)]
    scenes = make_pool(cache / "scenes", SCENES, GESTURES, seed=1)
    clips = registry.read(f"takes:{cache / 'fingerspelling' / 'learn'}", cache)
    clips = [take for take in clips if take.split == "train"][:: max(1, len(clips) // CLIPS)]
    takes_file.save(path, [*films, *scenes, *clips], small=True)
    print(f"{path}: {len(films)} films, {len(scenes)} scenes, {len(clips)} clips, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), platformdirs.user_cache_path("legato") / "gestures")
