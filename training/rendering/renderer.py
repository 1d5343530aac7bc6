"""Hands drawn without a screen, by OpenGL through EGL: Mesa's software renderer will do."""

from collections.abc import Sequence
from typing import Any

import cv2
import moderngl
import numpy as np
import numpy.typing as npt

from legato.app.devices.pictures import Picture
from legato.app.devices.source import Closing
from legato.training.hands.hand import Rig
from legato.training.rendering.look import Look
from legato.training.rendering.meshes import BONES, LENGTH, Floats, arm
from legato.training.rendering.painting import HIGH, LOW, background, paint
from legato.training.rendering.shaders import FRAGMENT, VERTEX

_AROUND = 0.045
"""Metres of flesh and cloth about a bone, at most"""
_NEAR = 0.05
"""Metres from the camera within which all of the picture may be covered"""
_LAYOUT = "3f 3f 4f 4f 1f"
_ATTRIBUTES = ("place", "normal", "bone", "weight", "cloth")
_GRAIN = 24
"""Pixels by which the sensor's noise is larger than the picture"""

_EDGE = 0.6
"""Pixels by which edges are smoothed, a standard deviation: quicker than several samples a pixel"""
_SHARP = 0.25
"""Pixels of blur that are none"""

Window = tuple[int, int, int, int]
"""Left, top, width, height in pixels"""
Layer = npt.NDArray[np.uint8]
"""(height, width, 4): red, green, blue, darkened where little is covered; and how much of a pixel is covered"""


class Renderer(Closing):
    """A context of OpenGL with a right hand in it; a context manager. Belongs to the thread that makes it."""

    def __init__(self, size: tuple[int, int] = (640, 480)) -> None:
        """For pictures of a size (width, height). Raises where there is no EGL."""
        self.size = size
        self.rig = Rig.load("right")
        settings: dict[str, Any] = {"backend": "egl"}
        self._context: Any = moderngl.create_context(standalone=True, **settings)
        context: Any = self._context
        self._target = context.framebuffer(context.renderbuffer(size, 4), context.depth_renderbuffer(size))
        self._program: Any = context.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
        self._program["sheet"].value = (*LOW, 1 / (HIGH[0] - LOW[0]), 1 / (HIGH[1] - LOW[1]))
        context.enable(moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        self._ends = np.ones((BONES, 4))
        self._ends[:-1, :3] = self.rig.places
        self._ends[-1, :3] = (0.0, 0.0, LENGTH)
        self._clothes: _Clothes | None = None
        self._chance = np.random.default_rng()

    def close(self) -> None:
        """Let go of the context."""
        if self._context is not None:
            if self._clothes:
                self._clothes.release()
            for thing in (self._program, self._target, self._context):
                thing.release()
        self._context = None

    def dress(self, look: Look) -> None:
        """Begin a video with this look."""
        self._chance = np.random.default_rng((look.seed, 2))
        if self._clothes and self._clothes.look == look:
            return
        if self._clothes:
            self._clothes.release()
        self._clothes = _Clothes(self._context, self._program, self.rig, look, self.size)

    def draw(self, hands: Sequence[tuple[str, Floats]], focal: float) -> Picture:
        """(height, width, 3): hands, each its side and the matrices of its bones, seen with a focal length in pixels.

        The matrices (K, J, 3, 4) of a hand are those of moments at which the shutter is open; all hands have as many.
        """
        clothes = self._clothes
        if clothes is None:
            raise ValueError("dress the renderer before it draws")
        picture = clothes.behind.copy()
        window = self._window([bones for _, bones in hands], focal)
        if window:
            self._program["lens"].value = (2 * focal / self.size[0], 2 * focal / self.size[1])
            left, top, width, height = window
            part = picture[top : top + height, left : left + width]
            moments = len(hands[0][1])
            drawn = [self._drawn(clothes, [(side, bones[k]) for side, bones in hands], window) for k in range(moments)]
            part[:] = _over(drawn[0] if moments == 1 else _mean(drawn), part)
        return clothes.developed(picture, self._chance)

    def _drawn(self, clothes: "_Clothes", hands: Sequence[tuple[str, Floats]], window: Window) -> Layer:
        """The window's hands (J, 3, 4) before nothing."""
        self._target.use()
        self._target.scissor = window
        self._target.clear(0.0, 0.0, 0.0, 0.0)
        for side, bones in hands:
            self._program["bones"].write(np.ascontiguousarray(bones, np.float32))
            # The picture is upside down here, so that it is read upright: what is clockwise changes.
            self._context.front_face = "ccw" if side == "left" else "cw"
            clothes.draw()
        data = self._target.read(window, components=4, alignment=1)
        return np.frombuffer(data, np.uint8).reshape(window[3], window[2], 4)

    def _window(self, hands: Sequence[Floats], focal: float) -> Window | None:
        """Where hands (K, J, 3, 4) can be seen, if anywhere."""
        if not hands:
            return None
        size = np.array(self.size)
        places = np.concatenate([(bones @ self._ends[:, :, None])[..., 0].reshape(-1, 3) for bones in hands])
        depth = places[:, 2:]
        if depth.min() < _AROUND + _NEAR:
            return (0, 0, *self.size)
        middle, reach = size / 2 + focal * places[:, :2] / depth, focal * _AROUND / (depth - _AROUND)
        left, top = np.clip(np.floor((middle - reach).min(axis=0)), 0, size).astype(int).tolist()
        right, bottom = np.clip(np.ceil((middle + reach).max(axis=0)), 0, size).astype(int).tolist()
        return (left, top, right - left, bottom - top) if right > left and bottom > top else None


class _Clothes:
    """What a renderer has in store for one look."""

    def __init__(self, context: Any, program: Any, rig: Rig, look: Look, size: tuple[int, int]) -> None:
        self.look = look
        self.behind = background(look, size)
        layers = paint(rig, look)
        self._skin = context.texture_array((layers.shape[2], layers.shape[1], 3), 3, layers.tobytes(), alignment=1)
        self._skin.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self._skin.repeat_x = self._skin.repeat_y = False
        mesh = arm(rig, look.cuff)
        self._buffers = [context.buffer(data.tobytes()) for data in (mesh.table, mesh.faces.astype(np.int32))]
        self._hand = context.vertex_array(program, [(self._buffers[0], _LAYOUT, *_ATTRIBUTES)], self._buffers[1])
        program["light"].value, program["warmth"].value = look.light, look.warmth
        program["ambient"].value, program["gloss"].value = look.ambient, look.gloss
        self._spread = look.softness * size[1]
        toned = (np.linspace(0, 1, 256) - 0.5) * look.contrast + 0.5
        self._curve = np.clip(255 * toned * look.brightness, 0, 255).astype(np.uint8)
        self._grain = None
        if look.noise:
            chance = np.random.default_rng((look.seed, 3))
            rough = chance.standard_normal((size[1] + _GRAIN, size[0] + _GRAIN, 3), np.float32)
            self._grain = np.round(rough * np.float32(look.noise)).astype(np.int16)

    def draw(self) -> None:
        """A hand, with the bones that the program has."""
        self._skin.use()
        self._hand.render()

    def developed(self, picture: Picture, chance: np.random.Generator) -> Picture:
        """What the camera makes of a picture, which this changes."""
        if self._spread > _SHARP:
            cv2.GaussianBlur(picture, (0, 0), self._spread, dst=picture)
        cv2.LUT(picture, self._curve, dst=picture)
        if self._grain is not None:
            height, width = picture.shape[:2]
            x, y = chance.integers(0, _GRAIN, 2).tolist()
            cv2.add(picture, self._grain[y : y + height, x : x + width], dst=picture, dtype=cv2.CV_8U)
        return picture

    def release(self) -> None:
        """Give the memory back."""
        for thing in (self._skin, self._hand, *self._buffers):
            thing.release()


def _over(hands: Layer, behind: Picture) -> Picture:
    """Hands before a part of the picture, their edges smooth, as a lens makes them."""
    soft = cv2.GaussianBlur(hands, (3, 3), _EDGE)
    through = cv2.cvtColor(255 - cv2.extractChannel(soft, 3), cv2.COLOR_GRAY2RGB)
    shining = cv2.multiply(behind, through, scale=1 / 255)
    return np.asarray(cv2.add(cv2.cvtColor(soft, cv2.COLOR_RGBA2RGB), shining), np.uint8)


def _mean(pictures: Sequence[Layer]) -> Layer:
    total = np.zeros(pictures[0].shape, np.float32)
    for picture in pictures:
        cv2.accumulate(picture, total)
    return np.asarray(cv2.convertScaleAbs(total, alpha=1 / len(pictures)), np.uint8)
