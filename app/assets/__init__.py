"""Files that come with the package: trained models and a short recording."""

from pathlib import Path

FOLDER = Path(__file__).parent
KEYWORDS = FOLDER / "keywords.onnx"
"""The model for keywords"""
GESTURES = FOLDER / "gestures.onnx"
"""The model for gestures"""
DEMO = FOLDER / "demo.flac"
"""A few seconds of synthetic speech with wake phrases and commands"""
GESTURE_DEMO = FOLDER / "gestures.mp4"
"""A few seconds of a drawn hand that makes gestures"""


def models() -> list[Path]:
    """Every model file that is shipped, by name."""
    return sorted(FOLDER.glob("*.onnx"))
