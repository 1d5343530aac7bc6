"""Phrases typed into the window: taken, refused in a line, and heard beside the model's own words."""

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.listen_page import ListenPage
from legato.app.desktop.window import Window
from legato.app.devices.media import MediaFile
from legato.app.engine.session import Session
from legato.app.phrases import learned
from legato.app.phrases.learning import learn

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
RATE = 16_000


@pytest.fixture
def page(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ListenPage:
    monkeypatch.setattr(learned, "FOLDER", tmp_path / "keywords")
    return window.listening


def enter(page: ListenPage, text: str) -> None:
    (field,) = page.phrases.findChildren(QLineEdit)
    field.setText(text)
    press: Any = QTest.keyClick  # its stub counts an argument too many
    press(field, Qt.Key.Key_Return)


def test_phrases_are_taken_each_once(page: ListenPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.phrases.changed):
        enter(page, " open  the garage, good night,, open the garage ")
    assert list(page.phrases.phrases) == ["open the garage", "good night"]
    with qtbot.assertNotEmitted(page.phrases.changed):
        enter(page, "open the garage,good night")
    with qtbot.waitSignal(page.phrases.changed):
        enter(page, "")
    assert not page.phrases.phrases


def test_a_phrase_that_cannot_be_heard_is_refused_and_the_others_stay(page: ListenPage) -> None:
    enter(page, "good night")
    enter(page, "good night, 🚀")
    assert page.notice.text() == "Cannot listen for '🚀': '🚀' is no English letter; spell it as it sounds"
    assert page.phrases.phrases == ("good night",)


def test_it_can_be_reached_by_keyboard_and_has_a_name(page: ListenPage) -> None:
    (field,) = page.phrases.findChildren(QLineEdit)
    assert field.accessibleName() == "Phrases to listen for, separated by commas"
    assert field.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_word_of_ones_own_is_heard_in_the_window(page: ListenPage, qtbot: QtBot) -> None:
    with MediaFile(assets.DEMO, RATE) as file:
        said = file.whole()[: 2 * RATE]
    session = Session.open(assets.LIVE_SPEECH, "cpu")
    learn("lumos", {"1": said, "2": 0.8 * said}, {}, session).save(learned.path_of("lumos"))
    enter(page, "lumos")
    page.start(choices.demo())

    def is_heard() -> bool:
        items = [page.events.item(row, 2) for row in range(page.events.rowCount())]
        return "lumos" in [item.text() for item in items if item is not None]

    qtbot.waitUntil(is_heard, timeout=15_000)
    enter(page, "good night")  # listens anew
    qtbot.waitUntil(lambda: page.status.texts()[0] == "Listening", timeout=5000)
    page.stop()


def listed(page: ListenPage) -> list[str]:
    items = [page.events.item(row, 2) for row in reversed(range(page.events.rowCount()))]
    return [item.text() for item in items if item is not None]


def test_words_of_the_model_are_always_listened_for_and_told_once(page: ListenPage, talk: Path, qtbot: QtBot) -> None:
    enter(page, "go")
    assert page.notice.text().startswith("Cannot listen for 'go'")  # no model is open that knows it
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.demo())
    enter(page, "go, hey, good night")
    page.events.forget()
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.demo())
    assert listed(page) == ["hey", "go"]
    assert list(page.traces.lanes) == ["hey", "go", "good night"]


def test_a_second_look_vetoes_what_is_no_speech(page: ListenPage, talk: Path, qtbot: QtBot) -> None:
    (box,) = page.phrases.findChildren(QCheckBox)
    with qtbot.waitSignal(page.phrases.changed):
        box.click()
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.demo())
    assert listed(page) == []
    assert len(page.traces._vetoes.getData()[0]) == 1  # "hey"; without it, nothing else is listened for
    box.click()
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.demo())
    assert listed(page) == ["hey", "go"]
