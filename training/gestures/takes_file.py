"""Many takes in one small file: pixels in eighths, in 16 bits; z, at which nobody looks, is left out.

Letters: A takes, T frames of all takes together, N gestures.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from legato.app.vision.recording import Recording
from legato.training.takes import GestureSpan, Take

_EIGHTHS = 8
_RANGE = 32_000


def save(path: Path, takes: Sequence[Take], *, small: bool = False) -> None:
    """Write the file, whole or not at all; `small` ones take longer."""
    recordings = [take.recording for take in takes]
    spans = [(index, span) for index, take in enumerate(takes) for span in take.spans]
    flat = np.concatenate([one.landmarks[..., :2] for one in recordings])
    arrays = {
        "name": np.array([take.name for take in takes]),
        "split": np.array([take.split for take in takes]),
        "frames": np.array([len(one.time) for one in recordings]),
        "size": np.stack([one.size for one in recordings]),
        "landmarks": np.round(flat * _EIGHTHS).clip(-_RANGE, _RANGE).astype(np.int16),
        "presence": np.concatenate([one.presence for one in recordings]).astype(np.float16),
        "handedness": np.concatenate([one.handedness for one in recordings]).astype(np.float16),
        "time": np.concatenate([one.time for one in recordings]),
        "span_take": np.array([index for index, _ in spans], np.int64),
        "span_label": np.array([span.label for _, span in spans], np.str_),
        "span_times": np.array([(span.start, span.end) for _, span in spans]).reshape(-1, 2),
        "span_slot": np.array([span.slot for _, span in spans], np.int64),
    }
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        (np.savez_compressed if small else np.savez)(file, allow_pickle=False, **arrays)
    partial.replace(path)


def load(path: Path) -> list[Take]:
    """The takes in a file."""
    with np.load(path, allow_pickle=False) as stored:
        parts = {name: stored[name] for name in stored.files}
    spans: list[list[GestureSpan]] = [[] for _ in parts["frames"]]
    columns = (parts[f"span_{name}"].tolist() for name in ("take", "label", "times", "slot"))
    for index, label, (start, end), slot in zip(*columns, strict=True):
        spans[index].append(GestureSpan(label, start, end, slot))
    flat = parts["landmarks"].astype(np.float32) / _EIGHTHS
    whole = np.concatenate((flat, np.zeros_like(flat[..., :1])), axis=-1)
    ends = np.cumsum(parts["frames"]).tolist()
    takes = []
    for index, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
        recording = Recording(
            whole[start:end],
            parts["presence"][start:end].astype(np.float32),
            parts["handedness"][start:end].astype(np.float32),
            parts["time"][start:end],
            parts["size"][index],
        )
        takes.append(Take(str(parts["name"][index]), recording, tuple(spans[index]), str(parts["split"][index])))
    return takes
