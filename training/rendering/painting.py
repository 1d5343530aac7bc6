"""What is painted once a video: the skin of palm and back, the sleeve's cloth, and the background.

Paint lies over the rest pose like a map: its rows are z, its columns x.
"""

import cv2
import numpy as np
import numpy.typing as npt

from legato.app.devices.pictures import Picture
from legato.training.hands.hand import BENDING, PARENTS, Rig
from legato.training.rendering.look import TONES, Colour, Look, any_colour

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Random = np.random.Generator

LOW, HIGH = (-0.1, -0.21), (0.1, 0.31)
"""x and z, metres, of the painted area's first and last corner"""
_SIZE = (256, 640)
"""Width and height of the paint, pixels"""
_RED = np.array([0.10, -0.03, -0.04])


def paint(rig: Rig, look: Look) -> Picture:
    """(3, height, width, 3): palm, back, cloth."""
    chance = np.random.default_rng(look.seed)
    tone = np.array(look.tone)
    mottled = tone * (1 + 0.07 * _clouds(_SIZE, chance, 24)) + _RED * 0.25 * _clouds(_SIZE, chance, 10)
    share = 0.2 + 0.35 * (1 - tone.max())  # palms are the paler, the darker the skin is
    pale = (1 - share) * mottled + share * np.array([0.93, 0.72, 0.64]) * (0.45 + 0.55 * tone.max())
    layers = (_palm(rig, pale, chance), _back(rig, mottled, chance), _cloth(look, chance))
    return np.stack([_bytes(layer) for layer in layers])


def _palm(rig: Rig, skin: Floats, chance: Random) -> Floats:
    """Redder tips and heel, the creases of the palm and of the joints."""
    for joint, size in ((4, 0.012), (9, 0.01), (14, 0.01), (19, 0.01), (24, 0.009), (0, 0.03)):
        skin += 0.5 * _RED * _spot(rig.places[joint, [0, 2]], size)
    lines = np.zeros(_SIZE[::-1], np.float32)
    knuckles = rig.places[[6, 11, 16, 21]][:, [0, 2]]
    heart = [knuckles[3] + (0.008, 0.022), knuckles[2] + (0.0, 0.017), knuckles[1] + (-0.006, 0.012)]
    head = [knuckles[0] + (-0.012, 0.022), knuckles[1] + (0.0, 0.035), knuckles[2] + (0.012, 0.052)]
    life = [head[0], knuckles[0] + (0.01, 0.045), np.array([-0.005, -0.025])]
    for line in (heart, head, life):
        _stroke(lines, np.array(line) + chance.normal(0, 0.002, (3, 2)), 2)
    for digit, joints in enumerate(BENDING):
        for joint in joints[digit == 0 :]:
            _across(lines, rig, joint, 0.009)
    return np.asarray(skin * (1 - 0.35 * cv2.GaussianBlur(lines, (0, 0), 0.9)[:, :, None]), np.float32)


def _back(rig: Rig, skin: Floats, chance: Random) -> Floats:
    """Wrinkled knuckles, nails, a vein or two."""
    lines = np.zeros(_SIZE[::-1], np.float32)
    for joints in BENDING:
        for joint in joints[:-1]:
            skin += 0.6 * _RED * _spot(rig.places[joint, [0, 2]], 0.008)
            for offset in (-0.003, 0.0, 0.003):
                _across(lines, rig, joint, 0.007, offset)
    skin = skin * (1 - 0.22 * cv2.GaussianBlur(lines, (0, 0), 0.9)[:, :, None])
    nails = np.zeros(_SIZE[::-1], np.float32)
    for joints in BENDING:
        start, tip = rig.places[joints[-1], [0, 2]], rig.places[joints[-1] + 1, [0, 2]]
        way = tip - start
        angle = float(np.degrees(np.arctan2(way[1], way[0])))
        centre, radius = _pixel(start + 0.72 * way), _scale(np.array([0.0065, 0.0048]))
        cv2.ellipse(nails, (centre, (2 * radius[1], 2 * radius[0]), angle + 90), 1.0, -1)
    soft = cv2.GaussianBlur(nails, (0, 0), 0.8)[:, :, None]
    polish = np.array(any_colour(chance)) if chance.random() < 0.1 else 0.55 * skin + 0.45 * np.array([0.9, 0.7, 0.66])
    return np.asarray(skin * (1 - soft) + polish * soft, np.float32)


def _cloth(look: Look, chance: Random) -> Floats:
    """Plain or striped, with folds."""
    folds = 0.12 * _clouds(_SIZE, chance, 30) + 0.05 * _clouds(_SIZE, chance, 120)
    cloth = np.broadcast_to(np.array(look.sleeve), (*_SIZE[::-1], 3))
    if chance.random() < 0.3:
        rows = np.sin(np.arange(_SIZE[1]) * chance.uniform(0.15, 0.6)) > chance.uniform(-0.5, 0.7)
        cloth = np.where(rows[:, None, None], np.array(any_colour(chance)), cloth)
    return np.asarray(cloth * (1 + folds), np.float32)


def background(look: Look, size: tuple[int, int]) -> Picture:
    """What is behind the hands, of a size (width, height): a wall, things on it, perhaps a person, out of focus."""
    chance = np.random.default_rng((look.seed, 1))
    scale = max(1, size[1] // (480 // 2))
    small = (max(size[0] // scale, 8), max(size[1] // scale, 8))
    wall = _slope(small, np.array(any_colour(chance)), np.array(any_colour(chance)), chance)
    for _ in range(chance.integers(0, 16)):
        _thing(wall, chance)
    if chance.random() < 0.5:
        _person(wall, look, chance)
    wall *= 1 + np.float32(chance.uniform(0, 0.06)) * _clouds(small, chance, 12)
    spread = small[1] * float(np.exp(chance.uniform(np.log(0.003), np.log(0.025))))
    blurred = cv2.GaussianBlur(wall, (0, 0), spread) + chance.uniform(0.0, 0.02) * _clouds(small, chance, small[0] // 2)
    return np.asarray(cv2.resize(_bytes(blurred), size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _slope(size: tuple[int, int], first: Doubles, last: Doubles, chance: Random) -> Floats:
    """From one colour towards another in some direction."""
    angle, reach = chance.uniform(0, 2 * np.pi), chance.uniform(0, 0.5)
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, size[0]), np.linspace(-0.5, 0.5, size[1]))
    share = reach * (0.5 + np.cos(angle) * x + np.sin(angle) * y)[:, :, None]
    return np.asarray(first * (1 - share) + last * share, np.float32)


def _thing(wall: Floats, chance: Random) -> None:
    """A box, a round thing or a bar of any colour."""
    height, width = wall.shape[:2]
    middle = chance.uniform((0, 0), (width, height)).tolist()
    extent = (np.exp(chance.uniform(np.log(0.03), np.log(0.5), 2)) * height).tolist()
    colour = any_colour(chance)
    if chance.random() < 0.2:
        cv2.ellipse(wall, (middle, extent, chance.uniform(0, 180)), colour, -1)
        return
    turn = chance.choice([0.0, chance.uniform(0, 180)], p=[0.8, 0.2])
    corners = cv2.boxPoints((middle, extent, turn))
    cv2.fillConvexPoly(wall, corners.astype(np.int32), colour)


def _person(wall: Floats, look: Look, chance: Random) -> None:
    """Head and shoulders, roughly: hair, face, neck, clothes."""
    height, width = wall.shape[:2]
    x, y = chance.normal(0.5, 0.12) * width, chance.uniform(0.2, 0.5) * height
    size = chance.uniform(0.12, 0.22) * height
    skin = np.array(look.tone if chance.random() < 0.8 else TONES[chance.integers(len(TONES))]) * 0.9
    clothes: Colour = look.sleeve if look.cuff < 1 else any_colour(chance)
    dyes = np.array([0.35, 0.25, 0.18]) * np.exp(chance.uniform(np.log(0.15), np.log(2.2)))
    face, hair = skin.tolist(), dyes.tolist()
    cv2.ellipse(wall, ((x, y + 3.3 * size), (4.8 * size, 4.2 * size), 0.0), clothes, -1)
    cv2.rectangle(wall, _point(x - 0.38 * size, y + 0.5 * size), _point(x + 0.38 * size, y + 1.5 * size), face, -1)
    cv2.ellipse(wall, ((x, y - 0.15 * size), (1.7 * size, 2.2 * size), 0.0), hair, -1)
    cv2.ellipse(wall, ((x, y + 0.15 * size), (1.4 * size, 1.8 * size), 0.0), face, -1)
    dark = (skin * 0.45).tolist()
    for side in (-1, 1):
        cv2.ellipse(wall, ((x + side * 0.3 * size, y), (0.25 * size, 0.1 * size), 0.0), dark, -1)
    cv2.ellipse(wall, ((x, y + 0.6 * size), (0.45 * size, 0.1 * size), 0.0), (skin * [0.8, 0.5, 0.5]).tolist(), -1)


def _clouds(size: tuple[int, int], chance: Random, cells: int) -> Floats:
    """(height, width, 1): smooth noise about zero, of deviation 1, with about so many cells across."""
    total = np.zeros(size[::-1], np.float32)
    for octave in range(2):
        across = max(2, min(cells << octave, size[0]))
        grid = chance.normal(0, 0.7 / (octave + 1), (max(2, across * size[1] // size[0]), across)).astype(np.float32)
        total += cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)
    return total[:, :, None]


def _spot(middle: Doubles, size: float) -> Doubles:
    """(height, width, 1): 1 in the middle, fading over `size` metres."""
    x, z = (np.linspace(low, high, count) for low, high, count in zip(LOW, HIGH, _SIZE, strict=True))
    squares = ((x - middle[0]) ** 2)[None] + ((z - middle[1]) ** 2)[:, None]
    return np.asarray(np.exp(-squares / (2 * size**2))[:, :, None])


def _across(lines: Floats, rig: Rig, joint: int, half: float, offset: float = 0.0) -> None:
    """A stroke across the bone that ends in a joint, as long as twice `half` metres."""
    end = rig.places[joint, [0, 2]]
    way = end - rig.places[PARENTS[joint], [0, 2]]
    way /= np.linalg.norm(way)
    aside = half * np.array([-way[1], way[0]])
    _stroke(lines, np.array([end - aside, end + aside]) + offset * way, 1)


def _stroke(lines: Floats, points: Doubles, width: int) -> None:
    pixels = np.array([_pixel(point) for point in points])
    cv2.polylines(lines, [np.round(pixels * 16).astype(np.int32)], isClosed=False, color=1.0, thickness=width, shift=4)


def _scale(lengths: Doubles) -> Doubles:
    return np.asarray(lengths * _SIZE / (np.array(HIGH) - LOW))


def _pixel(point: Doubles) -> tuple[float, float]:
    x, y = _scale(point - LOW).tolist()
    return x, y


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x), round(y)


def _bytes(colours: npt.NDArray[np.floating]) -> Picture:
    return np.asarray(np.clip(255 * colours, 0, 255), np.uint8)
