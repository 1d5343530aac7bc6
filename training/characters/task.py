"""The character model's network, text and loss put together for the loop.

Shapes: B rows, T characters, C characters that it knows.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from legato.models.characters import CharacterNet
from legato.models.recurrent import RecurrentConfig, RecurrentState
from legato.training.characters.text import Batch, Text, TextConfig
from legato.training.loop import LoopConfig, State

_PIECE = 500
"""Characters of held-out text that are read at once"""


@dataclass(frozen=True)
class CharacterRecipe:
    """All settings of `legato train characters`; a TOML file has a table for each."""

    recurrent: RecurrentConfig = field(default_factory=lambda: RecurrentConfig("lstm", inputs=64, hidden=384, layers=2))
    text: TextConfig = field(default_factory=TextConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(steps=6_000, batch=64, rate=3e-3, warmup=100, weight_decay=0.0, carry=0.98)
    )


class CharacterObjective(nn.Module):
    """A character model with its loss and its text: what `Loop` trains."""

    def __init__(self, net: CharacterNet, recipe: CharacterRecipe, text: Text, held_out: Mapping[str, Tensor]) -> None:
        """`held_out` are texts (N,) that are looked at while training, by name."""
        super().__init__()
        self.net, self.recipe, self._text, self._held_out = net, recipe, text, held_out

    def initial_state(self, batch: int) -> State:
        """Zeros for `batch` rows."""
        return tuple(self.net.initial_state(batch))

    def batches(self, start: int, rank: int, world: int) -> Iterator[Batch]:
        """Batches from step `start` on; a pure function of the seed."""
        return self._text.batches(start, self.recipe.loop.batch, rank, world)

    def stretches(self, batch: Batch, seconds: float) -> Iterator[Batch]:
        """The batch, which is as long as errors go back; ValueError for another length in seconds."""
        if seconds:
            raise ValueError("text has no seconds: set text.length instead of loop.truncate")
        yield batch

    def forward(self, batch: Batch, state: State) -> tuple[Tensor, dict[str, Tensor], State]:
        """The loss of a batch in nats a character, that in bits, and the next state."""
        place = self.net.head.weight.device
        kind = torch.float16 if place.type == "cuda" else torch.bfloat16
        with torch.autocast(place.type, kind, enabled=self.recipe.loop.half):
            scores, following = self.net.step(batch.text.to(place), RecurrentState(*state))
        loss = nn.functional.nll_loss(scores.flatten(0, 1), batch.following.to(place).flatten())
        return loss, {"bits": loss.detach() / math.log(2)}, tuple(following)

    def validate(self) -> Mapping[str, float]:
        """Bits a character and accuracy of the next character of each held-out text, by its name."""
        found = {}
        for name, text in self._held_out.items():
            found[f"bits_{name}"], found[f"accuracy_{name}"] = measured(self.net, text)
        return found


@torch.no_grad()
def measured(net: CharacterNet, text: Tensor) -> tuple[float, float]:
    """Bits a character of a text (N,) read from its start, and how often the likeliest is the next one."""
    text = text.long().to(net.head.weight.device)
    state, nats, right = net.initial_state(1), 0.0, 0
    for begin in range(0, len(text) - 1, _PIECE):
        piece = text[begin : begin + _PIECE + 1]
        scores, state = net.step(piece[None, :-1], state)
        nats -= float(scores[0].gather(1, piece[1:, None]).sum())
        right += int((scores[0].argmax(dim=1) == piece[1:]).sum())
    count = len(text) - 1
    return nats / math.log(2) / count, right / count
