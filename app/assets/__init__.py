"""Files that come with the package: trained models and a short recording."""

from pathlib import Path

FOLDER = Path(__file__).parent
KEYWORDS = FOLDER / "keywords.onnx"
"""The model for keywords"""
DEMO = FOLDER / "demo.flac"
"""A few seconds of synthetic speech with wake phrases and commands"""


def models() -> list[Path]:
    """Every model file that is shipped, by name."""
    return sorted(FOLDER.glob("*.onnx"))
