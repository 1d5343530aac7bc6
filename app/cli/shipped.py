"""What the package may bring along; where it does not, a line that says what to name instead."""

from pathlib import Path

from legato.app import assets
from legato.app.engine.errors import UsageError

_NO_MODEL = "no gesture model comes with this version: name one with --model FILE.onnx"


def gesture_model() -> Path:
    """The model for gestures; UsageError where none comes with the package."""
    return _there(assets.GESTURES, _NO_MODEL)


def usual_gesture_model() -> Path:
    """One's own model for gestures, as `legato learn` leaves it, or else the one that comes with the package."""
    return _there(assets.gesture_model(), _NO_MODEL)


def speech_model() -> Path:
    """The model that writes recordings down; UsageError where none comes with the package."""
    return _there(assets.SPEECH, "no transcription model comes with this version: name one with --model FILE.onnx")


def live_speech_model() -> Path:
    """The model that writes down what is said while it is said; UsageError where none comes with the package."""
    return _there(assets.LIVE_SPEECH, "no model for captions comes with this version: name one with --model FILE.onnx")


def character_model() -> Path:
    """The model that tells which character comes next; UsageError where none comes with the package."""
    return _there(assets.CHARACTERS, "no character model comes with this version: name one with --model FILE.onnx")


def gesture_video() -> Path:
    """The video of a hand; UsageError where none comes with the package."""
    return _there(assets.GESTURE_DEMO, "no video of a hand comes with this version: name one with --video FILE")


def _there(path: Path, otherwise: str) -> Path:
    if not path.is_file():
        raise UsageError(otherwise)
    return path
