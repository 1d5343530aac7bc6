"""A model that reads whole recordings as the start of one that reads sound as it comes.

    python training/recipes/start_live.py speech.onnx live.pt

The forward half of each layer is kept, the backward half left out: what is left reads nothing well yet, but learns far
faster than a network that begins with nothing (`legato train speech --start-from live.pt`, with the same shape).
"""

import sys
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from legato.app.engine.session import Session
from legato.export.rebuild import rebuild
from legato.models.speech import SpeechNet, speech_net
from legato.training.saving import save_model


def forward_half(weights: dict[str, Tensor], hidden: int) -> dict[str, Tensor]:
    """The weights of a `SpeechNet` of so many `hidden` units a direction as those of a `LiveSpeechNet`."""
    kept = {}
    for name, weight in weights.items():
        if name.endswith("_reverse"):
            continue
        if name.endswith(("norm.weight", "norm.bias")) and name.startswith("recurrent."):
            weight = weight[:hidden]
        elif name.endswith("projection.weight"):
            weight = weight[:, :hidden]
        kept[name] = weight
    return kept


def main(model: Path, checkpoint: Path) -> None:
    """Write the checkpoint."""
    contract = Session.open(model, "cpu").contract
    whole = rebuild(model, contract)
    if not isinstance(whole, SpeechNet) or not whole.config.recurrent.projection:
        raise SystemExit(f"{model}: holds no bidirectional speech network with projections")
    live = speech_net(replace(whole.config, bidirectional=False))
    live.load_state_dict(forward_half(whole.state_dict(), whole.config.recurrent.hidden))
    with torch.no_grad():
        save_model(checkpoint, contract.task, live, contract.provenance, None)
    print(checkpoint)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
