"""A checkpoint whose weights are the mean of others' (Wortsman et al. 2022, "Model soups").

    python training/recipes/mean_models.py ONE.pt OTHER.pt MEAN.pt

The others must be of one shape and one ancestry.
"""

import sys
from pathlib import Path

import torch


def main(*paths: Path) -> None:
    """Write the last from the others; all but the weights is the first one's."""
    *sources, target = paths
    saved = [torch.load(path, weights_only=True, map_location="cpu") for path in sources]
    names = saved[0]["model"]
    saved[0]["model"] = {name: torch.stack([one["model"][name] for one in saved]).mean(dim=0) for name in names}
    torch.save(saved[0], target)
    print(target)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
