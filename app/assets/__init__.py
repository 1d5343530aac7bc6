"""Files that come with the package: trained models and short recordings; and where one's own models are."""

from pathlib import Path

import platformdirs

FOLDER = Path(__file__).parent
KEYWORDS = FOLDER / "keywords.onnx"
"""The model for keywords"""
GESTURES = FOLDER / "gestures.onnx"
"""The model for gestures"""
SPEECH = FOLDER / "speech.onnx"
"""The model that writes recordings down"""
LIVE_SPEECH = FOLDER / "speech-live.onnx"
"""The model that writes down what is said while it is said"""
LANGUAGE = FOLDER / "english.klm"
"""What is likely to be said, for the model that writes recordings down"""
CHARACTERS = FOLDER / "characters.onnx"
"""The model that tells which character comes next"""
DEMO = FOLDER / "demo.flac"
"""A few seconds of synthetic speech with wake phrases and commands"""
GESTURE_DEMO = FOLDER / "gestures.mp4"
"""A few seconds of a drawn hand that makes gestures"""
OWN_GESTURES = platformdirs.user_data_path("legato") / "models" / "gestures.onnx"
"""The model that `legato learn` makes of that, with gestures of one's own"""


def gesture_model() -> Path:
    """One's own model for gestures, or the one that comes with the package."""
    return OWN_GESTURES if OWN_GESTURES.is_file() else GESTURES


def models() -> list[Path]:
    """Every model file that is shipped, by name."""
    return sorted(FOLDER.glob("*.onnx"))


def named_models() -> dict[str, Path]:
    """Every model that is shipped, and one's own, by name."""
    own = {f"own-{path.stem}": path for path in (OWN_GESTURES,) if path.is_file()}
    return {path.stem: path for path in models()} | own
