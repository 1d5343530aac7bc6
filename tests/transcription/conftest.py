"""A tiny model that writes loudness down, and recordings of the speech in the package.

A hop of 480 samples whose mean magnitude is m scores logits (0, 0.4 - 60 m, 40 m - 1, 80 m - 5) for "<blank>", " ", "a"
and "b": silence is a space, soft sound an "a", loud sound a "b".
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from legato.app import assets
from legato.app.devices.media import MediaFile
from legato.app.engine.contract import METADATA_KEY, VERSION, Contract, TranscriptSettings

if TYPE_CHECKING:
    import onnx

RATE, HOP = 16000, 480
LABELS = ("<blank>", " ", "a", "b")

Floats = NDArray[np.float32]
Speak = Callable[..., Path]


@pytest.fixture(scope="session")
def speech_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the tiny model."""
    import onnx

    model = _graph()
    onnx.helper.set_model_props(model, {METADATA_KEY: contract().to_json()})
    path = tmp_path_factory.mktemp("model") / "loudness.onnx"
    onnx.save(model, path)
    return path


@pytest.fixture(scope="session")
def speech() -> Floats:
    """Some seconds of speech (S,) at 16 kHz, with pauses."""
    with MediaFile(assets.DEMO, RATE) as file:
        return np.concatenate(list(file.blocks()))


@pytest.fixture
def speak(tmp_path: Path, speech: Floats) -> Speak:
    """Writes speech to a file: `speak("a.mp3", codec="libmp3lame", begin=1.0, seconds=3.0, rate=44100)`."""

    def write(
        name: str | Path,
        *,
        codec: str = "pcm_s16le",
        begin: float = 0.0,
        seconds: float = 3.0,
        rate: int = RATE,
        layout: str = "mono",
        gain: float = 1.0,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        start = round(begin * RATE)
        samples = np.resize(np.roll(speech, -start), round(seconds * RATE))
        write_sound(path, np.float32(gain) * samples, codec=codec, rate=rate, layout=layout)
        return path

    return write


def write_sound(path: Path, samples: Floats, *, codec: str, rate: int, layout: str) -> None:
    """A file of the same samples (S,), taken to be at 16 kHz, on every channel."""
    count = av.AudioLayout(layout).nb_channels
    with av.open(str(path), "w") as container:
        stream = cast("AudioStream", container.add_stream(codec, rate=rate, layout=layout))
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate)
        for begin in range(0, len(samples), 1600):
            packed = np.repeat((samples[begin : begin + 1600] * 32767).astype(np.int16), count)
            frame = av.AudioFrame.from_ndarray(packed[None], format="s16", layout=layout)
            frame.sample_rate, frame.pts = RATE, begin
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        for piece in resampler.resample(None):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def contract() -> Contract:
    """What the tiny model promises."""
    return Contract(
        version=VERSION,
        task="speech",
        cell="gru",
        labels=LABELS,
        sample_rate=RATE,
        hop=HOP,
        lookahead=0.0,
        inputs=("audio", "lengths"),
        outputs=("scores",),
        states=(),
        settings=TranscriptSettings(0.0, 0.0, 1, 0.0, (1.0, 0.0)),
        provenance={"made by": "a test"},
    )


def _graph() -> "onnx.ModelProto":
    from onnx import TensorProto, helper, numpy_helper

    weights: dict[str, NDArray[Any]] = {
        "framed": np.array([0, -1, HOP], np.int64),
        "hop": np.array(HOP, np.int64),
        "zero": np.array(0, np.int64),
        "one": np.array(1, np.int64),
        "two": np.array([2], np.int64),
        "rows": np.array([1], np.int64),
        "slope": np.array([0.0, -60.0, 40.0, 80.0], np.float32),
        "offset": np.array([0.0, 0.4, -1.0, -5.0], np.float32),
    }
    node = helper.make_node
    nodes = [
        node("Reshape", ["audio", "framed"], ["frames"]),
        node("Abs", ["frames"], ["magnitudes"]),
        node("ReduceMean", ["magnitudes", "two"], ["loudness"], keepdims=1),
        node("Mul", ["loudness", "slope"], ["sloped"]),
        node("Add", ["sloped", "offset"], ["logits"]),
        node("LogSoftmax", ["logits"], ["everywhere"], axis=-1),
        node("Shape", ["loudness"], ["shape"], start=1, end=2),
        node("Squeeze", ["shape"], ["stop"]),
        node("Range", ["zero", "stop", "one"], ["places"]),
        node("Mul", ["places", "hop"], ["starts"]),
        node("Unsqueeze", ["lengths", "rows"], ["ends"]),
        node("Less", ["starts", "ends"], ["within"]),
        node("Cast", ["within"], ["numbers"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["numbers", "two"], ["inside"]),
        node("Mul", ["everywhere", "inside"], ["scores"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "loudness",
        [value("audio", TensorProto.FLOAT, ["B", "S"]), value("lengths", TensorProto.INT64, ["B"])],
        [value("scores", TensorProto.FLOAT, ["B", "T", len(LABELS)])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
