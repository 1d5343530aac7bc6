"""How well a character model knows a text, against the model's own scores one character at a time."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from legato.app.cli.program import app, run
from legato.app.engine.session import Session
from legato.app.evaluation.characters import known

LINES = ["the cat sat", "a bat", "that hat", *["the hat sat"] * 20]


@pytest.mark.parametrize("plain", [True, False])
def test_bits_and_accuracy_are_those_of_the_models_scores(line_model: Path, plain: bool) -> None:
    session = Session.open(line_model, "cpu")
    labels = session.contract.labels
    ends = [labels.index("\n"), labels.index("\t")]
    nats, right, count = 0.0, 0, 0
    mark = "\t" if plain else "\n"
    for row in (LINES[begin::16] for begin in range(16)):
        places = [labels.index(one) for one in mark + "".join(f"{line}{mark}" for line in row)]
        stream = session.stream()
        for place, following in itertools.pairwise(places):
            shares = np.exp(stream.step(np.array([[place]]))[0, -1].astype(np.float64))
            end = shares[ends].sum()
            shares[ends] = end, 0.0
            following = ends[0] if following in ends else following
            nats -= np.log(shares[following])
            right += int(shares.argmax() == following)
            count += 1
    found = known(session, LINES, plain=plain)
    assert sum(found.wrong.totals) == count
    assert found.bits == pytest.approx(nats / count / np.log(2), abs=1e-4)
    assert found.accuracy == pytest.approx(right / count)


def test_eval_tells_both_kinds(line_model: Path, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("The cat sat!\n\n a  bat\n")
    arguments = ["eval", "characters", str(tmp_path / "text.txt"), "--model", str(line_model)]
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert told["plain"]["characters"] == len("the cat sat") + len("a bat") + 2
    assert told["written"]["characters"] == len("he cat sat") + len("a bat") + 2
    assert told["plain"]["lines"] == 2
    low, high = told["plain"]["interval"]
    assert low <= told["plain"]["accuracy"] <= high
    shown = CliRunner().invoke(app, arguments).stdout
    assert "next is the likeliest" in shown
    assert f"{told['plain']['bits']:.3f}" in shown


def test_bad_input_is_one_line(
    line_model: Path, level_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.txt").write_text("\n\n")
    (tmp_path / "text.txt").write_text("a bat")
    for text, model, line in (
        ("none.txt", line_model, "none.txt cannot be read: No such file or directory"),
        ("empty.txt", line_model, "empty.txt holds no text"),
        ("text.txt", level_model, "this needs a character model"),
    ):
        assert run(["eval", "characters", str(tmp_path / text), "--model", str(model)]) == 1
        said = capsys.readouterr().err
        assert line in said
        assert said.count("\n") == 1
