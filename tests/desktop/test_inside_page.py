"""The page that looks inside the cell, with a vanilla cell and with the shipped LSTM."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop import choices, looking_inside
from legato.app.desktop.choices import film
from legato.app.desktop.inside_page import InsidePage
from legato.app.desktop.listen_page import ListenPage
from legato.app.desktop.watcher import Glimpse
from legato.app.desktop.window import Window
from legato.app.engine.errors import ModelError

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(window: Window) -> InsidePage:
    return window.inside


def test_a_vanilla_cell_shows_its_state(window: Window, page: InsidePage, talk: Path, qtbot: QtBot) -> None:
    window.listening.start(choices.demo())
    window.turn_to(page)
    qtbot.waitUntil(lambda: list(page.maps) == ["hidden"], timeout=15_000)
    qtbot.waitUntil(lambda: page.check.text().startswith("The model's own next state differs from this by at most"))
    assert float(page.check.text().rpartition(" ")[2]) <= 1e-5
    assert page.maps["hidden"].units == 3
    qtbot.waitUntil(lambda: not window.listening.running, timeout=15_000)


def test_an_lstm_shows_all_its_gates_and_only_while_it_is_looked_at(
    window: Window, page: InsidePage, qtbot: QtBot
) -> None:
    other = ListenPage(assets.KEYWORDS)
    qtbot.addWidget(other)
    other.told.connect(page.take)
    other.opened.connect(page.take_opened)
    insides: list[int] = []
    other.told.connect(lambda heard: insides.append(len(heard.inside)))
    window.turn_to(page)
    other.look_inside(True)
    other.start(choices.demo())
    qtbot.waitUntil(lambda: len(page.maps) == 6, timeout=15_000)
    assert list(page.maps) == ["hidden", "cell", "forget", "input", "output", "candidate"]
    assert page._layer.count() == 3
    forget = page.maps["forget"]
    qtbot.waitUntil(lambda: 0.0 < forget.mean(0.05) < 1.0, timeout=15_000)
    other.look_inside(False)
    count = len(insides)
    qtbot.waitUntil(lambda: len(insides) > count + 5 and not any(insides[-3:]), timeout=15_000)
    page.freeze(True)
    assert "over all units: hidden" in page.told.text()
    first = page.told.text()
    press: Any = QTest.keyClick
    press(page, " ")  # nothing is bound to it
    page.step(-10)
    assert page.told.text() != first
    assert page.told.text().startswith("0.21 s ago")
    page.step(10_000)
    assert page.told.text().startswith("0.01 s ago")
    page._cell._point(forget, 4, 0.1)
    value = forget.value(4, 0.1)
    assert page.told.text().startswith(
        f"forget, unit 5, 0.10 s ago: {value:.2f}.  How much of each unit's memory is kept"
    )
    page.freeze(False)
    assert forget.mean(0.05) == 0.0  # it begins anew
    other.stop()


def test_a_model_that_cannot_be_looked_into_is_told_and_heard_on(
    window: Window, page: InsidePage, talk: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise ModelError(f"{path}: has no recurrent layer that is run frame by frame")

    monkeypatch.setattr(looking_inside, "OpenModel", refuse)
    window.turn_to(page)
    window.listening.start(choices.demo())
    qtbot.waitUntil(lambda: "has no recurrent layer" in page.notice.text(), timeout=15_000)
    qtbot.waitUntil(lambda: not window.listening.running, timeout=15_000)
    assert len(window.listening.keywords.listed) == 2


def test_it_asks_for_nothing_while_hidden(window: Window, page: InsidePage, qtbot: QtBot) -> None:
    asked: list[str] = []
    page.looked.connect(asked.append)
    window.turn_to(page)
    window.turn_to(window.acting)
    window.turn_to(window.listening)
    assert asked[0] == "sound"
    assert asked[-1] == ""


def test_values_out_of_sight(page: InsidePage) -> None:
    page._cell.add({"hidden": np.full((3, 4), 0.5, np.float32)})
    one = page.maps["hidden"]
    assert one.value(3, 0.01) == 0.5
    assert one.value(3, 0.07) == 0.0
    assert one.value(4, 0.01) is None
    assert one.value(0, 99.0) is None


def test_a_model_that_watches_shows_its_gates_below_its_scores(
    window: Window, page: InsidePage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    watching = window.watching
    watching.prefer_model(assets.GESTURES)
    frames: list[Glimpse] = []
    watching.glimpsed.connect(frames.append)
    window.turn_to(page)
    watching.start(film(assets.GESTURE_DEMO))
    qtbot.waitUntil(lambda: list(page.maps) == ["hidden", "reset", "update", "candidate"], timeout=15_000)
    assert page.subject == "hands"
    qtbot.waitUntil(lambda: page.check.text().startswith(("Right hand. ", "Left hand. ")), timeout=15_000)
    assert page.maps["update"].units == 96
    assert page.scores.isVisible()
    assert not page.spectrogram.isVisible()
    assert max(frame.difference for frame in frames) <= 1e-5
    page.freeze(True)
    assert page.scores.units == len(watching.labels)
    page._point_at_score(0, 0.05)
    assert page.told.text().startswith(f"{watching.labels[0]}, 0.05 s ago: ")
    count = len(frames)
    window.turn_to(window.acting)
    window.turn_to(window.watching)
    qtbot.wait(200)
    assert len(frames) <= count + 2  # those that were under way
    watching.stop()


def test_what_is_looked_at_is_chosen_where_both_are_at_work(window: Window, page: InsidePage) -> None:
    asked: list[str] = []
    page.looked.connect(asked.append)
    window.turn_to(page)
    found = []
    page._take_begun("hands")
    found.append(page.subject)  # nothing else was at work
    page._take_begun("sound")
    found.append(page.subject)
    page.take_end("hands")
    page._take_begun("sound")
    found.append(page.subject)
    page._subject.setCurrentText("What is seen")
    assert found == ["hands", "hands", "sound"]
    assert asked == ["sound", "hands", "sound", "hands"]
