"""A network's passes over batches of the shapes that come again and again, recorded once as CUDA graphs.

A recurrent layer is thousands of small kernels in a row; told one by one, they keep a GPU waiting for the CPU most of
the time. A recorded pass is told at once.

Shapes: B batch, T frames of scores, R frames of features a score, M mel bands, C labels.
"""

from collections.abc import Callable, Iterable
from typing import cast

import torch
from torch import Tensor, nn

from legato.models.speech import LiveSpeechNet, SpeechNet


class _Encoding(nn.Module):
    """Features (B, T R, M) to logits (B, T, C), where it is asked for in 16 bits wherever that is good enough."""

    def __init__(self, net: SpeechNet | LiveSpeechNet, half: bool) -> None:
        super().__init__()
        self.net, self._half = net, half

    def forward(self, features: Tensor, frames: Tensor | None = None) -> Tensor:
        # A cast that is kept for later would be missing from the graph.
        kind = torch.float16 if features.is_cuda else torch.bfloat16
        with torch.autocast(features.device.type, kind, enabled=self._half, cache_enabled=False):
            return self.net.encode(features, frames)


class Graphs:
    """A network's `encode`, recorded for full rows of the shapes that `record` was told, unrecorded for others."""

    def __init__(self, net: SpeechNet | LiveSpeechNet, half: bool) -> None:
        self._net, self._half = net, half
        self._usual = _Encoding(net, half)
        self._recorded: dict[tuple[int, ...], Callable[[Tensor], Tensor]] = {}

    def record(self, rows: int, counts: Iterable[int]) -> None:
        """Records the passes over `rows` of so many frames of features each; the network must be on its GPU."""
        for count in counts:
            shape = (rows, count, self._net.config.frontend.mels)
            features = torch.zeros(shape, device=self._net.frontend.basis.device)
            encoding = _Encoding(self._net, self._half).train()
            recorded = torch.cuda.make_graphed_callables(encoding, (features,))
            self._recorded[shape] = cast("Callable[[Tensor], Tensor]", recorded)

    def __call__(self, features: Tensor, frames: Tensor | None = None) -> Tensor:
        """Features (B, T R, M) with `frames` (B,) of scores, None for full rows, to logits (B, T, C).

        The logits of a recorded pass are overwritten by its next.
        """
        recorded = self._recorded.get(tuple(features.shape)) if frames is None and self._net.training else None
        return recorded(features) if recorded else self._usual(features, frames)
