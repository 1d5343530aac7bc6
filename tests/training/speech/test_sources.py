"""Transcribed speech as LibriSpeech, Common Voice and our manifests keep it on disk."""

from pathlib import Path

import pytest

from legato.training.speech.sources import read_common_voice, read_librispeech, read_set


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    return path


def test_librispeech_layout(tmp_path: Path) -> None:
    for part, chapter in (("train-clean-100", "19/198"), ("dev-clean", "84/121123"), ("test-clean", "61/70968")):
        folder = tmp_path / "LibriSpeech" / part / chapter
        speaker, number = chapter.split("/")
        name = f"{speaker}-{number}"
        touch(folder / f"{name}-0000.flac")
        touch(folder / f"{name}-0001.flac")
        (folder / f"{name}.trans.txt").write_text(f"{name}-0000 NORTHANGER ABBEY\n{name}-0001 IT'S SO\n")
    found = read_librispeech(tmp_path)
    assert {(one.speaker, one.text, one.split) for one in found} == {
        ("19", "northanger abbey", "train"),
        ("19", "it's so", "train"),
        ("84", "northanger abbey", "dev"),
        ("84", "it's so", "dev"),
    }
    assert all(one.path.exists() for one in found)
    assert {one.source for one in found} == {"librispeech"}


def test_no_librispeech_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no LibriSpeech/PART"):
        read_librispeech(tmp_path)


COMMON_VOICE = (
    "client_id\tpath\tsentence_id\tsentence\tsentence_domain\tup_votes\tdown_votes\tage\tgender\taccents\n"
    '{who}\t{clip}\t1\t"Well," she said — no!\t\t2\t0\t\t\t\n'
)


def test_common_voice_layout(tmp_path: Path) -> None:
    for table, who in (("train", "ann"), ("dev", "bob"), ("test", "eve")):
        clip = touch(tmp_path / "clips" / f"common_voice_en_{table}.mp3").name
        (tmp_path / f"{table}.tsv").write_text(COMMON_VOICE.format(who=who, clip=clip), encoding="utf-8")
    found = read_common_voice(tmp_path)
    assert [(one.speaker, one.text, one.split) for one in found] == [
        ("ann", "well she said no", "train"),
        ("bob", "well she said no", "dev"),
    ]
    assert all(one.path.exists() for one in found)


def test_what_a_common_voice_folder_lacks_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"lacks train\.tsv"):
        read_common_voice(tmp_path)
    (tmp_path / "train.tsv").write_text("client_id\tpath\n")
    with pytest.raises(ValueError, match=r"train\.tsv: lacks the column sentence"):
        read_common_voice(tmp_path)


def test_speakers_whose_texts_are_unsure_are_left_out(tmp_path: Path) -> None:
    rows = "path\tspeaker\ttext\tseconds\na.wav\tjoe\tgo\t1.0\nb.wav\tunknown\tgo\t1.0\nc.wav\tjoe\tgo\t30.0\n"
    for name, kept in (("queen", ["joe"]), ("others", ["joe", "unknown"])):
        path = tmp_path / f"{name}.tsv"
        path.write_text(rows)
        assert [one.speaker for one in read_set(path, (), 16.0)] == kept
