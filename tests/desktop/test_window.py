"""The window around its pages."""

from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from legato.app.desktop.source_page import SourcePage
from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_only_the_page_in_sight_is_at_work(window: Window, talk: Path, motion: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.listening.progressed):
        window.begin()
    with qtbot.waitSignal(window.watching.progressed):
        window.turn_to(window.watching)
    assert window.listening.status.texts()[0] == "Stopped"
    assert window.watching.status.texts()[0] == "Watching"
    with qtbot.waitSignal(window.listening.progressed):
        window.turn_to(window.listening)
    assert window.watching.status.texts()[0] == "Stopped"


def test_a_page_that_was_stopped_stays_so(window: Window, talk: Path, motion: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.listening.progressed):
        window.begin()
    window.listening.stop()
    window.turn_to(window.watching)
    window.turn_to(window.listening)
    assert window.listening._worker is None


def test_warnings_are_told_on_the_page_in_sight(window: Window, motion: Path) -> None:
    window.turn_to(window.watching)
    window.warn("Webcam is back")
    assert window.watching.notice.text() == "Webcam is back"
    assert window.listening.notice.text() == ""


@pytest.mark.parametrize("name", ["listening", "watching"])
def test_every_control_has_a_name_and_takes_the_focus(window: Window, motion: Path, name: str) -> None:
    page: SourcePage = getattr(window, name)
    window.turn_to(page)
    controls: list[QWidget] = [
        control
        for kind in (QAbstractButton, QComboBox, QTableWidget)
        for control in page.findChildren(kind)
        if control.isVisible() and control.parent() is not page.events
    ]
    assert len(controls) >= 3
    for control in controls:
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_every_entry_has_a_key(window: Window) -> None:
    entries = [action for action in window.findChildren(QAction) if action.parent() is window]
    assert len(entries) == 21
    keys = [action.shortcut().toString() for action in entries]
    assert len(set(keys)) == len(keys)
    assert "" not in keys


def test_entries_are_for_the_page_in_sight(window: Window, motion: Path, qtbot: QtBot) -> None:
    entries = {action.text(): action for action in window.findChildren(QAction)}
    entries["Watch"].trigger()
    assert window.page() is window.watching
    entries["Play what is in the &box"].trigger()
    qtbot.waitUntil(lambda: window.watching.status.texts()[0] == "The video has ended")
    assert window.watching.events.rowCount() == 2
    entries["&Clear the list"].trigger()
    assert window.watching.events.rowCount() == 0


def test_listening_and_watching_side_by_side(window: Window, talk: Path, motion: Path, qtbot: QtBot) -> None:
    window.begin()
    window.put_together(True)
    qtbot.waitUntil(lambda: window.listening.running and window.watching.running, timeout=15_000)
    assert window.listening.isVisible()
    assert window.watching.isVisible()
    assert window._tabs.tabText(0) == "● Listen + ● Watch"
    assert window._tabs.count() == len(window.pages) - 1
    qtbot.waitUntil(lambda: window.watching.events.rowCount() > 0, timeout=15_000)
    window.turn_to(window.acting)
    window.turn_to(window.watching)
    assert window.listening.isVisible()
    window._beside.trigger()
    assert not window.together
    assert [window._tabs.tabText(place).strip("● ") for place in range(len(window.pages))] == [
        page.tab for page in window.pages
    ]
    assert window.page() is window.listening
    assert not window.watching.running  # one at a time again
