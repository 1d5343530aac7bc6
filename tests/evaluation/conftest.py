"""A tiny model that hears tones: a word is a tone of one pitch, its score the tone's power, so that all is known."""

import wave
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from legato.app.engine.contract import METADATA_KEY, VERSION, Contract, DecoderSettings, StateSpec

RATE, HOP = 16000, 320
TONES = {"low": 400, "high": 1200, "hey": 2000}
"""Hertz, each a whole number of periods a hop; "hey" is the wake phrase"""


def tone_contract() -> Contract:
    decoder = DecoderSettings(
        thresholds=dict.fromkeys(TONES, 0.5),
        smoothing=0.0,
        hysteresis=0.5,
        refractory=0.0,
        warmup=0.0,
        delay=0.02,
        durations=dict.fromkeys(TONES, 0.3),
        wake=("hey",),
        command_window=5.0,
        conflict=0.0,
    )
    return Contract(
        version=VERSION,
        task="keywords",
        cell="gru",
        labels=tuple(TONES),
        sample_rate=RATE,
        hop=HOP,
        lookahead=0.0,
        inputs=("audio",),
        outputs=("scores",),
        states=(StateSpec("heard", (None, 1), "float32"),),
        settings=decoder,
        provenance={"made by": "a test"},
    )


def _graph() -> onnx.ModelProto:
    """Scores are min(1, 4 × amplitude²) of each tone in each hop."""
    time = np.arange(HOP) / RATE
    waves = [turn(2 * np.pi * hertz * time) for turn in (np.cos, np.sin) for hertz in TONES.values()]
    weights: dict[str, NDArray[Any]] = {
        "basis": np.stack(waves, axis=1).astype(np.float32) * 2 / HOP,
        "frames": np.array([0, -1, HOP], np.int64),
        "parts": np.array([0, 0, 2, len(TONES)], np.int64),
        "axis": np.array([2], np.int64),
        "four": np.array(4.0, np.float32),
        "zero": np.array(0.0, np.float32),
        "one": np.array(1.0, np.float32),
    }
    nodes = [
        helper.make_node("Reshape", ["audio", "frames"], ["framed"]),
        helper.make_node("MatMul", ["framed", "basis"], ["projected"]),
        helper.make_node("Mul", ["projected", "projected"], ["squared"]),
        helper.make_node("Reshape", ["squared", "parts"], ["split"]),
        helper.make_node("ReduceSum", ["split", "axis"], ["power"], keepdims=0),
        helper.make_node("Mul", ["power", "four"], ["loud"]),
        helper.make_node("Clip", ["loud", "zero", "one"], ["scores"]),
        helper.make_node("Identity", ["heard"], ["next_heard"]),
    ]
    value = helper.make_tensor_value_info
    built = helper.make_graph(
        nodes,
        "tones",
        [value("audio", TensorProto.FLOAT, ["B", "S"]), value("heard", TensorProto.FLOAT, ["B", 1])],
        [value("scores", TensorProto.FLOAT, ["B", "T", len(TONES)]), value("next_heard", TensorProto.FLOAT, ["B", 1])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(built, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the model that hears tones."""
    built = _graph()
    helper.set_model_props(built, {METADATA_KEY: tone_contract().to_json()})
    path = tmp_path_factory.mktemp("model") / "tones.onnx"
    onnx.save(built, path)
    return path


@pytest.fixture
def contract() -> Contract:
    return tone_contract()


Say = Callable[..., Path]


@pytest.fixture
def say(tmp_path: Path) -> Say:
    """Writes a recording of silence with tones in it, each from one second to another."""

    def write(
        name: str, seconds: float, tones: Sequence[tuple[str, float, float]] = (), amplitude: float = 0.5
    ) -> Path:
        samples = np.zeros(round(seconds * RATE))
        for label, start, end in tones:
            time = np.arange(round(start * RATE), round(end * RATE))
            samples[time] += amplitude * np.sin(2 * np.pi * TONES[label] * time / RATE)
        path = tmp_path / name
        _write(path, samples)
        return path

    return write


def _write(path: Path, samples: NDArray[np.float64]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())


@pytest.fixture
def list_recordings(tmp_path: Path) -> Callable[..., Path]:
    """Writes a manifest of the lines given, each a mapping of its columns."""

    def write(*rows: Mapping[str, str | float]) -> Path:
        columns = list(dict.fromkeys(["path", "label", "start", "end", *(name for row in rows for name in row)]))
        lines = ["\t".join(str(row.get(name, "")) for name in columns) for row in rows]
        path = tmp_path / "manifest.tsv"
        path.write_text("\n".join(["\t".join(columns), *lines]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def hand_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of a rendered right hand at 30 pictures a second: it waits for half of it, and then it is further down.

    The model of heights sees `swipe_down` in that, at 0.5 s.
    """
    import av
    import cv2
    from av.video.stream import VideoStream

    stored = np.fromfile(Path(__file__).parents[1] / "vision" / "hand.jpg", np.uint8)
    picture = cv2.imdecode(stored, cv2.IMREAD_COLOR_RGB)
    assert picture is not None
    path = tmp_path_factory.mktemp("film") / "hand.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for number in range(30):
            shown = np.roll(np.asarray(picture, np.uint8), 70 if number >= 15 else 0, axis=0)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode(None))
    return path
