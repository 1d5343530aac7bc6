"""Thresholds measured after training find their way into the model file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from legato.app.engine.contract import Contract
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.export.thresholds import with_thresholds


@pytest.fixture
def contract(level_model: Path) -> Contract:
    return Session.open(level_model, "cpu").contract


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "thresholds.json"
        path.write_text(text)
        return path

    return write


def test_named_labels_change_and_others_stay(contract: Contract, write: Callable[[str], Path]) -> None:
    changed = with_thresholds(contract, write(json.dumps({"go": 0.125})))
    assert changed.decoder.thresholds == {**contract.decoder.thresholds, "go": 0.125}
    assert contract.decoder.thresholds["go"] != 0.125


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no thresholds can be read"),
        ("[0.5]", "must be an object"),
        ('{"went": 0.5}', "no label 'went'"),
        ('{"go": 1.5}', "threshold of 'go' must be a number from 0 to 1"),
        ('{"go": true}', "threshold of 'go' must be a number"),
    ],
)
def test_what_cannot_be_is_named_with_the_file(
    contract: Contract, write: Callable[[str], Path], text: str, message: str
) -> None:
    with pytest.raises(ModelError, match=message) as error:
        with_thresholds(contract, write(text))
    assert "thresholds.json" in str(error.value)


def test_a_file_that_is_not_there(contract: Contract, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no thresholds can be read"):
        with_thresholds(contract, tmp_path / "none.json")
