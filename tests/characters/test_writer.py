"""What a character model says comes next: guesses, texts that go on, and what it does not know."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from legato.app.characters.alphabet import Alphabet
from legato.app.characters.writer import Taste, Writer, chosen
from legato.app.cli.program import app, run
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session


def writer(path: Path) -> Writer:
    return Writer(Session.open(path, "cpu"))


def test_guesses_are_the_models_own_best_first(line_model: Path) -> None:
    session = Session.open(line_model, "cpu")
    ours = Writer(session)
    assert ours.read("the c") == ()
    labels = session.contract.labels
    places = np.array([[labels.index(character) for character in "\nthe c"]])
    scores, _ = session.run(places, session.initial_state())
    guesses = ours.guesses(5)
    assert guesses[0].character == "a"
    assert [guess.probability for guess in guesses] == sorted((guess.probability for guess in guesses), reverse=True)
    assert guesses[0].probability == pytest.approx(float(np.exp(scores[0, -1, labels.index("a")])), abs=1e-6)


def test_a_text_in_pieces_is_the_text(line_model: Path) -> None:
    whole, pieces = writer(line_model), writer(line_model)
    whole.read("that cat")
    for piece in ("th", "", "at ca", "t"):
        pieces.read(piece)
    assert whole.guesses(9) == pieces.guesses(9)


def test_every_mark_is_the_end_of_a_line(line_model: Path) -> None:
    ours = writer(line_model)
    ours.read("the cat sat")
    (best, *others) = ours.guesses(20)
    assert best.character == "\n"
    assert best.probability > 0.5
    assert "\t" not in {guess.character for guess in others if guess.probability > 0}


def test_what_the_model_does_not_know_is_left_out(line_model: Path) -> None:
    alphabet = Alphabet(Session.open(line_model, "cpu").contract)
    places, unknown = alphabet.spell("thé càt 7 sat!7")
    assert "".join(alphabet.labels[place] for place in places) == "the cat  sat"
    assert unknown == ("7", "!")


def test_coldest_writing_is_the_likeliest_and_a_seed_repeats(line_model: Path) -> None:
    texts = []
    for seed in (1, 1, 2):
        ours = writer(line_model)
        ours.read("the c")
        texts.append("".join(ours.write(30, Taste(1.0, 1.0), np.random.default_rng(seed))))
    assert texts[0] == texts[1] != texts[2]
    cold = writer(line_model)
    cold.read("that c")
    assert "".join(cold.write(2, Taste(0.0), np.random.default_rng(0))) == "at"


def test_a_nucleus_leaves_out_what_is_unlikely() -> None:
    shares = np.array([0.5, 0.3, 0.15, 0.05], np.float32)
    chance = np.random.default_rng(1)
    drawn = [chosen(shares, Taste(1.0, 0.75), chance) for _ in range(2000)]
    assert set(drawn) == {0, 1}
    assert np.mean(np.array(drawn) == 0) == pytest.approx(0.5 / 0.8, abs=0.04)
    hot = [chosen(shares, Taste(3.0, 1.0), chance) for _ in range(2000)]
    assert np.mean(np.array(hot) == 3) > 0.12


@pytest.mark.parametrize("wrong", [{"temperature": -1.0}, {"top_p": 0.0}, {"top_p": 1.5}])
def test_a_taste_that_cannot_be(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="temperature"):
        Taste(**wrong)


def test_complete_tells_one_a_line(line_model: Path) -> None:
    said = CliRunner().invoke(app, ["complete", "the c", "--model", str(line_model), "--count", "3"])
    assert said.exit_code == 0
    lines = said.stdout.splitlines()
    assert len(lines) == 3
    character, probability = lines[0].split()
    assert character == "a"
    assert 0.5 < float(probability) <= 1
    told = CliRunner().invoke(app, ["complete", "the c", "--model", str(line_model), "--json"])
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(rows) == 5
    assert rows[0] == {"character": "a", "probability": pytest.approx(float(probability), abs=1e-4)}


def test_complete_shows_spaces_and_ends(line_model: Path) -> None:
    for text, shown in (("the", "␣"), ("a bat", "⏎")):
        said = CliRunner().invoke(app, ["complete", text, "--model", str(line_model), "--count", "1"])
        assert said.stdout.startswith(f"{shown}  ")


def test_write_goes_on_with_the_text(line_model: Path) -> None:
    arguments = ["write", "that c", "--model", str(line_model), "--length", "12", "--seed", "4"]
    said = CliRunner().invoke(app, arguments)
    assert said.exit_code == 0
    assert said.stdout.startswith("that cat")
    assert len(said.stdout) == len("that c") + 12 + 1
    assert said.stdout == CliRunner().invoke(app, arguments).stdout


def test_unknown_characters_are_told(line_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["complete", "t7h", "--model", str(line_model)]) == 0
    told = capsys.readouterr()
    assert told.err == "legato: the model does not know '7': left out\n"
    assert len(told.out.splitlines()) == 5


def test_another_kind_of_model_is_refused(level_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["complete", "x", "--model", str(level_model)]) == 1
    assert capsys.readouterr().err == "legato: the model is for keywords and knows no text\n"
    with pytest.raises(ModelError, match="knows no text"):
        writer(level_model)
