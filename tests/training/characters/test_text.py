"""Texts as streams: both kinds of lines, every line once an epoch, the same from any step on and in any processes."""

from pathlib import Path

import pytest
import torch

from legato.training.characters.text import (
    PLAIN,
    WRITTEN,
    Text,
    TextConfig,
    characters_of,
    encode,
    marked,
    read_lines,
)

LINES = tuple(f"Line {number}, said the {animal}." for number in range(40) for animal in ("cat", "dog", "cow"))


def text(plain: float = 0.5, length: int = 7, seed: int = 3) -> tuple[Text, tuple[str, ...]]:
    config = TextConfig(length, plain, rarest=1)
    labels = characters_of(LINES, config)
    return Text(LINES, labels, config, seed), labels


def test_lines_are_read_without_what_is_around_them(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"  one  two \r\n\n\t\nthr\xff\xfeee\n")
    assert read_lines([path, path]) == ["one two", "thr��ee"] * 2
    path.write_text("\n \n")
    with pytest.raises(ValueError, match="hold nothing"):
        read_lines([path])


def test_rare_characters_are_left_out_and_plain_ones_are_there() -> None:
    lines = ["Abba!", "abba~"]
    labels = characters_of(lines, TextConfig(rarest=2))
    assert labels[:2] == (WRITTEN, PLAIN)
    assert "~" not in labels
    assert "A" not in labels
    assert set("abcdefghijklmnopqrstuvwxyz' ") < set(labels)
    assert characters_of(lines, TextConfig(rarest=2, plain=0.0)) == (WRITTEN, " ", "a", "b")
    assert [labels[place] for place in encode("a~b", labels)] == ["a", "b"]


def test_an_epoch_has_every_line_once_in_one_of_its_kinds() -> None:
    stream, labels = text()
    whole = "".join(labels[place] for place in stream.epoch(2))
    found = {kind: [line.split(other)[0] for line in whole.split(kind)[1:]] for kind, other in ("\n\t", "\t\n")}
    written, plain = found[WRITTEN], found[PLAIN]
    assert len(written) + len(plain) == len(LINES)
    assert 0.3 < len(plain) / len(LINES) < 0.7
    assert sorted([*plain, *(marked([line], plain=True).strip("\t") for line in written)]) == sorted(
        marked([line], plain=True).strip("\t") for line in LINES
    )
    assert set(written) <= set(LINES)
    assert whole != "".join(labels[place] for place in stream.epoch(3))


def test_rows_go_on_from_step_to_step() -> None:
    stream, _ = text()
    batches = stream.batches(0, batch=4, rank=0, world=1)
    first, second = next(batches), next(batches)
    assert torch.equal(first.text[:, 1:], first.following[:, :-1])
    assert torch.equal(first.following[:, -1], second.text[:, 0])


def test_any_step_is_the_same_in_any_run() -> None:
    stream, _ = text()
    every = stream.batches(0, batch=4, rank=0, world=1)
    whole = [next(every) for _ in range(400)]
    late = stream.batches(397, batch=4, rank=0, world=1)
    for batch in whole[397:]:
        assert torch.equal(batch.text, next(late).text)
    shares = [stream.batches(250, batch=2, rank=rank, world=2) for rank in range(2)]
    assert torch.equal(whole[250].text, torch.cat([next(share).text for share in shares]))


def test_a_text_that_is_too_short() -> None:
    config = TextConfig(length=100, rarest=1)
    with pytest.raises(ValueError, match="too short for 64 rows of 100"):
        next(Text(["short"], characters_of(["short"], config), config, 1).batches(0, 64, 0, 1))


@pytest.mark.parametrize("wrong", [{"length": 0}, {"plain": 1.5}, {"rarest": 0}])
def test_settings_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="length and rarest"):
        TextConfig(**wrong)  # type: ignore[arg-type]
