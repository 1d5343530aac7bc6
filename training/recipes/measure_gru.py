"""Times learning of a bidirectional GRU layer on the processor: of PyTorch's, and of that in `legato.models.gru`.

Run `python training/recipes/measure_gru.py`: forward and back, through streams of one length and through packed
ones of several, in 32 bits and in bfloat16.
"""

import statistics
import time

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from legato.models.gru import GRU

SHAPES = ((416, 30, 170), (128, 24, 300))
"""Units, streams and frames: of a speech network, and of a keyword network"""
RUNS = 5


def seconds(net: nn.GRU, x: Tensor | PackedSequence, half: bool) -> float:
    """The median time of a pass forward and back."""
    times = []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            y = net(x)[0]
        (y if isinstance(y, Tensor) else y.data).float().square().sum().backward()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])


def main() -> None:
    """Print both, and how many times faster ours is."""
    torch.set_num_threads(1)
    for units, streams, frames in SHAPES:
        x = torch.randn(streams, frames, units)
        packed = pack_padded_sequence(x, torch.linspace(frames - 20, frames, streams).long().flip(0), batch_first=True)
        theirs = nn.GRU(units, units, batch_first=True, bidirectional=True)
        ours = GRU(units, units, bidirectional=True)
        ours.load_state_dict(theirs.state_dict())
        for name, given in (("of one length", x), ("packed", packed)):
            for half in (False, True):
                slow, fast = seconds(theirs, given, half), seconds(ours, given, half)
                kind = "bfloat16" if half else "float32"
                print(f"{units} units, {streams} streams of {frames} frames, {name}, {kind}: ", end="")
                print(f"{slow:.3f} s, {fast:.3f} s, {slow / fast:.1f} times faster")


if __name__ == "__main__":
    main()
