"""How a video looks: skin, sleeve, light, what is behind, and what the camera makes of it.

Colours are red, green and blue from 0 to 1, as screens show them.
"""

import colorsys
from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]
Direction = tuple[float, float, float]

TONES: tuple[Colour, ...] = (
    (0.96, 0.82, 0.73),
    (0.92, 0.74, 0.62),
    (0.88, 0.68, 0.53),
    (0.80, 0.58, 0.43),
    (0.70, 0.48, 0.34),
    (0.56, 0.37, 0.26),
    (0.42, 0.27, 0.19),
    (0.31, 0.20, 0.15),
)
"""Skin, from light to dark"""


@dataclass(frozen=True)
class Look:
    """Everything random about the appearance of a video."""

    seed: int
    """Of all that is painted: skin, cloth, background, noise"""
    tone: Colour
    """Skin"""
    sleeve: Colour
    cuff: float
    """Metres from the wrist to the end of the sleeve; beyond `BARE` there is none"""
    light: Direction
    """Towards the light, in the camera's coordinates"""
    warmth: Colour
    """Of the light"""
    ambient: float
    """Share of the light that comes from everywhere, 0..1"""
    gloss: float
    """Strength of the skin's highlights, 0..1"""
    elbow: Direction
    """From a right wrist to its elbow, in the camera's coordinates, where the hand leaves it free"""
    brightness: float
    """Factor"""
    contrast: float
    """Factor about the middle grey"""
    noise: float
    """Standard deviation of the sensor's noise, in steps of 256"""
    softness: float
    """Standard deviation of the camera's blur, as a share of the picture's height"""
    shutter: float
    """Share of the time between two pictures in which it is open, 0..1: what moves is smeared"""

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> "Look":
        """One at random."""
        tone = np.array(TONES[chance.integers(len(TONES))]) * chance.uniform(0.93, 1.05) + chance.normal(0.0, 0.015, 3)
        light = chance.normal((0.0, -0.7, -0.7), (0.7, 0.4, 0.3))
        elbow = chance.normal((-0.25, 1.0, 0.35), (0.2, 0.1, 0.25))
        warm = chance.normal(0.0, 0.06)
        return cls(
            seed=int(chance.integers(2**31)),
            tone=_colour(tone),
            sleeve=any_colour(chance),
            cuff=chance.uniform(0.035, 0.16) if chance.random() < 0.6 else 1.0,
            light=_direction(light),
            warmth=(1.0 + warm, 1.0, 1.0 - warm),
            ambient=chance.uniform(0.3, 0.6),
            gloss=chance.uniform(0.0, 0.35),
            elbow=_direction(elbow),
            brightness=float(np.exp(chance.normal(0.0, 0.14))),
            contrast=chance.uniform(0.8, 1.15),
            noise=chance.choice([0.0, chance.uniform(1.0, 8.0)], p=[0.3, 0.7]),
            softness=chance.uniform(0.0, 0.0022),
            shutter=chance.uniform(0.0, 0.6),
        )


def any_colour(chance: np.random.Generator) -> Colour:
    """A colour as clothes and walls have it: more dull ones than bright ones."""
    return colorsys.hsv_to_rgb(chance.random(), chance.beta(1.3, 2.0), chance.uniform(0.1, 0.95))


def _colour(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Colour:
    red, green, blue = np.clip(values, 0.02, 1.0).tolist()
    return red, green, blue


def _direction(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Direction:
    x, y, z = (values / np.linalg.norm(values)).tolist()
    return x, y, z
