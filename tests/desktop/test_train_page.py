"""The page that trains a phrase: a command in a process of its own, here a stand-in that says what that says."""

import sys
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from legato.app.desktop.teaching import errand, training_page
from legato.app.desktop.teaching.training_page import TrainPage
from legato.app.desktop.window import Window
from legato.app.phrases import learned, trained
from legato.app.phrases.learned import Learned

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

STAND_IN = """
import json, shutil, sys, time
from pathlib import Path
arguments = sys.argv[1:]
value = lambda name: arguments[arguments.index(name) + 1]
phrase, out = value("--phrase"), Path(value("--out"))
out.mkdir(parents=True, exist_ok=True)
(out / "asked").write_text(" ".join(arguments))
print("50 of 100 clips are spoken", file=sys.stderr, flush=True)
if phrase == "slow":
    time.sleep(60)
if phrase == "mute":
    print("legato: no synthesiser is found", file=sys.stderr)
    sys.exit(2)
share = lambda count, total: {"count": count, "total": total}
figures = lambda found, false, near: {
    "recall": share(found, 60), "false_alarms": {"count": false}, "near_misses": share(near, 50)
}
report = {"hours": 0.3, "phrases": {phrase: {**figures(54, 0, 3), "typed": figures(41, 3, 9)}}}
(out / "report.json").write_text(json.dumps(report) if phrase != "odd" else "{}")
shutil.copyfile(MODEL, out / "phrases.onnx")
"""


@pytest.fixture
def page(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainPage:
    stand_in = STAND_IN.replace("MODEL", repr(str(window.listening._model)))
    monkeypatch.setattr(errand, "program", lambda: [sys.executable, "-c", stand_in])
    monkeypatch.setattr(training_page, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(trained, "FOLDER", tmp_path / "phrases")
    monkeypatch.setattr(learned, "FOLDER", tmp_path / "keywords")
    window.turn_to(window.training)
    return window.training


def train(page: TrainPage, phrase: str, press: Any) -> None:
    page._phrase.setText(phrase)
    press(page, "Train it")


def test_a_phrase_is_trained_compared_kept_and_listened_for(
    page: TrainPage, window: Window, talk: Path, tmp_path: Path, qtbot: QtBot, *, press: Any
) -> None:
    train(page, "Open the garage", press)
    qtbot.waitUntil(lambda: page.told.text().endswith("Keep it?"), timeout=15_000)
    assert page.told.text() == (
        "In 18 minutes of voices kept aside, as it is typed: found 41 of 60, 3 false, and 9 of 50 that sound like it. "
        "With its network: found 54 of 60, 0 false, and 3 of 50 that sound like it. Keep it?"
    )
    asked = (tmp_path / "runs" / "open_the_garage-thorough" / "asked").read_text()
    assert asked.startswith("train keywords --phrase open the garage --out ")
    assert "--clips" not in asked
    press(page, "Keep it")
    assert trained.find("open the garage") == tmp_path / "phrases" / "open_the_garage.onnx"
    assert window.listening.phrases.phrases == ("open the garage",)
    assert not list((tmp_path / "runs").iterdir())  # what was spoken takes much room
    opened: list[Any] = []
    window.listening.opened.connect(opened.append)
    window.turn_to(window.listening)
    window.listening.play_demo()
    qtbot.waitUntil(lambda: len(opened) == 1, timeout=15_000)
    labels = [contract.labels for contract in opened[0].contracts]
    assert len(labels) == 2
    assert labels[0] == labels[1]  # the stand-in gives the window's own model for the phrase's


def test_a_phrase_that_was_typed_before_is_listened_for_anew(
    page: TrainPage, window: Window, qtbot: QtBot, *, press: Any
) -> None:
    window.listening.phrases.add("open the garage")
    train(page, "open the garage", press)
    qtbot.waitUntil(lambda: page.told.text().endswith("Keep it?"), timeout=15_000)
    with qtbot.waitSignal(window.listening.phrases.changed):
        press(page, "Keep it")


def test_it_is_stopped_and_goes_on_in_the_same_place(page: TrainPage, tmp_path: Path, qtbot: QtBot, press: Any) -> None:
    page._effort.setCurrentIndex(0)
    train(page, "slow", press)
    qtbot.waitUntil(lambda: page.log.count() == 1, timeout=15_000)
    assert page.told.text() == "50 of 100 clips are spoken"
    assert not page._phrase.isEnabled()
    page.clear()
    assert page.log.count() == 0
    press(page, "Stop")
    assert page.told.text() == "Stopped. Train it again, and it goes on from here."
    assert (tmp_path / "runs" / "slow-quick" / "asked").read_text().endswith("--clips 100 --steps 200")
    press(page, "Train it")
    qtbot.waitUntil(lambda: page.log.count() == 1, timeout=15_000)
    page.shut()


def test_what_goes_wrong_is_told_and_nothing_can_be_kept(page: TrainPage, qtbot: QtBot, press: Any) -> None:
    (keep,) = [one for one in page.findChildren(QPushButton) if one.accessibleName() == "Keep it"]
    press(page, "Train it")
    assert page.told.text() == "Type a phrase, and train it."
    train(page, "mute", press)
    qtbot.waitUntil(lambda: page.told.text() == "No synthesiser is found", timeout=15_000)
    qtbot.waitUntil(lambda: page._errand is None, timeout=15_000)
    train(page, "odd", press)
    qtbot.waitUntil(lambda: page.told.text().startswith("Its report cannot be read"), timeout=15_000)
    qtbot.waitUntil(lambda: page._errand is None, timeout=15_000)
    assert not keep.isEnabled()
    Learned("lumos", ("lumos",), 0.3, 3, "m").save(learned.path_of("lumos"))
    train(page, "Lumos", press)
    assert "learned from your own recordings" in page.told.text()


def test_one_that_cannot_be_kept(page: TrainPage, tmp_path: Path, qtbot: QtBot, press: Any) -> None:
    (tmp_path / "phrases").write_text("in the way")
    train(page, "open the garage", press)
    qtbot.waitUntil(lambda: page.told.text().endswith("Keep it?"), timeout=15_000)
    press(page, "Keep it")
    assert "cannot be kept" in page.notice.text()
    qtbot.waitUntil(lambda: page._errand is None, timeout=5_000)


def test_recordings_are_not_wanted(page: TrainPage) -> None:
    page.ask_for_file()
    assert "no recordings are needed" in page.notice.text()
