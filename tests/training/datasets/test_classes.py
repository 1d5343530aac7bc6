"""The tables: every class of a set is something of ours, nothing, or unsure."""

import csv
from pathlib import Path

import pytest

from legato.training import datasets
from legato.training.datasets.classes import NOTHING, Classes
from legato.training.hands.gestures import GESTURES
from legato.training.takes import UNSURE

COUNTS = {"ipn": 14, "jester": 27, "dhg": 28, "shrec21": 18, "shrec22": 16}


def test_there_is_a_table_for_every_set() -> None:
    folder = Path(str(datasets.__file__)).parent
    assert {path.stem for path in folder.glob("*.tsv")} == set(COUNTS)


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_a_table_is_whole(name: str, count: int) -> None:
    path = Path(str(datasets.__file__)).with_name(f"{name}.tsv")
    with path.open(newline="", encoding="utf-8") as file:
        table = csv.DictReader(file, delimiter="\t")
        rows = list(table)
    assert table.fieldnames == ["id", "name", "ours", "note"]
    assert len({row["id"] for row in rows}) == len(rows) == count
    assert {row["ours"] for row in rows} <= {*GESTURES, NOTHING, UNSURE}
    assert all(row["note"] for row in rows if row["ours"] == UNSURE)
    assert not any(None in row for row in rows)


@pytest.mark.parametrize(
    ("name", "own", "ours"),
    [
        ("ipn", "G05", "swipe_left"),
        ("ipn", "D0X", None),
        ("ipn", "G07", "?"),
        ("jester", "Swiping Right", "swipe_right"),
        ("jester", "Zooming In With Two Fingers", "zoom_in"),
        ("jester", "Zooming In With Full Hand", "?"),
        ("jester", "Drumming Fingers", None),
        ("dhg", "7/2", "swipe_right"),
        ("dhg", "1/2", "grab"),
        ("shrec21", "CIRCLE", "circle_cw"),
        ("shrec22", "WAVE", "wave"),
    ],
)
def test_what_a_class_is_in_our_labels(name: str, own: str, ours: str | None) -> None:
    assert Classes.of(name).label(own, "here") == ours


def test_a_class_that_the_set_does_not_have() -> None:
    with pytest.raises(ValueError, match=r"list\.txt:3: unknown class 'G99'"):
        Classes.of("ipn").label("G99", "list.txt:3")
