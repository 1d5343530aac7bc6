"""The page of models: what is installed, imported, tried, used and removed."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtWidgets import QPushButton, QTableWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop.models_page import ModelsPage
from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
SHIPPED = [path.stem for path in assets.models()]


@pytest.fixture
def page(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelsPage:
    monkeypatch.setattr(window.models, "_folder", tmp_path / "own")
    window.turn_to(window.models)
    return window.models


def column(table: QTableWidget, number: int) -> list[str]:
    items = [table.item(row, number) for row in range(table.rowCount())]
    return [item.text() for item in items if item is not None]


def choose(page: ModelsPage, name: str) -> None:
    page.table.selectRow(column(page.table, 0).index(name))


def test_what_is_in_the_box_is_listed_with_its_promises(page: ModelsPage) -> None:
    assert column(page.table, 0) == SHIPPED
    choose(page, "keywords")
    assert column(page.table, 4)[SHIPPED.index("keywords")] == "for listening"
    told = dict(zip(column(page.promises, 0), column(page.promises, 1), strict=True))
    assert told["task"] == "keywords, lstm cells, contract version 1"
    assert "hey legato" in told["wake phrases"]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_model_in_the_box_holds(page: ModelsPage, name: str, qtbot: QtBot, press: Any) -> None:
    choose(page, name)
    press(page, "Verify the model")
    qtbot.waitUntil(lambda: page.notice.text().startswith(f"{name}.onnx holds: chunks give"), timeout=60_000)
    assert page.notice.text().endswith("It runs on the CPU.")


def test_a_model_is_dropped_used_and_removed(
    window: Window, page: ModelsPage, level_model: Path, tmp_path: Path, press: Any
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(level_model))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))
    own = tmp_path / "own" / "levels.onnx"
    assert own.read_bytes() == level_model.read_bytes()
    assert [path.name for path in own.parent.iterdir()] == ["levels.onnx"]
    choose(page, "levels (own)")
    press(page, "Use the model")
    assert window.listening._model == own
    assert column(page.table, 4)[-1] == "for listening"
    press(page, "Remove the model")
    assert not own.exists()
    assert window.listening._model == assets.KEYWORDS
    assert column(page.table, 0) == SHIPPED


def test_a_file_that_changes_is_read_again(
    page: ModelsPage, level_model: Path, height_model: Path, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    own = tmp_path / "own" / "mine.onnx"
    for model, task in ((level_model, "keywords"), (height_model, "gestures")):
        shutil.copyfile(model, own)
        os.utime(own, ns=(0, 10**9 * len(task + str(model))))
        page.come_back()
        assert column(page.table, 1)[-1] == task


def test_what_is_no_model_is_told_and_not_kept(page: ModelsPage, tmp_path: Path, level_model: Path) -> None:
    text = tmp_path / "text.onnx"
    text.write_text("Dear diary")
    page.add([str(text)])
    assert "not a model that ONNX Runtime can read" in page.notice.text()
    assert not (tmp_path / "own").exists()
    page.add([str(level_model)])
    page.add([str(level_model)])
    assert page.notice.text() == "Levels.onnx is there already: rename the file first"


def test_a_broken_one_among_ones_own_does_not_hide_the_others(page: ModelsPage, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "broken.onnx").write_text("x")
    page.come_back()
    assert column(page.table, 0) == SHIPPED
    assert "broken.onnx" in page.notice.text()


def test_only_ones_own_can_be_removed(page: ModelsPage) -> None:
    choose(page, "speech")
    states = {one.accessibleName(): one.isEnabled() for one in page.findChildren(QPushButton)}
    assert states["Remove the model"] is False
    assert states["Use the model"] is False  # there is nothing else to write recordings down with


def test_a_chosen_model_is_remembered(
    window: Window, level_model: Path, height_model: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    del window  # only what it is made of is wanted: no devices
    kept = tmp_path / "mine.onnx"
    shutil.copy(level_model, kept)
    made = Window(level_model, height_model, tmp_path / "kept")
    qtbot.addWidget(made)
    made.use_model("keywords", kept)
    made.close()
    again = Window(level_model, height_model, tmp_path / "kept")
    qtbot.addWidget(again)
    assert again.listening._model == kept
    assert again.models.used("keywords") == kept
    assert again.models.used("gestures") is None
    again.close()


def test_the_card_of_a_model_is_shown(page: ModelsPage, level_model: Path, press: Any) -> None:
    choose(page, "gestures")
    press(page, "Show the card of the model")
    (text,) = page.findChildren(QTextBrowser)
    assert "gestures" in text.toPlainText()
    assert "fails" in text.toPlainText()
    page.add([str(level_model)])
    choose(page, "levels (own)")
    states = {one.accessibleName(): one.isEnabled() for one in page.findChildren(QPushButton)}
    assert states["Show the card of the model"] is False
