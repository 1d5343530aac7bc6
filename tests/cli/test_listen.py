"""`legato listen` as its users run it: as a process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

LEGATO = [sys.executable, "-c", "import sys; from legato.app.cli.main import main; sys.exit(main())"]
TALK = ((0.5, 0.0), (0.3, 0.9), (0.4, 0.0), (0.3, -0.9), (1.5, 0.0), (0.3, -0.9), (0.3, 0.0))
"""Silence, "hey", "go" in its command window, and "go" again, too late for it."""


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """`legato` with these arguments, to its end."""
    command = [*LEGATO, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


@contextmanager
def running(*arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """`legato` with these arguments, while it runs, with pipes to all three ends."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*LEGATO, *map(str, arguments)], stdin=pipe, stdout=pipe, stderr=pipe) as process:
        yield process
        process.kill()


def one_line(result: subprocess.CompletedProcess[str], status: int) -> str:
    """The only line on standard error."""
    assert result.returncode == status, result.stderr
    assert result.stdout == ""
    lines = [line for line in result.stderr.splitlines() if "running on the CPU" not in line]
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.fixture
def listen(level_model: Path) -> tuple[object, ...]:
    return ("listen", "--device", "cpu", "--model", level_model)


@pytest.fixture
def talk(speak_levels: Callable[..., Path]) -> Path:
    return speak_levels(*TALK)


def test_events_as_json(listen: tuple[object, ...], talk: Path) -> None:
    result = run(*listen, talk, "--json")
    assert result.returncode == 0, result.stderr
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(event["type"], event["label"]) for event in events] == [("keyword", "hey"), ("keyword", "go")]
    assert list(events[0]) == ["type", "label", "start", "end", "emitted", "score"]
    assert 0.5 < events[0]["emitted"] < 0.6
    assert 1.2 < events[1]["emitted"] < 1.3
    assert result.stderr == ""


def test_events_as_text(listen: tuple[object, ...], talk: Path) -> None:
    lines = run(*listen, talk).stdout.splitlines()
    assert len(lines) == 2
    assert "hey" in lines[0]
    assert "go" in lines[1]


def test_keywords_are_always_on(listen: tuple[object, ...], talk: Path) -> None:
    events = run(*listen, talk, "--json", "--keyword", "go", "--keyword", "stop").stdout.splitlines()
    assert [json.loads(line)["label"] for line in events] == ["go", "go"]


def test_the_threshold_can_be_raised(listen: tuple[object, ...], talk: Path) -> None:
    assert run(*listen, talk, "--threshold", "1").stdout == ""


def test_standard_input_closed_within_a_sample(listen: tuple[object, ...]) -> None:
    samples = np.concatenate([np.full(round(seconds * 16000), level) for seconds, level in TALK])
    with running(*listen, "-", "--json") as process:
        output, complaints = process.communicate((samples * 32767).astype("<i2").tobytes() + b"\x01")
    assert [json.loads(line)["label"] for line in output.splitlines()] == ["hey", "go"]
    assert complaints == b""
    assert process.returncode == 0


def test_the_recording_in_the_box_is_understood() -> None:
    result = run("listen", "--demo", "--json", "--device", "cpu")
    assert result.returncode == 0, result.stderr
    labels = [json.loads(line)["label"] for line in result.stdout.splitlines()]
    assert "hey legato" in labels
    assert len(labels) > 2


def test_a_second_look_lets_the_recording_in_the_box_pass() -> None:
    once, twice = (run("listen", "--demo", "--device", "cpu", *more) for more in ((), ("--second-look", "all")))
    assert twice.returncode == 0, twice.stderr
    assert twice.stdout == once.stdout
    assert "'hay'" in one_line(run("listen", "--demo", "--device", "cpu", "--second-look", "hay"), 2)


def test_a_line_comes_out_at_once(listen: tuple[object, ...]) -> None:
    with running(*listen, "-", "--json") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(np.full(16000, 30000, "<i2").tobytes())
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["label"] == "hey"


def test_control_c_keeps_what_was_heard(listen: tuple[object, ...]) -> None:
    with running(*listen, "-") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(np.full(16000, 30000, "<i2").tobytes())
        process.stdin.flush()
        assert b"hey" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr
        assert process.stderr.read() == b""


def test_a_reader_that_leaves_ends_it_quietly(listen: tuple[object, ...]) -> None:
    with running(*listen, "-", "--keyword", "go", "--keyword", "hey") as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        levels = np.tile(np.repeat([30000, -30000], 8000), 4)
        process.stdin.write(levels.astype("<i2").tobytes())
        process.stdin.close()
        assert process.wait(20) == 141
        assert process.stderr.read() == b""


def test_no_standard_output_at_all(listen: tuple[object, ...], talk: Path) -> None:
    arguments = " ".join(f"'{argument}'" for argument in [*LEGATO, *listen, talk])
    result = subprocess.run(["bash", "-c", f"{arguments} >&-"], capture_output=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_told(listen: tuple[object, ...], talk: Path, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        command, pipe = [*LEGATO, *map(str, listen), str(talk)], subprocess.PIPE
        told = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        result = subprocess.run(command, stdout=full, stderr=pipe, env=told, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert result.stderr == "legato: No space left on device\n"


def test_samples_that_are_no_numbers_are_counted(listen: tuple[object, ...], tmp_path: Path) -> None:
    import av

    samples = np.full((1, 16000), 0.9, np.float32)
    samples[0, :10] = np.nan
    path = tmp_path / "broken.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
    result = run(*listen, path)
    assert "hey" in result.stdout
    assert "samples were no numbers or no sound: taken as silence" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--keyword", "🍍", "any.wav"), "cannot listen for '🍍': '🍍' is no English letter; spell it as it sounds"),
        (("--threshold", "1.5", "any.wav"), "the threshold must be between 0 and 1"),
        (("--demo", "any.wav"), "--demo is itself a SOURCE"),
        (("--device", "abacus"), "--device"),
        (("--no-such-option",), "--no-such-option"),
        (("one.wav", "two.wav"), "two.wav"),
    ],
)
def test_wrong_usage_is_one_line_and_2(listen: tuple[object, ...], arguments: tuple[str, ...], words: str) -> None:
    assert words in one_line(run(*listen, *arguments), 2)


def test_failures_are_one_line_and_1(listen: tuple[object, ...], tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    assert one_line(run(*listen, "none.wav"), 1) == "legato: no such file: none.wav"
    assert "is empty (0 bytes)" in one_line(run(*listen, empty), 1)
    assert "no such model file" in one_line(run("listen", empty, "--model", tmp_path / "none.onnx"), 1)
    assert "the file is empty" in one_line(run("listen", empty, "--model", empty), 1)


def test_no_microphone_says_what_to_do(listen: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    result = run(*listen, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert "apt install libportaudio2" in one_line(result, 1)


def test_debug_shows_where(listen: tuple[object, ...]) -> None:
    result = run(*listen, "none.wav", "--debug")
    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1] == "legato: no such file: none.wav"


def test_listening_imports_neither_qt_nor_rich_nor_torch(level_model: Path, talk: Path) -> None:
    code = (
        "import sys\n"
        "from legato.app.cli.main import main\n"
        f"assert main(['listen', '--device', 'cpu', '--model', {str(level_model)!r}, {str(talk)!r}]) == 0\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "assert 'onnxruntime' in loaded\n"
        "unwanted = loaded & {'torch', 'torchaudio', 'onnx', 'PyQt6', 'pyqtgraph', 'rich', 'sounddevice', 'scipy'}\n"
        "ours = {name for name in sys.modules if name.startswith('legato.app.evaluation')}\n"
        "assert not unwanted | ours, unwanted | ours\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
