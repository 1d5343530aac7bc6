"""Phrases learned from speech that is made for them: what is said by whom, and a small run from end to end."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from legato.app import assets
from legato.app.engine.errors import UsageError
from legato.app.engine.session import Session
from legato.app.evaluation.tuning import Curve
from legato.export.rebuild import rebuild
from legato.training.phrases import command
from legato.training.phrases.command import Request, checked, learn_phrases, network, recipe_of
from legato.training.phrases.engines import Accept, Spoken, find_engines
from legato.training.phrases.reporting import threshold
from legato.training.phrases.speaking import Amounts, scripts, speak

AMOUNTS = Amounts(phrase=8, near_misses=6, sentences=4, kept=0.5, kept_sentences=2)


class Hummer:
    """A synthesiser of tones: the same text, the same tone."""

    share = 1.0

    def __init__(self, name: str = "hummer") -> None:
        self.name, self.said = name, 0

    def speak(self, texts: Sequence[str], chance: np.random.Generator, accept: Accept) -> Iterator[Spoken]:
        voices = [voice for voice in ("slt", "rms", "awb+slt@0.5") if accept(voice)]
        for text in texts:
            self.said += 1
            seconds = np.arange(9_600) / 16_000
            tone = 0.3 * np.sin(2 * np.pi * (200 + 40 * (sum(text.encode()) % 40)) * seconds)
            yield Spoken(text, str(chance.choice(voices)), tone.astype(np.float32))


def test_who_says_what() -> None:
    engines = (Hummer(), Hummer("piper"))
    parts = scripts(["hey you"], ["hay you"], ["well then"], engines=engines, amounts=AMOUNTS, seed=1)
    assert {(part.engine.name, part.kept) for part in parts} == {("hummer", False), ("piper", False), ("hummer", True)}
    learned = [text for part in parts if not part.kept for text in part.texts]
    kept = [text for part in parts if part.kept for text in part.texts]
    assert [learned.count(text) for text in ("hey you", "hay you", "well then")] == [8, 6, 4]
    assert [kept.count(text) for text in ("hey you", "hay you", "well then")] == [4, 3, 0]
    assert len(kept) == 4 + 3 + 2


def test_no_sentence_holds_the_phrase() -> None:
    amounts = Amounts(phrase=1, near_misses=1, sentences=30, kept_sentences=300)
    sentences = ["Hey, open the door!", "the doors open"]
    parts = scripts(["open the door", "oven"], ["a"], sentences, engines=[Hummer()], amounts=amounts, seed=1)
    assert {text for part in parts if not part.kept for text in part.texts} == {
        "open the door",
        "oven",
        "a",
        sentences[1],
    }
    made = [text.lower() for part in parts if part.kept for text in part.texts]
    assert len(made) >= 300
    assert any("the dishwasher" in text for text in made)
    assert not [text for text in made if "the oven" in text]


def test_voices_are_kept_and_clips_are_spoken_once(tmp_path: Path) -> None:
    engine = Hummer()
    parts = scripts(["hey you"], ["hay you"], ["well then"], engines=[engine], amounts=AMOUNTS, seed=1)
    counts: list[int] = []
    manifest = speak(parts, tmp_path, 1, counts.append)
    header, *rows = [line.split("\t") for line in manifest.read_text().splitlines()]
    assert header == ["path", "speaker", "text", "seconds", "split"]
    assert {(row[1], row[4]) for row in rows} == {("rms", "train"), ("slt", "dev")}
    assert counts[-1] == len(rows) == engine.said == 27
    assert all((tmp_path / row[0]).exists() for row in rows)
    before = manifest.read_text()
    assert speak(parts, tmp_path, 1, counts.append).read_text() == before
    assert engine.said == 27


def test_the_network_begins_where_the_shipped_one_is() -> None:
    net = network(recipe_of(("hey garage", "computer"), 10))
    shipped = rebuild(assets.KEYWORDS, Session.open(assets.KEYWORDS, "cpu").contract)
    assert shipped is not None
    sound = torch.randn(1, 16_000, generator=torch.Generator().manual_seed(1)) * 0.1
    place = 1 + shipped.config.labels.index("computer")
    with torch.no_grad():
        ours, theirs = net.eval()(sound), shipped(sound)
    torch.testing.assert_close(ours[..., [0, 2]], theirs[..., [0, place]])


def test_a_run_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_DEV_STREAMS", 2)
    out = tmp_path / "run"
    request = Request(("hey garage",), out, (Hummer(),), AMOUNTS, 2, (), (), 0.5)
    assert learn_phrases(request)
    contract = Session.open(out / "phrases.onnx", "cpu").contract
    assert contract.labels == ("hey garage",)
    told = json.loads((out / "report.json").read_text())
    assert contract.decoder.thresholds["hey garage"] == told["phrases"]["hey garage"]["threshold"]
    assert told["phrases"]["hey garage"]["recall"]["total"] == 4
    assert told["phrases"]["hey garage"]["near_misses"]["total"] == 3
    assert told["phrases"]["hey garage"]["typed"]["recall"] == {
        "count": 0,
        "total": 4,
        "value": 0.0,
        "interval": [0.0, pytest.approx(0.49, abs=0.01)],
    }
    assert told["clips"] == {"hummer": 27}
    report = (out / "report.md").read_text()
    assert "| hey garage |" in report
    assert "hey barrage" in report
    assert (out / "det.png").stat().st_size > 5_000


def test_the_threshold_is_in_the_middle_of_the_best() -> None:
    curve = Curve((0.1, 0.2, 0.3, 0.4, 0.5), (4, 4, 4, 4, 2), (3, 0, 0, 0, 0))
    assert threshold(curve, 0.5, (0, 0, 0, 0, 0), 0.0) == 0.3
    assert threshold(curve, 9, (0, 0, 0, 0, 0), 0.0) == 0.3
    assert threshold(curve, 9, (9, 9, 9, 2, 0), 2.0) == 0.4
    assert threshold(Curve((0.1, 0.2), (1, 1), (3, 2)), 0.5, (0, 0), 0.0) == 0.2


def test_bad_phrases_and_no_synthesiser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(["Hey Garage!", "hey garage"]) == ("hey garage",)
    with pytest.raises(UsageError, match="no English letter"):
        checked(["привет"])
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="no speech synthesiser is installed: apt-get install flite espeak-ng"):
        find_engines(tmp_path, [])
