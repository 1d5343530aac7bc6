"""Colours for what is drawn by hand, taken from the palette of the system."""

from dataclasses import dataclass
from typing import Literal, Self

from PyQt6.QtGui import QColor, QPalette


@dataclass(frozen=True)
class Theme:
    """Colours that go together, on a dark or a light background."""

    dark: bool
    background: QColor
    text: QColor
    muted: QColor
    line: QColor
    """Axes, frames, thresholds"""
    accent: QColor
    """What is heard"""
    alarm: QColor
    """What is wrong; always with words"""
    left: QColor
    """A left hand; always with words, as the next"""
    right: QColor

    @classmethod
    def of(cls, palette: QPalette) -> Self:
        """The theme for a palette."""
        background = palette.color(QPalette.ColorRole.Base)
        dark = background.lightness() < 128
        text = palette.color(QPalette.ColorRole.Text)
        return cls(
            dark=dark,
            background=background,
            text=text,
            muted=_between(text, background, 0.35),
            line=_between(text, background, 0.6),
            accent=QColor("#5cc8ff" if dark else "#0a6ebd"),
            alarm=QColor("#ff7b6b" if dark else "#b3261e"),
            left=QColor("#ffb454" if dark else "#b85c00"),
            right=QColor("#5cc8ff" if dark else "#0a6ebd"),
        )

    def of_hand(self, side: Literal["left", "right"]) -> QColor:
        """The colour of that hand."""
        return self.left if side == "left" else self.right


def _between(one: QColor, other: QColor, share: float) -> QColor:
    """The colour that has `share` of the other in it."""
    parts = zip((one.redF(), one.greenF(), one.blueF()), (other.redF(), other.greenF(), other.blueF()), strict=True)
    return QColor.fromRgbF(*((1 - share) * a + share * b for a, b in parts))


ON_PICTURES = Theme(
    dark=True,
    background=QColor("#000000"),
    text=QColor("#ffffff"),
    muted=QColor("#c8c8c8"),
    line=QColor("#808080"),
    accent=QColor("#5cc8ff"),
    alarm=QColor("#ff7b6b"),
    left=QColor("#ffb454"),
    right=QColor("#5cc8ff"),
)
"""Whatever the system's colours are, a picture has its own: bright on dark plates"""
