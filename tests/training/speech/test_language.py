import os
from pathlib import Path

import pytest

from legato.app.cli.main import main
from legato.app.transcription.decoding.language import read_language
from legato.training.speech import language_command
from legato.training.speech.language import LanguageConfig, make_language

_LMPLZ = """#!/bin/sh
while [ $# -gt 0 ]; do
    case "$1" in
        --arpa) arpa=$2 ;;
        --text) cp "$2" "{folder}/read.txt" ;;
        --prune) echo "$3 $4 $5" > "{folder}/prune.txt" ;;
    esac
    shift
done
printf '\\\\data\\\\\\nngram 1=2\\n\\n\\\\1-grams:\\n-1\\t<unk>\\t0\\n-1\\tword\\t0\\n\\n\\\\end\\\\\\n' > "$arpa"
"""
_BUILD = """#!/bin/sh
while [ $# -gt 2 ]; do shift; done
cp "$1" "$2"
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Programs that are called as KenLM's are, and write down what they get."""
    folder = tmp_path / "kenlm"
    folder.mkdir()
    for name, text in (("lmplz", _LMPLZ.replace("{folder}", str(folder))), ("build_binary", _BUILD)):
        path = folder / name
        path.write_text(text)
        path.chmod(0o755)
    return folder


def test_texts_are_normalised_and_slots_join_the_words(programs: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("Hello, World!\n\n--- 42\nDon’t\n", encoding="utf-8")
    second.write_bytes(b"caf\xe9 again\n")
    make_language([first, second], tmp_path / "x.klm", programs, LanguageConfig(order=3, cutoff=2, slots=2, slot=-3))
    assert (programs / "read.txt").read_text() == "hello world\ndon't\ncaf again\n"
    assert (programs / "prune.txt").read_text() == "0 2 --discount_fallback\n"
    assert (tmp_path / "x.klm").read_text().splitlines() == [
        "\\data\\",
        "ngram 1=4",
        "",
        "\\1-grams:",
        "-3\t<v0>\t0",
        "-3\t<v1>\t0",
        "-1\t<unk>\t0",
        "-1\tword\t0",
        "",
        "\\end\\",
    ]


def test_a_programs_complaint_is_told(programs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "a.txt"
    texts.write_text("word\n")
    (programs / "lmplz").write_text("#!/bin/sh\necho reading >&2\necho 'too few words' >&2\nexit 1\n")
    arguments = ["train", "language-model", str(texts), "-o", str(tmp_path / "x.klm"), "--programs", str(programs)]
    assert main(arguments) == 2
    assert "lmplz: too few words" in capsys.readouterr().err
    (programs / "lmplz").unlink()
    assert main(arguments) == 2
    assert "training/recipes/build_kenlm.sh builds it" in capsys.readouterr().err
    assert not (tmp_path / "x.klm").exists()


@pytest.mark.skipif(not os.access(language_command.PROGRAMS / "lmplz", os.X_OK), reason="KenLM is not built")
def test_kenlm_makes_what_the_runtime_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "a.txt"
    texts.write_text("The cat sat on the mat.\nA dog sat on the cat.\nThe dog ran to the mat.\n")
    out = tmp_path / "x.klm"
    assert main(["train", "language-model", str(texts), "-o", str(out), "--order", "2", "--slots", "5"]) == 0
    assert f"{out}: 9 words, room for 5 more, " in capsys.readouterr().out
    language = read_language(out)
    assert language.words == ("a", "cat", "dog", "mat", "on", "ran", "sat", "the", "to")
    assert language.slots == tuple(f"<v{number}>" for number in range(5))
