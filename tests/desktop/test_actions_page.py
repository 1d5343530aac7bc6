"""The page of actions: bound, allowed, done when something is heard, and kept."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QMessageBox, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from legato.app.actions.bindings import Binding, Keys, Notification, Program
from legato.app.desktop import choices
from legato.app.desktop.acting.binding_dialog import BindingDialog
from legato.app.desktop.acting.page import ActionsPage
from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def page(window: Window) -> ActionsPage:
    window.turn_to(window.acting)
    return window.acting


def lines(page: ActionsPage) -> list[str]:
    items = [page.log.item(row) for row in range(page.log.count())]
    return [item.text()[10:] for item in items if item is not None]  # without the clock


def answer(page: ActionsPage, text: str) -> None:
    """Press a button of the question that is open."""
    (box,) = [one for one in page.findChildren(QMessageBox) if one.isVisible()]
    (button,) = [one for one in box.buttons() if one.text().replace("&", "") == text]
    button.click()


def test_what_is_heard_is_acted_upon_also_from_another_page(
    window: Window, page: ActionsPage, talk: Path, qtbot: QtBot
) -> None:
    page.add(Binding("go", Notification("onwards")))
    page.switch(True)
    window.turn_to(window.listening)
    window.listening.start(choices.demo())
    window.turn_to(page)
    assert window.listening.running
    qtbot.waitUntil(lambda: lines(page) == ["go: Show “onwards”, done"], timeout=15_000)
    assert page.notice.text() == "onwards (this desktop has no place for notifications)"
    qtbot.waitUntil(lambda: not window.listening.running, timeout=15_000)


def test_nothing_is_done_while_all_are_silenced(window: Window, page: ActionsPage, talk: Path, qtbot: QtBot) -> None:
    page.add(Binding("go", Notification("onwards")))
    with qtbot.waitSignal(window.listening.ended, timeout=15_000):
        window.listening.start(choices.demo())
    assert lines(page) == []


def test_a_program_is_run_only_after_consent(page: ActionsPage, tmp_path: Path, qtbot: QtBot) -> None:
    target = tmp_path / "made"
    page.add(Binding("go", Program((sys.executable, "-c", f"open({str(target)!r}, 'w')"))))
    answer(page, "Cancel")
    assert [binding.ready for binding in page.bindings] == [False]
    item = page.table.item(0, 2)
    assert item is not None
    assert item.text().endswith("(not allowed yet: choose Test)")
    press = {button.text(): button for button in page.findChildren(QPushButton)}["&Test"]
    press.click()
    assert not target.exists()
    answer(page, "Allow it")
    qtbot.waitUntil(target.exists, timeout=15_000)
    assert [binding.ready for binding in page.bindings] == [True]
    qtbot.waitUntil(lambda: [line.endswith(", done") for line in lines(page)] == [True], timeout=15_000)


def test_the_dialog_tells_what_is_wrong_and_then_what_is_given(page: ActionsPage, qtbot: QtBot) -> None:
    given: list[Binding] = []
    dialog = BindingDialog(["go", "stop"], None, page)
    dialog.given.connect(given.append)
    dialog.show()
    fields = {one.accessibleName(): one for one in dialog.findChildren(QLineEdit) if one.accessibleName()}
    kind = next(one for one in dialog.findChildren(QComboBox) if one.accessibleName() == "What is done")
    dialog._take()
    assert dialog._problem.text().startswith("Name the keyword")
    dialog._label.setCurrentText("  open   the garage ")
    dialog._take()
    assert dialog._problem.text() == "Name a program to run"
    fields["Program and what it is given"].setText("mpc 'a b")
    dialog._take()
    assert "quotation mark" in dialog._problem.text()
    fields["Program and what it is given"].setText("mpc 'a b' $x")
    dialog._take()
    assert given == [Binding("open the garage", Program(("mpc", "a b", "$x")), 1.0)]
    for index, (name, text, wrong) in enumerate(
        [("Address", "nowhere", "no web address"), ("Topic", "a/#", "many topics"), ("Keys", "a+", "no keys")], 1
    ):
        kind.setCurrentIndex(index)
        fields[name].setText(text)
        dialog._take()
        assert wrong in dialog._problem.text()
    dialog.close()


def test_a_binding_that_is_changed_keeps_consent_only_for_the_same_program(page: ActionsPage) -> None:
    page.add(Binding("go", Program(("true",))))
    answer(page, "Allow it")
    page.table.selectRow(0)
    page._ask_change()
    (dialog,) = page.findChildren(BindingDialog)
    dialog._label.setCurrentText("stop")
    dialog._take()
    assert page.bindings[0] == Binding("stop", Program(("true",)), confirmed=True)
    page._ask_change()
    dialog = next(one for one in page.findChildren(BindingDialog) if one.isVisible())
    next(one for one in dialog.findChildren(QLineEdit) if one.text() == "true").setText("false")
    dialog._take()
    assert not page.bindings[0].confirmed
    answer(page, "Cancel")


def test_ticks_and_removal(page: ActionsPage) -> None:
    page.add(Binding("go", Keys("a")))
    page.add(Binding("stop", Keys("b")))
    tick = page.table.item(0, 0)
    assert tick is not None
    tick.setCheckState(Qt.CheckState.Unchecked)
    assert [binding.on for binding in page.bindings] == [False, True]
    page.table.selectRow(0)
    page._remove()
    assert [binding.label for binding in page.bindings] == ["stop"]


def test_the_switch_by_keyboard_and_menu(window: Window, page: ActionsPage) -> None:
    press: Any = QTest.keyClick
    press(page._switch, " ")
    assert page.dispatcher.on
    assert window._silence.isChecked()
    window._silence.trigger()
    assert page._switch.isChecked() is False
    assert page._switch.accessibleName() == "Actions are off"


def test_every_control_has_a_name(page: ActionsPage) -> None:
    controls = [one for kind in (QAbstractButton, QTableWidget) for one in page.findChildren(kind) if one.isVisible()]
    named = [one for one in controls if not isinstance(one.parent(), QTableWidget)]
    assert len(named) >= 6
    assert all(one.accessibleName() for one in named)


@pytest.fixture
def reopen(window: Window, level_model: Path, height_model: Path, tmp_path: Path, qtbot: QtBot) -> Any:
    """Opens a window that keeps its settings in one folder."""
    del window  # only what it is made of is wanted: no devices

    def make() -> Window:
        made = Window(level_model, height_model, tmp_path / "kept")
        qtbot.addWidget(made)
        made.show()
        return made

    return make


def test_a_window_is_as_it_was_left(reopen: Any, tmp_path: Path) -> None:
    window = reopen()
    assert window.listening.notice.text().startswith("Welcome. Whatever legato hears")
    window.acting.add(Binding("go", Keys("a")))
    window.acting.switch(True)
    window.set_theme("dark")
    window.listening.phrases.restore("open the garage, good night", again=True)
    window.transcribing.output.restore(tmp_path, ["srt"])
    window.resize(900, 700)
    window.turn_to(window.transcribing)
    window.close()
    again = reopen()
    assert again.page() is again.transcribing
    assert again.theme == "dark"
    assert again.listening.phrases.phrases == ("open the garage", "good night")
    assert again.listening.phrases.again
    assert again.transcribing.output.folder == tmp_path
    assert again.transcribing.output.formats == ("srt", "json")
    assert again.acting.bindings == (Binding("go", Keys("a")),)
    assert again.acting.dispatcher.on
    assert again.height() == 700
    assert again.transcribing.notice.text() == ""
    again.set_theme("system")
    again.close()


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '"no"'])
def test_damaged_settings_are_put_aside_and_told(reopen: Any, tmp_path: Path, text: str) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "settings.json").write_text(text)
    window = reopen()
    assert window.page().notice.text().startswith("Settings are as at first: settings.json was damaged")
    assert (kept / "settings.json.broken").read_text() == text
    window.close()
    assert json.loads((kept / "settings.json").read_text())["greeted"] is True


def test_odd_values_are_left_out_one_by_one(reopen: Any, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    told = {
        "theme": 7,
        "geometry": "no base 64!",
        "phrases": "good night, 🚀",
        "page": "Actions",
        "new": 1,
        "watched": "/none",
    }
    (kept / "settings.json").write_text(json.dumps(told))
    window = reopen()
    assert window.page() is window.acting
    assert window.theme == "system"
    assert window.transcribing.watched.folder is None
    window.close()


def test_a_folder_that_cannot_be_written_to_is_told(reopen: Any, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    window = reopen()
    window.turn_to(window.acting)
    assert "cannot be kept in" in window.acting.notice.text()
    window.close()
