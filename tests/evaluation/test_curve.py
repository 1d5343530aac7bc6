import sys
from pathlib import Path

import pytest

from legato.app.engine.errors import LegatoError
from legato.app.evaluation.curve import draw
from legato.app.evaluation.intervals import Rate, Share
from legato.app.evaluation.keywords import Group, Point

POINTS = [
    Point(scale, {"low": 0.5}, Group(Share(hits, 10), Rate(alarms, 2.0)))
    for scale, hits, alarms in [(0.1, 10, 500), (1.0, 8, 10), (10.0, 3, 0)]
]


def test_a_curve_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "curve.png"
    draw({"words": POINTS, "wake": POINTS[::-1]}, {"words": 10.0}, path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_without_matplotlib_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(LegatoError, match=r"pip install 'legato\[train\]'"):
        draw({"words": POINTS}, {}, tmp_path / "curve.png")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(LegatoError, match=r"missing/curve\.png cannot be written: No such file"):
        draw({"words": POINTS}, {}, tmp_path / "missing" / "curve.png")
