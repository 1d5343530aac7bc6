"""The speech in a file: where it is, however it is read."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from legato.app.engine.errors import ModelError, SourceError
from legato.app.transcription.recording import Recording, _regular
from legato.app.transcription.voice import RATE, WINDOW, Memory, VoiceDetector, beginning

Floats = NDArray[np.float32]
Speak = Callable[..., Path]


@pytest.fixture(scope="module")
def detector() -> VoiceDetector:
    return VoiceDetector()


def test_the_detector_hears_speech_and_not_silence(detector: VoiceDetector, speech: Floats) -> None:
    windows = speech[: 100 * WINDOW].reshape(-1, WINDOW)
    chances, _ = detector.run(windows, beginning())
    assert chances.max() > 0.9
    silence, _ = detector.run(np.zeros_like(windows), beginning())
    assert silence.max() < 0.2


def test_the_detector_in_parts_is_the_detector_as_a_whole(detector: VoiceDetector, speech: Floats) -> None:
    windows = speech[: 90 * WINDOW].reshape(-1, WINDOW)
    whole, _ = detector.run(windows, beginning())
    memory, parts = beginning(), []
    for begin, end in ((0, 1), (1, 2), (2, 40), (40, 90)):
        part, memory = detector.run(windows[begin:end], memory)
        parts.append(part)
    difference = np.abs(np.concatenate(parts) - whole).max()
    assert difference <= 1e-5, f"largest difference {difference}"


def test_a_detector_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        VoiceDetector(tmp_path / "none.onnx")


def test_pieces_are_the_files_own_sound(detector: VoiceDetector, speech: Floats, speak: Speak) -> None:
    recording = Recording(speak("a.wav", seconds=13.0), detector)
    pieces = list(recording.pieces())
    sound = np.resize(speech, 13 * RATE)
    assert recording.seconds == 13.0
    assert 4 < sum(len(piece.samples) for piece in pieces) / RATE < 13
    for piece in pieces:
        difference = np.abs(piece.samples - sound[piece.start : piece.start + len(piece.samples)]).max()
        assert difference < 1e-3, f"largest difference {difference}"


def test_a_long_recording_is_never_in_memory_as_a_whole(detector: VoiceDetector, speak: Speak) -> None:
    recording = Recording(speak("long.wav", seconds=240.0), detector)
    tracemalloc.start()
    pieces = [len(piece.samples) for piece in recording.pieces()]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(pieces) > 100 * RATE
    assert peak < 6_000_000  # bytes; the samples alone are 15 million


def test_silence_has_no_pieces(detector: VoiceDetector, speak: Speak) -> None:
    recording = Recording(speak("a.wav", gain=0.0), detector)
    assert list(recording.pieces()) == []
    assert recording.seconds == 3.0


class Doubtful(VoiceDetector):
    """Hears speech with the probabilities that it is given, then 0."""

    def __init__(self, *chances: float) -> None:
        self.chances = list(chances)

    def run(self, windows: Floats, memory: Memory) -> tuple[Floats, Memory]:
        taken = [self.chances.pop(0) if self.chances else 0.0 for _ in windows]
        return np.array(taken, np.float32), memory


@pytest.mark.parametrize(
    ("seconds", "chances", "whole"),
    [(0.5, (0.1, 0.3, 0.2), True), (0.5, (0.1, 0.2, 0.2), False), (2.1, (0.1, 0.3, 0.2), False)],
)
def test_a_short_recording_in_which_nothing_is_clear_is_read_as_a_whole(
    speak: Speak, speech: Floats, seconds: float, chances: tuple[float, ...], whole: bool
) -> None:
    pieces = list(Recording(speak("a.wav", seconds=seconds), Doubtful(*chances)).pieces())
    assert [(piece.start, len(piece.samples)) for piece in pieces] == ([(0, round(seconds * RATE))] if whole else [])


def test_a_short_recording_that_is_clear_is_cut(speak: Speak) -> None:
    (piece,) = Recording(speak("a.wav", seconds=1.5), Doubtful(*([0.9] * 10))).pieces()
    assert len(piece.samples) < RATE


def test_no_file(detector: VoiceDetector, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        list(Recording(tmp_path / "none.wav", detector).pieces())


def test_blocks_become_regular_and_what_is_no_number_silence() -> None:
    blocks = [np.full(5, 0.5), np.array([np.nan, np.inf, -np.inf, 2.0]), np.arange(0, 1, 0.125)]
    parts = list(_regular((block.astype(np.float32) for block in blocks), 4))
    assert [len(part) for part in parts] == [4, 4, 4, 4, 1]
    np.testing.assert_array_equal(np.concatenate(parts)[4:9], np.array([0.5, 0, 1, -1, 1], np.float32))
