"""`legato eval speech` with a model that writes "hey" at the beginning of every piece, whatever is said."""

import json
import re
from pathlib import Path
from typing import Any

import av
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from legato.app import assets
from legato.app.cli.main import main
from legato.app.devices.media import MediaFile
from legato.app.engine.contract import METADATA_KEY, VERSION, Contract, TranscriptSettings
from legato.app.evaluation.speech_peers import SpeechPeer

RATE, HOP = 16000, 480
LABELS = ("<blank>", " ", "h", "e", "y")
LANGUAGE = Path(__file__).parents[1] / "transcription" / "words.klm"


@pytest.fixture(scope="session")
def hey_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of that model; its letters come in the frames 10, 12 and 14, with a probability of about 0.9."""
    written = np.full((30, len(LABELS)), 0.02, np.float32)
    written[:, 0] = 0.92
    for frame, label in ((10, 2), (12, 3), (14, 4)):
        written[frame, [0, label]] = 0.02, 0.92
    weights: dict[str, NDArray[Any]] = {
        "written": np.log(written),
        "last": np.array(len(written) - 1, np.int64),
        "hop": np.array(HOP, np.int64),
        "zero": np.array(0, np.int64),
        "one": np.array(1, np.int64),
        "rows": np.array([0], np.int64),
        "lines": np.array([1, len(LABELS)], np.int64),
    }
    node = helper.make_node
    nodes = [
        node("Shape", ["audio"], ["samples"], start=1, end=2),
        node("Squeeze", ["samples"], ["length"]),
        node("Div", ["length", "hop"], ["frames"]),
        node("Range", ["zero", "frames", "one"], ["places"]),
        node("Min", ["places", "last"], ["lined"]),
        node("Gather", ["written", "lined"], ["row"]),
        node("Unsqueeze", ["row", "rows"], ["single"]),
        node("Shape", ["lengths"], ["batch"]),
        node("Concat", ["batch", "lines"], ["shape"], axis=0),
        node("Expand", ["single", "shape"], ["scores"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "hey",
        [value("audio", TensorProto.FLOAT, ["B", "S"]), value("lengths", TensorProto.INT64, ["B"])],
        [value("scores", TensorProto.FLOAT, ["B", "T", len(LABELS)])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    contract = Contract(
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
        settings=TranscriptSettings(0.5, 0.0, 8, 0.0, (1.0, 0.0)),
        provenance={"made by": "a test"},
    )
    helper.set_model_props(model, {METADATA_KEY: contract.to_json()})
    path = tmp_path_factory.mktemp("model") / "hey.onnx"
    onnx.save(model, path)
    return path


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Two recordings of three seconds of the demo's speech, and one that is none."""
    with MediaFile(assets.DEMO, RATE) as file:
        speech = np.concatenate(list(file.blocks()))[: 3 * RATE]
    for name in ("a.wav", "b.wav"):
        with av.open(str(tmp_path / name), "w") as container:
            stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
            frame = av.AudioFrame.from_ndarray((speech * 32767).astype(np.int16)[None], format="s16", layout="mono")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
    path = tmp_path / "m.tsv"
    path.write_text(
        "path\ttext\tspeaker\tsplit\na.wav\tHey!\tann\tdev\nb.wav\they you\tbob\tdev\nc.wav\tx\tann\ttrain\n"
    )
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["eval", "speech", *map(str, arguments), "--device", "cpu", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    figures: dict[str, Any] = json.loads(line)
    return figures


def test_one_object_of_json(manifest: Path, hey_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = run(capsys, manifest, "--split", "dev", "--model", hey_model, "--greedy")
    assert (figures["task"], figures["recordings"], figures["seconds"]) == ("speech", 2, 6.0)
    assert (figures["wer"]["errors"], figures["wer"]["total"]) == (1, 3)
    assert figures["cer"]["errors"] == len(" you")
    assert figures["by"]["speaker"]["bob"]["wer"]["value"] == 0.5
    assert 0 < figures["real_time_factor"] < 10
    # Letters are as likely as 0.92 each; so a word is logistic(-sqrt(-log 0.92)) sure, and both are right.
    assert figures["calibration"]["confidence"] == pytest.approx(0.4283, abs=1e-3)
    assert figures["calibration"]["error"] == pytest.approx(1 - 0.4283, abs=1e-3)
    assert figures["times"]["words"] == 0


def test_words_times(manifest: Path, hey_model: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first = run(capsys, manifest, "--split", "dev", "--model", hey_model, "--greedy")
    times = tmp_path / "words.tsv"
    times.write_text("path\tword\tstart\tend\na.wav\they\t100\t200\n")
    figures = run(capsys, manifest, "--split", "dev", "--model", hey_model, "--greedy", "--words", times)["times"]
    assert figures["words"] == 1
    assert figures["late"]["end"] - figures["late"]["start"] == pytest.approx(5 * 0.03 - 100, abs=0.001)
    assert first["times"]["words"] == 0


def test_a_language_model_that_does_not_know_the_word(
    manifest: Path, hey_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = run(capsys, manifest, "--split", "dev", "--model", hey_model, "--language-model", LANGUAGE)
    assert figures["wer"]["value"] == 1.0
    assert figures["by"]["speaker"]["ann"]["cer"]["value"] == pytest.approx(1 / 3)  # "he" is a word that it knows


def test_tables_for_people(
    manifest: Path, hey_model: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Any:
        raise ImportError

    peers = (SpeechPeer("parrot", lambda: lambda samples: f"hey you {len(samples)}"), SpeechPeer("nobody", missing))
    monkeypatch.setattr("legato.app.cli.evaluate_speech.speech_peers", lambda: peers)
    times = tmp_path / "words.tsv"
    times.write_text("path\tword\tstart\tend\na.wav\they\t0.1\t0.5\n")
    arguments = [
        str(manifest),
        "--split",
        "dev",
        "--model",
        str(hey_model),
        "--greedy",
        "--words",
        str(times),
        "--peers",
    ]
    assert main(["eval", "speech", *arguments, "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert "2 recordings, 0.002 hours" in out
    assert re.search(r"^all +3 +33\.3 % +0\.0–50\.0 % ", out, re.MULTILINE)
    assert re.search(r"^speaker bob +2 +50\.0 % ", out, re.MULTILINE)
    assert re.search(r"^parrot +3 +33\.3 % .* \d\.\d{4}$", out, re.MULTILINE)
    assert re.search(r"^nobody +not installed", out, re.MULTILINE)
    assert "confidence: 42.8 % on average, 100.0 % of words are right; expected calibration error 57.2 %" in out
    assert re.search(r"times of 1 right words: \d+ ms off \(median\)", out)


def test_a_recording_that_cannot_be_read(manifest: Path, hey_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "speech", str(manifest), "--model", str(hey_model), "--greedy", "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["recordings"] == 2
    assert re.search(r"^legato: .*m\.tsv: line 4: no such file: .*c\.wav$", err, re.MULTILINE)


def test_what_cannot_be_used_is_told_in_a_line(
    manifest: Path, hey_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(manifest.parent)
    for options, message in (
        (("--split", "test"), "no recordings whose split is 'test'"),
        (("--language-model", "nothing.klm"), "nothing.klm: cannot be read"),
        (("--words", "m.tsv"), "no column 'word'"),
    ):
        assert main(["eval", "speech", "m.tsv", "--model", str(hey_model), *options]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line


def test_a_model_of_another_task(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "speech", str(manifest), "--model", str(assets.KEYWORDS)]) == 1
    assert "this needs a speech model" in capsys.readouterr().err
