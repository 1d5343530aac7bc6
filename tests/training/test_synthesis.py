"""Synthetic speech: what is said to the synthesiser, and what is made of its answer."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from legato.training.media import read_audio
from legato.training.sources import read_manifest
from legato.training.synthesis import MODEL, Kokoro, kokoro_notation, speak_all
from legato.training.trimming import trim


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A synthesiser whose sound is 2,400 samples a token, as loud as the token, at 24 kHz."""
    nodes = [
        helper.make_node("Cast", ["tokens"], ["level"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["level", "last"], ["column"]),
        helper.make_node("Expand", ["column", "shape"], ["wide"]),
        helper.make_node("Reshape", ["wide", "flat"], ["audio"]),
        helper.make_node("ReduceSum", ["style", "every"], ["unused_style"], keepdims=0),
        helper.make_node("Identity", ["speed"], ["unused_speed"]),
    ]
    constants = {"last": [2], "shape": [1, 1, 2400], "flat": [1, -1], "every": [0, 1]}
    graph = helper.make_graph(
        nodes,
        "synthesiser",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "n"]),
            helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
            helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
        ],
        [
            helper.make_tensor_value_info("audio", TensorProto.FLOAT, None),
            helper.make_tensor_value_info("unused_style", TensorProto.FLOAT, None),
            helper.make_tensor_value_info("unused_speed", TensorProto.FLOAT, [1]),
        ],
        [helper.make_tensor(name, TensorProto.INT64, [len(value)], value) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, tmp_path / MODEL)
    (tmp_path / "vocab.json").write_text(json.dumps({"vocab": {"a": 1, "b": 2}}))
    (tmp_path / "voices").mkdir()
    for name in ("af_one", "bm_two"):
        np.zeros((510, 1, 256), np.float32).tofile(tmp_path / "voices" / f"{name}.bin")
    return tmp_path


@pytest.mark.parametrize(
    ("ipa", "accent", "letters"),
    [
        ("ɡˈoʊ", "en-us", "ɡˈO"),
        ("tʃˈɜːtʃ\n", "en-us", "ʧˈɜɹʧ"),
        ("tʃˈɜːtʃ", "en-gb", "ʧˈɜːʧ"),
        ("ɹˈaɪt", "en-us", "ɹˈIt"),
    ],
)
def test_notation(ipa: str, accent: str, letters: str) -> None:
    assert kokoro_notation(ipa, accent) == letters


def test_trimming_keeps_a_little_silence() -> None:
    sound = np.zeros(16_000, np.float32)
    sound[8_000:9_000] = 0.1
    assert len(trim(sound)) == 800 + 999 + 1_600
    assert np.abs(trim(sound)).max() == pytest.approx(0.7)
    assert len(trim(np.zeros(100, np.float32))) == 0


def test_a_text_becomes_sound(folder: Path) -> None:
    kokoro = Kokoro(folder, lambda text, _accent: text)
    voice = kokoro.voice(np.random.default_rng(1))
    sound = kokoro.speak("ab?b", voice, 1.0)  # what the vocabulary lacks is left out
    assert 4_800 <= len(sound) <= 4_800 + 2_401
    assert np.abs(sound).max() == pytest.approx(0.7)


def test_clips_are_listed_for_training(folder: Path) -> None:
    kokoro, done = Kokoro(folder, lambda text, _accent: text), list[int]()
    path = folder / "clips" / "kokoro_sentences.tsv"
    speak_all(kokoro, ["a b", "b"], path, count=6, seed=3, progress=done.append)
    assert done == [1, 2, 3, 4, 5, 6]
    recordings = read_manifest(path, "kokoro_sentences", held_out=["bm_two"])
    assert {recording.text for recording in recordings} == {"a b", "b"}
    assert {recording.split for recording in recordings if "bm_two" in recording.speaker} == {"dev"}
    assert len(read_audio(recordings[0].path, 16_000)) > 1_600


def test_clips_that_are_there_are_not_spoken_again(folder: Path) -> None:
    kokoro, path = Kokoro(folder, lambda text, _accent: text), folder / "clips" / "kokoro_words.tsv"
    speak_all(kokoro, ["a b", "b"], path, count=3, seed=3, progress=lambda _: None)
    first, made = path.read_text(), {clip: clip.stat().st_mtime_ns for clip in path.parent.glob("*.wav")}
    speak_all(kokoro, ["a b", "b"], path, count=5, seed=3, progress=lambda _: None)
    assert path.read_text().startswith(first)
    assert len(path.read_text().splitlines()) == 6
    assert len(made) == 3
    assert {clip: clip.stat().st_mtime_ns for clip in made} == made


def test_another_text_is_another_clip(folder: Path) -> None:
    kokoro, path = Kokoro(folder, lambda text, _accent: text), folder / "clips" / "kokoro_words.tsv"
    speak_all(kokoro, ["a b"], path, count=1, seed=3, progress=lambda _: None)
    (first,) = path.parent.glob("*.wav")
    speak_all(kokoro, ["b"], path, count=1, seed=3, progress=lambda _: None)
    (listed,) = read_manifest(path, "kokoro_words")
    assert listed.text == "b"
    assert listed.path != first


def test_a_folder_without_the_synthesiser_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"holds no kokoro-v1\.0\.int8\.onnx"):
        Kokoro(tmp_path)
