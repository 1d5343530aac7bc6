"""One window a user, a log to read and copy, a dialog about what nobody has thought of."""

import logging
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from legato.app.desktop.log_view import LogView
from legato.app.desktop.problems import Problems, show_problem
from legato.app.desktop.single import OnlyOne
from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def test_a_second_start_brings_up_the_first(qtbot: QtBot) -> None:
    title = f"legato-{uuid4()}"
    first, second = OnlyOne(title), OnlyOne(title)
    assert first.claim()
    with qtbot.waitSignal(first.called):
        assert not second.claim()
    first.release()
    assert second.claim()
    second.release()


def test_the_log_is_kept_shown_and_copied(window: Window, qtbot: QtBot) -> None:
    logging.getLogger("legato.app.devices").info("the microphone was opened")
    window.show_log()
    (view,) = window.findChildren(LogView)
    (text,) = view.findChildren(QPlainTextEdit)
    assert "INFO legato.app.devices: the microphone was opened" in text.toPlainText()
    next(one for one in view.findChildren(QPushButton) if one.accessibleName() == "Copy the log").click()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert "the microphone was opened" in clipboard.text()
    view.close()


def test_the_log_is_left_as_it_was(window: Window) -> None:
    log = logging.getLogger("legato")
    window.close()
    assert window._log not in log.handlers


def fail() -> None:
    raise ZeroDivisionError("nobody knew")


def test_what_nobody_has_thought_of_is_shown_and_can_be_copied(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    parent, problems = QWidget(), Problems()
    qtbot.addWidget(parent)
    problems.unhandled.connect(lambda line, told: show_problem(parent, line, told))
    try:
        fail()
    except ZeroDivisionError:
        problems._take(*sys.exc_info())
    caplog.clear()
    (box,) = parent.findChildren(QMessageBox)
    assert "ZeroDivisionError: nobody knew" in box.informativeText()
    assert "test_manners.py" in box.detailedText()
    next(one for one in box.buttons() if one.accessibleName() == "Copy what went wrong").click()
    assert box.isVisible()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert "nobody knew" in clipboard.text()
    box.close()


def test_about(window: Window) -> None:
    window.show_about()
    (box,) = window.findChildren(QMessageBox)
    assert box.text().startswith("legato ")
    assert "Everything stays on this machine." in box.informativeText()
    box.close()


@pytest.mark.parametrize("place", range(9))
def test_every_control_of_every_page_has_a_name_and_a_place_in_the_tab_order(
    window: Window, talk: Path, motion: Path, place: int
) -> None:
    page = window.pages[place]
    window.turn_to(page)
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView)
    controls = [one for kind in kinds for one in page.findChildren(kind) if one.isVisible()]
    mine = [one for one in controls if not isinstance(one.parentWidget(), QAbstractItemView | QComboBox)]
    assert mine
    for one in mine:
        assert one.accessibleName(), one
        assert one.focusPolicy() & Qt.FocusPolicy.TabFocus, one.accessibleName()


@pytest.mark.parametrize("place", range(9))
def test_each_letter_after_alt_means_one_thing(window: Window, place: int) -> None:
    page = window.pages[place]
    window.turn_to(page)
    bar = window.menuBar()
    texts = [action.text() for action in bar.actions()] if bar is not None else []
    texts += [one.text() for one in page.findChildren(QAbstractButton) if not one.isHidden()]
    texts += [one.text() for one in page.findChildren(QLabel) if one.buddy() is not None]
    keys = [QKeySequence.mnemonic(text).toString() for text in texts]
    taken = {key: [text for text, mine in zip(texts, keys, strict=True) if mine == key] for key in keys if key}
    assert {key: those for key, those in taken.items() if len(those) > 1} == {}


def test_there_are_nine_pages(window: Window) -> None:
    assert len(window.pages) == 9
