"""Videos of hands: from states over time to pictures, and from pictures to a file.

`render` and `write_video` are what the other parts of training call.

Letters: T frames; K moments in which the shutter is open; J bones.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from legato.app.devices.pictures import Picture
from legato.training.rendering.look import Look
from legato.training.rendering.meshes import BONES, Floats, matrices
from legato.training.rendering.renderer import Renderer

Doubles = npt.NDArray[np.float64]

_BLOCK = 128
"""Frames whose bones are moved at once"""
_STEP = 3.0
"""Pixels between two moments of a hand that moves while the shutter is open"""
_MOMENTS = 12
"""Of a picture, at most"""
_CLOCK = 90_000
"""Ticks a second of a video's times"""
_QUALITY = 20
"""Of H.264, its constant rate factor: smaller is better and larger"""


def render(
    states: Sequence[tuple[str, Doubles]],
    focal: float,
    look: Look,
    size: tuple[int, int] = (640, 480),
    renderer: Renderer | None = None,
) -> Iterator[Picture]:
    """The T pictures of hands, each its side and its states (T, 26) as in `motions`; NaN where it is not to be seen.

    The point (x, y, z), metres, is at the pixel (width / 2 + focal · x / z, height / 2 + focal · y / z): the picture is
    not mirrored. The states of a left hand are those of the right hand that is its mirror image: its x are negated.
    A renderer of this size may be lent, which saves making one; it draws one video at a time. ValueError where it has
    another size, or where the hands have different T.
    """
    if renderer is not None and renderer.size != size:
        raise ValueError(f"the renderer is for pictures of {renderer.size}, not {size}")
    frames = max((len(rows) for _, rows in states), default=0)
    if any(len(rows) != frames for _, rows in states):
        raise ValueError("the hands of one video have as many states each")
    with nullcontext(renderer) if renderer else Renderer(size) as lent:
        lent.dress(look)
        for start in range(0, frames, _BLOCK):
            # One frame more: the shutter of the last one opens towards it.
            moved = [(side, _moved(lent, side, rows[start : start + _BLOCK + 1], look)) for side, rows in states]
            for frame in range(min(_BLOCK, frames - start)):
                seen = [(side, bones[frame : frame + 2]) for side, bones in moved if np.isfinite(bones[frame]).all()]
                yield lent.draw(_moments(seen, focal, look.shutter), focal)


def _moved(renderer: Renderer, side: str, states: Doubles, look: Look) -> Floats:
    """(T, J, 3, 4) in the camera's coordinates; NaN where states are."""
    moved = np.full((len(states), BONES, 3, 4), np.nan, np.float32)
    there = np.isfinite(states).all(axis=1)
    if there.any():
        moved[there] = matrices(renderer.rig, states[there], look.elbow)
    if side == "left":
        moved[:, :, 0] *= -1
    return moved


def _moments(hands: Sequence[tuple[str, Floats]], focal: float, shutter: float) -> list[tuple[str, Floats]]:
    """Hands (K, J, 3, 4) while the shutter is open, from this frame's and the next one's, if it has one."""
    pairs = [(side, bones if len(bones) == 2 and np.isfinite(bones).all() else bones[[0, 0]]) for side, bones in hands]
    ways = [_way(bones, focal) for _, bones in pairs]
    count = int(np.clip(np.ceil(shutter * max(ways, default=0.0) / _STEP), 1, _MOMENTS))
    shares = (np.arange(count) / count * shutter)[:, None, None, None].astype(np.float32)
    return [(side, (1 - shares) * bones[0] + shares * bones[1]) for side, bones in pairs]


def _way(bones: Floats, focal: float) -> float:
    """Pixels that a hand moves between two frames (2, J, 3, 4), about."""
    tips = bones @ np.array([0.0, 0.0, -0.15, 1.0], np.float32)  # some place at the fingers of the hand at rest
    depth = max(float(bones[:, 0, 2, 3].min()), 0.05)
    return float(np.linalg.norm(np.diff(tips, axis=0)[0, :, :2], axis=1).max()) * focal / depth


def write_video(path: Path, pictures: Iterable[Picture], times: Sequence[float] | float = 30.0) -> int:
    """Write pictures as an H.264 video; how many they were.

    Their times are seconds, rising, or a rate in hertz. Width and height are even numbers.
    """
    count = 0
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", options={"crf": str(_QUALITY), "preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _CLOCK)
        stream.codec_context.thread_count = 1
        for count, picture in enumerate(pictures, 1):
            if count == 1:
                stream.height, stream.width = picture.shape[:2]
            time = (count - 1) / times if isinstance(times, float | int) else times[count - 1]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time * _CLOCK), stream.time_base
            container.mux(stream.encode(frame))
        if count:
            container.mux(stream.encode())
    return count
