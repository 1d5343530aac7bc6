"""`legato transcribe` as its users run it: as a process."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from legato.app import assets
from legato.app.cli.program import USAGE
from legato.app.cli.program import run as run_here

Speak = Callable[..., Path]

LEGATO = [sys.executable, "-c", "import sys; from legato.app.cli.main import main; sys.exit(main())"]


@pytest.fixture
def transcribe(speech_model: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command in the folder with the recordings."""

    def call(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [*LEGATO, "transcribe", "--device", "cpu", "--model", str(speech_model), *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, check=False, capture_output=True, text=True, errors="surrogateescape", **options
        )

    return call


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_mixed_media(
    transcribe: Callable[..., subprocess.CompletedProcess[str]], speak: Speak, tmp_path: Path
) -> None:
    speak("talks/a.mp3", codec="libmp3lame", rate=44100, layout="stereo", seconds=9.0)
    speak("talks/deep/b.mkv", codec="libopus", rate=48000)
    speak("talks/deep/c.m4a", codec="aac", rate=22050)
    speak("talks/deep/twelve.wav", layout="7.1.4")
    speak("single.ogg", codec="libopus", rate=48000, layout="stereo")
    result = transcribe("talks", "single.ogg", "--output", "out", "--format", "txt,json,srt,vtt", "--workers", "2")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    made = files(tmp_path / "out")
    stems = ("a", "deep/b", "deep/c", "deep/twelve", "single")
    assert set(made) == {f"{stem}.{form}" for stem in stems for form in ("txt", "json", "srt", "vtt")}
    told = json.loads(made["a.json"])
    assert (told["source"], told["model"]) == ("a.mp3", "loudness.onnx")
    assert told["duration"] == pytest.approx(9.0, abs=0.1)
    words = [word for segment in told["segments"] for word in segment["words"]]
    assert told["text"] == " ".join(word["word"] for word in words) != ""
    assert made["a.txt"].decode().split() == told["text"].split()


def test_bad_input_gets_a_line_each_and_the_rest_is_done(
    transcribe: Callable[..., subprocess.CompletedProcess[str]], speak: Speak, tmp_path: Path
) -> None:
    good = speak("good.flac", codec="flac")
    speak("silent.wav", gain=0.0)
    cut = speak("cut.flac", codec="flac", seconds=9.0)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    corrupt = speak("corrupt.ogg", codec="libopus", rate=48000)
    corrupt.write_bytes(corrupt.read_bytes()[:100] + bytes(range(256)) * 100)
    (tmp_path / "locked.m4p").write_bytes(b"\0\0\0 ftypM4P \0\0\0\0M4P mp42isom\0\0\0\0" + os.urandom(3000))
    (tmp_path / "text.mp3").write_text("Dear diary,\n" * 50)
    (tmp_path / "empty.mp3").touch()
    (tmp_path / "nothing").mkdir()
    (tmp_path / "other").mkdir()
    twins = [speak("twin.wav"), speak("other/twin.mp3", codec="libmp3lame")]
    odd = speak(os.fsdecode(b"caf\xe9.wav"))
    bad = ["silent.wav", "cut.flac", "corrupt.ogg", "locked.m4p", "text.mp3", "empty.mp3", "nothing", "none.wav"]
    address = "https://example.org/talk.mp3"
    result = transcribe(*bad, address, *twins, odd.name, good, "--output", "out")
    assert (result.returncode, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert all(line.startswith("legato: ") for line in lines), result.stderr
    for name in (*bad, address, "twin.wav"):
        assert any(name in line for line in lines), name
    told = "\n".join(lines)
    for reason in ("no speech was found", "is cut or damaged", "is empty (0 bytes)", "holds no audio or video file"):
        assert reason in told
    for reason in ("no such file", "is a web address", "would all be written to", "is not a media file"):
        assert reason in told
    assert len(lines) == len({*lines}) <= len(bad) + 3
    assert set(files(tmp_path / "out")) == {"good.txt", "silent.txt", "cut.txt", os.fsdecode(b"caf\xe9.txt")}
    assert files(tmp_path / "out")["silent.txt"] == b""
    assert files(tmp_path / "out")["cut.txt"] != b""


def test_places_that_cannot_be_written_to(
    transcribe: Callable[..., subprocess.CompletedProcess[str]], speak: Speak, tmp_path: Path
) -> None:
    speak("talks/a.wav")
    speak("talks/deep/b.wav")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "deep").touch()
    result = transcribe("talks", "--output", "out")
    assert result.returncode == 1
    assert result.stderr == "legato: out/deep cannot be made: File exists; choose another folder with --output\n"
    assert set(files(tmp_path / "out")) == {"a.txt", "deep"}


def test_a_full_disk(transcribe: Callable[..., subprocess.CompletedProcess[str]], speak: Speak, tmp_path: Path) -> None:
    speak("a.wav")
    speak("b.wav", seconds=60.0)  # its transcript is longer than files may become

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    result = transcribe("a.wav", "b.wav", "--format", "json", preexec_fn=limit)
    assert result.returncode == 1
    assert result.stderr == "legato: b.json cannot be written: File too large\n"
    assert {name for name in files(tmp_path) if not name.endswith(".wav")} == {"a.json"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.wav", "--format", "txt,doc"], "--format takes txt, json, srt, vtt, with commas between, not 'doc'"),
        (["a.wav", "--vocabulary", "none.txt"], "--vocabulary none.txt cannot be read: No such file or directory"),
        (["a.wav", "--language-model", "none.bin"], "no such file: none.bin"),
        (["a.wav", "--ray-address", "host:1"], "--ray-address needs --engine ray"),
        (["a.wav", "--workers", "0"], "--workers"),
        ([], "PATH"),
    ],
)
def test_wrong_usage(
    arguments: list[str], message: str, speech_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(["transcribe", "--model", str(speech_model), *arguments]) == USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line


def test_without_a_model_the_line_says_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assets, "SPEECH", tmp_path / "speech.onnx")
    assert run_here(["transcribe", "a.wav"]) == USAGE
    assert capsys.readouterr().err.splitlines() == [
        "legato: no transcription model comes with this version: name one with --model FILE.onnx"
    ]


def test_a_model_of_another_task_is_told_once(
    transcribe: Callable[..., subprocess.CompletedProcess[str]], speak: Speak
) -> None:
    speak("a.wav")
    result = transcribe("a.wav", "--model", assets.KEYWORDS)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"legato: {assets.KEYWORDS}: contract field 'task' is 'keywords'; this needs a speech model"
    ]


def test_resume_leaves_out_what_is_done(
    transcribe: Callable[..., subprocess.CompletedProcess[str]], speak: Speak, tmp_path: Path
) -> None:
    paths = [speak(f"{name}.wav", begin=begin) for begin, name in enumerate("abc")]
    assert transcribe(*paths, "--output", "out").returncode == 0
    once = files(tmp_path / "out")
    assert all(once.values())
    out = tmp_path / "out"
    (out / "a.txt").write_text("kept")
    (out / "b.txt").unlink()
    later = time.time() + 100
    os.utime(paths[2], (later, later))
    (out / "c.txt").write_text("outdated")
    assert transcribe(*paths, "--output", "out", "--resume").returncode == 0
    assert files(out) == {**once, "a.txt": b"kept"}
    assert transcribe(paths[0], "--output", "out").returncode == 0
    assert files(out)["a.txt"] == once["a.txt"]


def test_killed_at_any_moment_and_resumed_every_file_is_done_once(
    transcribe: Callable[..., subprocess.CompletedProcess[str]], speak: Speak, tmp_path: Path, speech_model: Path
) -> None:
    for number in range(6):
        speak(f"talks/{number}.wav", begin=number, seconds=61.0)  # a parcel each
    command = [*LEGATO, "transcribe", "talks", "--output", "out", "--resume", "--format", "txt,json", "--workers", "2"]
    command += ["--device", "cpu", "--model", str(speech_model)]
    chance, out, made = random.Random(0), tmp_path / "out", dict[str, int]()
    for _ in range(3):
        with subprocess.Popen(command, cwd=tmp_path) as process:
            while len(list(out.glob("*.*"))) == 2 * len(made) and process.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.1))
            process.kill()
        for path in out.glob("[0-9].json"):
            json.loads(path.read_bytes())  # it is whole
            if path.with_suffix(".txt").exists():
                assert made.setdefault(path.name, path.stat().st_mtime_ns) == path.stat().st_mtime_ns, "done again"
    assert len(made) > 1
    assert transcribe("talks", "--output", "out", "--resume", "--format", "txt,json").returncode == 0
    assert set(files(out)) == {f"{number}.{form}" for number in range(6) for form in ("txt", "json")}
    assert transcribe("talks", "--output", "straight", "--format", "txt,json").returncode == 0
    assert files(out) == files(tmp_path / "straight")


def test_ctrl_c_keeps_what_is_finished(speak: Speak, tmp_path: Path, speech_model: Path) -> None:
    speak("a.wav", seconds=62.0)
    for number in range(5):
        speak(f"b{number}.wav", seconds=61.0)
    command = [*LEGATO, "transcribe", str(tmp_path), "--workers", "1", "--device", "cpu", "--model", str(speech_model)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        for _ in range(600):
            if (tmp_path / "a.txt").exists():
                break
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers too
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told == "legato: what was finished is kept; the same command with --resume goes on from there\n"
    left = [path.name for path in tmp_path.iterdir() if path.suffix != ".wav"]
    assert "a.txt" in left
    assert len(left) < 6
    assert not [name for name in left if name.endswith(".part")]
