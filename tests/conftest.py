"""What holds for every test: one thread, no screen; and tiny models with recordings that they understand.

The model hears levels, not words: at 16 kHz with hops of 320 samples, a frame's mean m drives h = tanh(w·m + b + h'/4).
"hey" (its wake phrase) answers to levels above 0.4, "go" to those below -0.4, "stop" to none. Scores are max(h, 0).

A second one sees heights, not gestures: u is where a hand's wrist is as a share of the picture's height, 0 being its
lower edge. "swipe_up" scores 10 u - 7, "swipe_down" 3 - 10 u, both kept within 0 and 1, and 0 where there is no hand.
The mean of that and of the last frame's score is what is given out.
"""

import logging
import os

# Before anything imports numpy or Qt, also where pytest is started by hand.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

# Other work on the machine must not fail a test: pytest's own limit is enough.
settings.register_profile("legato", deadline=None)
settings.load_profile("legato")

LABELS = ("hey", "go", "stop")
RATE, HOP = 16000, 320

GESTURES = ("swipe_up", "swipe_down")

SpeakLevels = Callable[..., Path]
ShowHeights = Callable[..., Path]


class _Collector(logging.Handler):
    """Keeps the warnings that nobody asked for."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if (
            record.name != "legato.app.engine.providers"
        ):  # which says once, in whatever test is first, that there is no GPU
            self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log_lines(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that logs a warning, unless it looks at the log or the output itself."""
    collector = _Collector()
    log = logging.getLogger("legato")
    log.addHandler(collector)
    yield
    log.removeHandler(collector)
    if not {"caplog", "capsys", "capfd"}.intersection(request.fixturenames):
        assert collector.lines == []


@pytest.fixture(scope="session")
def level_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the tiny model."""
    import onnx

    from legato.app.engine.contract import METADATA_KEY

    model = _level_graph()
    onnx.helper.set_model_props(model, {METADATA_KEY: _level_contract()})
    path = tmp_path_factory.mktemp("model") / "levels.onnx"
    onnx.save(model, path)
    return path


@pytest.fixture
def speak_levels(tmp_path: Path) -> SpeakLevels:
    """Writes a recording of levels: `speak_levels((0.5, 0.0), (0.3, 0.9))` is 0.5 s of silence, then "hey"."""
    import av
    import numpy as np

    def speak(*parts: tuple[float, float], name: str = "levels.wav") -> Path:
        samples = np.concatenate([np.full(round(seconds * RATE), level) for seconds, level in parts])
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
            frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
        return path

    return speak


def _level_contract() -> str:
    from legato.app.engine.contract import VERSION, Contract, DecoderSettings, StateSpec

    decoder = DecoderSettings(
        thresholds=dict.fromkeys(LABELS, 0.5),
        smoothing=0.04,
        hysteresis=0.5,
        refractory=0.1,
        warmup=0.0,
        delay=0.04,
        durations=dict.fromkeys(LABELS, 0.2),
        wake=("hey",),
        command_window=1.0,
        conflict=0.0,
    )
    contract = Contract(
        version=VERSION,
        task="keywords",
        cell="rnn",
        labels=LABELS,
        sample_rate=RATE,
        hop=HOP,
        lookahead=0.0,
        inputs=("audio",),
        outputs=("scores",),
        states=(StateSpec("hidden", (1, None, 3), "float32"),),
        settings=decoder,
        provenance={"made by": "a test"},
    )
    return contract.to_json()


def _level_graph() -> "onnx.ModelProto":
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    weights: dict[str, NDArray[Any]] = {
        "w": np.array([[[6.0], [-6.0], [0.0]]], np.float32),
        "r": np.eye(3, dtype=np.float32)[None] / 4,
        "b": np.array([[-2.0, -2.0, -2.0, 0.0, 0.0, 0.0]], np.float32),
        "frames": np.array([0, -1, HOP], np.int64),
        "axes": np.array([1], np.int64),
        "last": np.array([2], np.int64),
    }
    nodes = [
        helper.make_node("Reshape", ["audio", "frames"], ["framed"]),
        helper.make_node("ReduceMean", ["framed", "last"], ["means"], keepdims=1),
        helper.make_node("Transpose", ["means"], ["x"], perm=[1, 0, 2]),
        helper.make_node("RNN", ["x", "w", "r", "b", "", "hidden"], ["y", "next_hidden"], hidden_size=3),
        helper.make_node("Squeeze", ["y", "axes"], ["rows"]),
        helper.make_node("Transpose", ["rows"], ["batched"], perm=[1, 0, 2]),
        helper.make_node("Relu", ["batched"], ["scores"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "levels",
        [value("audio", TensorProto.FLOAT, ["B", "S"]), value("hidden", TensorProto.FLOAT, [1, "B", 3])],
        [value("scores", TensorProto.FLOAT, ["B", "T", 3]), value("next_hidden", TensorProto.FLOAT, [1, "B", 3])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


@pytest.fixture(scope="session")
def height_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the tiny model for gestures."""
    import onnx

    from legato.app.engine.contract import METADATA_KEY

    model = _height_graph()
    onnx.helper.set_model_props(model, {METADATA_KEY: _height_contract()})
    path = tmp_path_factory.mktemp("model") / "heights.onnx"
    onnx.save(model, path)
    return path


@pytest.fixture
def show_heights(tmp_path: Path) -> ShowHeights:
    """Writes a recording of a right hand: `show_heights((0.5, 0.9), (0.3, None))` is 0.5 s up, then 0.3 s away."""
    import numpy as np

    from legato.app.vision.recording import Recording

    def show(*parts: tuple[float, float | None], name: str = "heights.npz", rate: int = 30) -> Path:
        heights = [height for seconds, height in parts for _ in range(round(seconds * rate))]
        landmarks = np.zeros((len(heights), 2, 21, 3), np.float32)
        present = np.array([height is not None for height in heights], np.float32)
        fan = np.stack((np.linspace(-40, 40, 21), -np.linspace(0, 80, 21), np.zeros(21)), axis=1)
        for index, height in enumerate(heights):
            if height is not None:
                landmarks[index, 0] = fan
                landmarks[index, 0, :, :2] += np.array([320, 480 * (1 - height)])
        slots = np.stack((present, np.zeros_like(present)), axis=1)
        time = np.asarray(np.arange(len(heights)) / rate, np.float32)
        path = tmp_path / name
        Recording(landmarks, slots, np.float32(0.9) * slots, time, np.array([640, 480], np.float32)).save(path)
        return path

    return show


def _height_contract() -> str:
    from legato.app.engine.contract import VERSION, Contract, DecoderSettings, StateSpec

    decoder = DecoderSettings(
        thresholds=dict.fromkeys(GESTURES, 0.5),
        smoothing=0.0,
        hysteresis=0.5,
        refractory=0.1,
        warmup=0.0,
        delay=0.05,
        durations=dict.fromkeys(GESTURES, 0.2),
        wake=(),
        command_window=0.0,
        conflict=0.0,
    )
    contract = Contract(
        version=VERSION,
        task="gestures",
        cell="gru",
        labels=GESTURES,
        sample_rate=30,
        hop=1,
        lookahead=0.0,
        inputs=("landmarks",),
        outputs=("scores",),
        states=(StateSpec("memory", (None, 2, 2), "float32"),),
        settings=decoder,
        provenance={"made by": "a test"},
    )
    return contract.to_json()


def _height_graph() -> "onnx.ModelProto":
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    from legato.app.engine.inputs import FRAME

    weights: dict[str, NDArray[Any]] = {
        "wrists": np.array([1, 64], np.int64),  # y of each hand's first point
        "slots": np.array([126, 127], np.int64),
        "height": np.array([131], np.int64),
        "last": np.array([3], np.int64),
        "slope": np.array([-10.0, 10.0], np.float32),
        "offset": np.array([3.0, -7.0], np.float32),
        "zero": np.array(0.0, np.float32),
        "one": np.array(1.0, np.float32),
        "half": np.array(0.5, np.float32),
    }
    step = helper.make_graph(
        [
            helper.make_node("Add", ["before", "now"], ["sum"]),
            helper.make_node("Mul", ["sum", "half"], ["given"]),
            helper.make_node("Identity", ["now"], ["after"]),
        ],
        "step",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["B", 2, 2]) for name in ("before", "now")],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["B", 2, 2]) for name in ("after", "given")],
    )
    nodes = [
        helper.make_node("Gather", ["landmarks", "wrists"], ["y"], axis=2),
        helper.make_node("Gather", ["landmarks", "height"], ["full"], axis=2),
        helper.make_node("Gather", ["landmarks", "slots"], ["presence"], axis=2),
        helper.make_node("Div", ["y", "full"], ["depth"]),
        helper.make_node("Unsqueeze", ["depth", "last"], ["deep"]),
        helper.make_node("Mul", ["deep", "slope"], ["sloped"]),
        helper.make_node("Add", ["sloped", "offset"], ["raw"]),
        helper.make_node("Clip", ["raw", "zero", "one"], ["bounded"]),
        helper.make_node("Unsqueeze", ["presence", "last"], ["there"]),
        helper.make_node("Mul", ["bounded", "there"], ["now_all"]),
        helper.make_node(
            "Scan",
            ["memory", "now_all"],
            ["next_memory", "scores"],
            num_scan_inputs=1,
            body=step,
            scan_input_axes=[1],
            scan_output_axes=[1],
        ),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "heights",
        [value("landmarks", TensorProto.FLOAT, ["B", "T", FRAME]), value("memory", TensorProto.FLOAT, ["B", 2, 2])],
        [value("scores", TensorProto.FLOAT, ["B", "T", 2, 2]), value("next_memory", TensorProto.FLOAT, ["B", 2, 2])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
