"""Packing recordings: decoded, aligned, and found again as they were."""

from pathlib import Path

import numpy as np
import pytest

from legato.app.transcription.texts import normalise
from legato.training.alignment import Aligner
from legato.training.corpus import Recording, build_shard, open_shard
from legato.training.manifests import write_manifests
from legato.training.media import read_audio

DEMO = Path(__file__).parents[2] / "app" / "assets" / "demo.flac"
SAID = "hey legato go left stop computer yes seven off"


def test_alignment_finds_the_words_where_they_are() -> None:
    sound = read_audio(DEMO, 16_000)
    found = Aligner().align(sound, SAID)
    assert found is not None
    assert [word.label for word in found.words] == SAID.split()
    loud = np.abs(sound.astype(np.float32)) > 1_000
    for word in found.words:
        assert loud[int(word.start * 16_000) : int(word.end * 16_000)].mean() > 0.1, word
    assert {phone.label for phone in found.phones} >= {"HH", "L", "G", "S", "SIL"}


def test_words_that_nobody_can_spell_are_not_aligned() -> None:
    assert Aligner().align(read_audio(DEMO, 16_000), "hey xqzzv") is None
    assert Aligner().align(read_audio(DEMO, 16_000), "...") is None


def test_normalised_texts_keep_letters_and_apostrophes() -> None:
    assert normalise("Don't -- STOP, now!") == "don't stop now"


def test_a_shard_gives_back_what_went_in(tmp_path: Path) -> None:
    recordings = [
        Recording(DEMO, "ann", SAID, "demo", "dev"),
        Recording(DEMO, "bob", None, "noise", "train"),
        Recording(DEMO, "eve", "stop the xqzzv", "demo", "dev"),
        Recording(DEMO, "eve", "good day", "demo", "dev", span=(0.5, 1.5)),
    ]
    seen: list[int] = []
    build_shard(recordings, tmp_path, "demo", seen.append)
    shard = open_shard(tmp_path, "demo")
    assert seen == [1, 2, 3, 4]
    original = read_audio(DEMO, 16_000)
    for clip in shard.clips:
        assert np.array_equal(np.round(shard.samples(clip) * 32768).astype(np.int16), original)
    assert shard.clips[0].words is not None
    assert shard.clips[1].words is shard.clips[2].words is None
    assert [(word.label, word.start, word.end) for word in shard.clips[3].words or ()] == [("good day", 0.5, 1.5)]
    build_shard([], tmp_path, "demo")
    assert len(open_shard(tmp_path, "demo").clips) == 4


def test_a_shard_that_was_not_finished_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "demo.s16").write_bytes(b"half")
    build_shard([Recording(DEMO, "ann", None, "demo", "train")], tmp_path, "demo")
    assert open_shard(tmp_path, "demo").clips[0].first == 0


def test_dev_sets_leave_out_what_nobody_knows(tmp_path: Path) -> None:
    recordings = [
        Recording(DEMO, "ann", SAID, "demo", "dev"),
        Recording(DEMO, "eve", "stop the xqzzv", "demo", "dev"),
        Recording(DEMO, "eve", "the xqzzv", "demo", "dev"),
        Recording(DEMO, "bob", SAID, "demo", "train"),
    ]
    build_shard(recordings, tmp_path, "demo")
    (path,) = write_manifests([open_shard(tmp_path, "demo")], ["stop", "hey legato"], tmp_path / "dev")
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    assert lines[0][:4] == ["path", "label", "start", "end"]
    assert [(line[1], line[4]) for line in lines[1:]] == [("hey legato", "ann"), ("stop", "ann"), ("", "eve")]


def test_a_recording_without_sound_is_named(tmp_path: Path) -> None:
    import av

    path = tmp_path / "mute.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), "rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(ValueError, match=r"mute\.mp4: holds no sound"):
        read_audio(path, 16_000)
