"""Recordings as their sets list them."""

import wave
from pathlib import Path

import numpy as np
import pytest

from legato.training.sources import read_folders, read_manifest, read_speech_commands


def write_wave(path: Path, seconds: float = 0.5) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.zeros(int(seconds * 16_000), "<i2").tobytes())


def test_speech_commands_layout(tmp_path: Path) -> None:
    root = tmp_path / "SpeechCommands" / "speech_commands_v0.02"
    for label, name in (
        ("yes", "aaaa_nohash_0"),
        ("yes", "bbbb_nohash_1"),
        ("no", "cccc_nohash_0"),
        ("no", "d_nohash_0"),
    ):
        write_wave(root / label / f"{name}.wav")
    write_wave(root / "_background_noise_" / "hum.wav", 2.0)
    (root / "validation_list.txt").write_text("yes/bbbb_nohash_1.wav\n")
    (root / "testing_list.txt").write_text("no/d_nohash_0.wav\n")
    recordings = read_speech_commands(tmp_path)
    assert {(entry.text, entry.speaker, entry.split) for entry in recordings} == {
        ("yes", "aaaa", "train"),
        ("yes", "bbbb", "dev"),
        ("no", "cccc", "train"),
    }
    assert all(entry.path.exists() for entry in recordings)


def test_manifest_with_and_without_a_split(tmp_path: Path) -> None:
    listed = tmp_path / "set.tsv"
    listed.write_text(
        "path\tspeaker\ttext\tseconds\tsplit\na.wav\tann\tGo, now!\t1.0\tdev\nb.wav\tbob\tgo\t99\ttrain\n"
    )
    (recording,) = read_manifest(listed, "set")
    assert (recording.path, recording.text, recording.split) == (tmp_path / "a.wav", "go now", "dev")
    listed.write_text("path\tspeaker\ttext\tseconds\na.wav\tann+eve@0.4\tgo\t1.0\nb.wav\tbob\tgo\t1.0\n")
    assert [entry.split for entry in read_manifest(listed, "set", held_out=["eve"])] == ["dev", "train"]


def test_recordings_are_found_again_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "set.tsv").write_text("path\tspeaker\ttext\tseconds\na.wav\tann\tgo\t1.0\n")
    monkeypatch.chdir(tmp_path)
    (recording,) = read_manifest(Path("set.tsv"), "set")
    assert recording.path == tmp_path / "a.wav"


def test_trimmed_clips_know_where_their_word_lies(tmp_path: Path) -> None:
    listed = tmp_path / "kokoro.tsv"
    listed.write_text("path\tspeaker\ttext\tseconds\na.opus\tx\tgo\t0.6\nb.opus\tx\tgo on then friend\t2.0\n")
    word, sentence = read_manifest(listed, "kokoro")
    assert word.span is not None
    assert word.span == pytest.approx((0.05, 0.5))
    assert sentence.span is None


def test_a_manifest_without_a_column_is_named(tmp_path: Path) -> None:
    listed = tmp_path / "set.tsv"
    listed.write_text("path\tspeaker\tseconds\n")
    with pytest.raises(ValueError, match=r"set\.tsv: lacks the column text"):
        read_manifest(listed, "set")


def test_folders_of_sound(tmp_path: Path) -> None:
    write_wave(tmp_path / "b" / "two.wav")
    write_wave(tmp_path / "one.wav")
    (tmp_path / "notes.txt").write_text("not sound")
    found = read_folders([tmp_path], "noise")
    assert [(entry.path.name, entry.text, entry.source) for entry in found] == [
        ("two.wav", None, "noise"),
        ("one.wav", None, "noise"),
    ]
