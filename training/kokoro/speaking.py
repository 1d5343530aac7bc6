"""Rows spoken in batches of one length, as fast as the device can."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import scipy.signal
import torch
import torch.nn.functional as F
from torch import Tensor

from legato.training.kokoro.network import Network, rounded, spread
from legato.training.kokoro.rows import Row, Styles, style
from legato.training.trimming import LEAD, PEAK, QUIET, RATE, TAIL

Samples = npt.NDArray[np.int16]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Batches:
    """How rows are put together."""

    rows: int = 4096
    """Rows that are planned before any is spoken."""
    letters: int = 20_000
    """Phonetic letters of a batch at most."""
    frames: int = 8000
    """Frames of a batch at most, 40 to a second."""
    step: int = 16
    """Every row's frames are drawn out, in the silence at its end, to a multiple of this."""


@dataclass(frozen=True)
class Planned:
    """A row whose letters have durations."""

    row: Row
    text: Tensor
    """(512, T)."""
    manner: Tensor
    """(T, 640)."""
    style: Tensor
    """(256,)."""
    durations: list[int] = field(repr=False)
    """Frames of each letter (T,)."""


def speak_rows(
    network: Network, rows: Sequence[Row], styles: dict[str, Styles], batches: Batches
) -> Iterator[tuple[Row, Samples]]:
    """Every row with its samples at 16 kHz, trimmed, with a peak of 0.7, in an order that suits the device."""
    waiting = defaultdict[int, list[Planned]](list)
    for some in pieces(rows, batches.rows):
        for planned in plan_rows(network, some, styles, batches):
            waiting[sum(planned.durations)].append(planned)
        for frames, held in waiting.items():
            size = max(1, batches.frames // frames)
            while len(held) >= size:
                batch, held[:] = held[:size], held[size:]
                yield from sound_or_halve(network, batch)
    for frames, held in sorted(waiting.items()):
        for piece in pieces(held, max(1, batches.frames // frames)):
            yield from sound_or_halve(network, piece)


def sound_or_halve(network: Network, batch: Sequence[Planned]) -> Iterator[tuple[Row, Samples]]:
    """What `sound_rows` gives; a batch that the device's memory does not hold is spoken in halves."""
    try:
        spoken = list(sound_rows(network, batch))
    except torch.OutOfMemoryError:
        if len(batch) == 1:
            return
        torch.cuda.empty_cache()
        half = len(batch) // 2
        spoken = [*sound_or_halve(network, batch[:half]), *sound_or_halve(network, batch[half:])]
    yield from spoken


@torch.inference_mode()
def plan_rows(network: Network, rows: Sequence[Row], styles: dict[str, Styles], batches: Batches) -> Iterator[Planned]:
    """Every row with its durations."""
    device = next(network.parameters()).device
    lengths = defaultdict[int, list[Row]](list)
    for row in rows:
        lengths[len(row.tokens)].append(row)
    for length, alike in sorted(lengths.items()):
        for batch in pieces(alike, max(1, batches.letters // (length + 2))):
            tokens = torch.tensor([[0, *row.tokens, 0] for row in batch], device=device)
            voices = torch.from_numpy(np.stack([style(row, styles) for row in batch])).to(device)
            speeds = torch.tensor([row.speed for row in batch], device=device)
            texts, manners, durations = network.plan(tokens, voices, speeds)
            for place, (row, each) in enumerate(zip(batch, durations.tolist(), strict=True)):
                yield Planned(row, texts[place], manners[place], voices[place], rounded(each, batches.step))


@torch.inference_mode()
def sound_rows(network: Network, batch: Sequence[Planned]) -> Iterator[tuple[Row, Samples]]:
    """Rows of as many frames each with their samples; a silent one's are empty."""
    device = batch[0].text.device
    letters = [torch.tensor(spread(planned.durations), device=device) for planned in batch]
    text = torch.stack([planned.text[:, places] for planned, places in zip(batch, letters, strict=True)])
    manner = torch.stack([planned.manner[places] for planned, places in zip(batch, letters, strict=True)])
    sound = network.sound(text, manner, torch.stack([planned.style for planned in batch]))
    sound = torch.nan_to_num(two_thirds(sound))
    peaks = sound.abs().amax(dim=1, keepdim=True)
    loud = (sound.abs() > QUIET * peaks).int()
    first = loud.argmax(dim=1).tolist()
    last = (sound.shape[1] - 1 - loud.flip(1).argmax(dim=1)).tolist()
    whole = torch.round(sound * (PEAK * 32767 / peaks.clamp(min=1e-9))).to(torch.int16).cpu().numpy()
    for planned, samples, start, end, peak in zip(batch, whole, first, last, peaks[:, 0].tolist(), strict=True):
        begin = max(0, start - int(LEAD * RATE))
        yield planned.row, samples[begin : end + int(TAIL * RATE)] if peak > 1e-6 else samples[:0]


def pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Items in pieces of a size, the last one perhaps shorter."""
    return (items[first : first + size] for first in range(0, len(items), size))


def two_thirds(sound: Tensor) -> Tensor:
    """Samples (B, S) at two thirds of their rate, as scipy's `resample_poly` makes them."""
    taps = 2 * scipy.signal.firwin(61, 1 / 3, window=("kaiser", 5.0))
    kernel = torch.from_numpy(taps.astype(np.float32)).to(sound)[None, None]
    held = torch.stack([sound, torch.zeros_like(sound)], dim=-1).flatten(1)
    return F.conv1d(F.pad(held, (30, 30))[:, None], kernel, stride=3)[:, 0]
