"""A shipped model as a checkpoint again, to go on learning from it with `legato train … --start-from`.

    python training/recipes/reopen_model.py keywords.onnx keywords.pt

A keyword file holds no phone head (only training needs it): a new one is drawn, and learns within a few hundred steps.
"""

import sys
from dataclasses import asdict, replace
from pathlib import Path

import torch

from legato.app.engine.session import Session
from legato.export.rebuild import rebuild
from legato.models.keyword import KeywordNet
from legato.training.alignment import PHONES
from legato.training.saving import save_model


def main(model: Path, checkpoint: Path) -> None:
    """Write the checkpoint."""
    contract = Session.open(model, "cpu").contract
    exported = rebuild(model, contract)
    if exported is None:
        raise SystemExit(f"{model}: holds no configuration of its network")
    net = exported
    if isinstance(exported, KeywordNet):
        torch.manual_seed(0)
        net = KeywordNet(replace(exported.config, phones=len(PHONES)))
        net.load_state_dict(exported.state_dict(), strict=False)
    save_model(checkpoint, contract.task, net, contract.provenance, asdict(contract.settings))
    print(checkpoint)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
