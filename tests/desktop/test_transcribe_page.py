"""The page that writes recordings down, with the real model and the recording in the box."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop.transcribing import player
from legato.app.desktop.transcribing.orders import State
from legato.app.desktop.transcribing.page import TranscribePage
from legato.app.desktop.transcribing.transcript_table import Place
from legato.app.desktop.window import Window
from legato.app.devices.media import MediaFile
from legato.app.devices.recorder import write_flac
from legato.app.transcription.segments import segments
from legato.app.transcription.transcript import Transcript
from legato.app.transcription.words import Word

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Record = Callable[[str], Path]
Written = Callable[[str, str], Path]
WAIT = 60_000
"""Milliseconds in which a busy machine has read a recording"""


@pytest.fixture
def page(window: Window) -> TranscribePage:
    window.turn_to(window.transcribing)
    return window.transcribing


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Puts a recording into a folder."""

    def make(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(assets.DEMO, path)
        return path

    return make


@pytest.fixture
def written(record: Record) -> Written:
    """A recording that was written down earlier: a word a second."""

    def make(name: str, text: str) -> Path:
        path = record(name)
        words = [
            Word(word, float(number), number + 0.5, 0.9 - 0.5 * (number % 2))
            for number, word in enumerate(text.split())
        ]
        path.with_suffix(".json").write_text(Transcript(name, 6.0, "m.onnx", segments(words)).to_json())
        path.with_suffix(".srt").write_text("old")
        return path

    return make


def states(page: TranscribePage) -> list[str]:
    return [order.state.value for order in page.orders]


def text_of(page: TranscribePage) -> list[str]:
    items = [page.reader.table.item(row, 1) for row in range(page.reader.table.rowCount())]
    return [item.text() for item in items if item is not None]


def button(page: QWidget, name: str) -> QAbstractButton:
    (found,) = [one for one in page.findChildren(QAbstractButton) if one.accessibleName() == name]
    return found


def test_recordings_are_written_down_and_shown(page: TranscribePage, record: Record, qtbot: QtBot) -> None:
    first, second = record("talks/one.flac"), record("talks/two.flac")
    broken = first.with_name("a broken one.mp3")
    broken.write_text("Dear diary")
    next(box for box in page.findChildren(QCheckBox) if "srt" in box.text()).click()
    page.add([str(first.parent)])
    qtbot.waitUntil(lambda: states(page) == ["Failed", "Done", "Done"], timeout=WAIT)
    for path in (first, second):
        assert path.with_suffix(".txt").read_text().strip()
        assert "-->" in path.with_suffix(".srt").read_text()
        assert not path.with_suffix(".vtt").exists()
    assert text_of(page) == first.with_suffix(".txt").read_text().splitlines()
    assert "is not a media file" in next(iter(page.orders)).problem
    qtbot.waitUntil(lambda: page.state.text().startswith("2 of 3 recordings done"))
    assert ", 1 failed" in page.state.text()
    page.table.selectRow(0)
    assert "is not a media file" in page.reader.hint.text()
    assert page.reader.table.rowCount() == 0
    page.clear()
    assert len(page.orders) == 0


def test_what_was_done_earlier_is_shown_at_once(page: TranscribePage, written: Written, qtbot: QtBot) -> None:
    page.add([str(written("a.flac", "hello world"))])
    assert states(page) == ["Done"]
    qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.table.selectRow(0)
    assert text_of(page) == ["hello", "world"] or text_of(page) == ["hello world"]


def test_a_correction_is_kept_in_every_file(page: TranscribePage, written: Written, qtbot: QtBot) -> None:
    path = written("a.flac", "hello word")
    page.add([str(path)])
    qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.table.selectRow(0)
    item = page.reader.table.item(0, 1)
    assert item is not None
    item.setText("hello,  world")
    assert text_of(page) == ["hello, world"]
    told = json.loads(path.with_suffix(".json").read_text())
    assert told["text"] == "hello, world"
    assert [word["confidence"] for word in told["segments"][0]["words"]] == [1.0, 1.0]
    assert "hello, world" in path.with_suffix(".srt").read_text()
    assert not path.with_suffix(".txt").exists()
    page.reader.export(path.with_name("out.vtt"))
    assert path.with_name("out.vtt").read_text().startswith("WEBVTT")
    page.reader.export(path.with_name("out.doc"))
    assert page.notice.text() == "out.doc ends in none of txt, json, srt, vtt: add one of these"


def test_a_word_is_played_by_click_and_by_key(
    page: TranscribePage, written: Written, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.add([str(written("a.flac", "one two three"))])
    qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.table.selectRow(0)
    table, played = page.reader.table, list[float]()
    monkeypatch.setattr(page.reader, "play", played.append)
    table.asked.disconnect()
    table.asked.connect(page.reader.play)
    index = table.model().index(0, 1)  # type: ignore[union-attr]
    corner = table.visualRect(index).topLeft()
    width = table.fontMetrics().horizontalAdvance("one t")
    click: Any = QTest.mouseClick
    click(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corner + QPoint(4 + width, 12))
    assert played == [1.0]
    assert table.place == Place(0, 1)
    press: Any = QTest.keyClick
    press(table, Qt.Key.Key_Right)
    press(table, Qt.Key.Key_Space)
    assert played == [1.0, 2.0]
    table.mark_playing(1.7)
    assert table._delegate.playing == Place(0, 1)
    assert table.grab().toImage().width() > 100


def test_without_a_loudspeaker_it_says_so(page: TranscribePage, written: Written, qtbot: QtBot) -> None:
    page.add([str(written("a.flac", "one two three"))])
    qtbot.waitUntil(lambda: page.table.rowCount() == 1)
    page.table.selectRow(0)
    button(page.reader, "Play the recording from the chosen word").click()
    qtbot.waitUntil(lambda: "no loudspeaker can be used" in page.notice.text().lower())
    assert button(page.reader, "Play the recording from the chosen word").text() == "Play"


def test_a_player_that_is_stopped_before_it_began_plays_nothing(
    written: Written, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        def __init__(self, path: Path, start: float) -> None:
            self.closed = False
            made.append(self)

        def close(self) -> None:
            self.closed = True

        def positions(self) -> Iterator[float]:
            for number in range(1000):
                if self.closed:
                    return
                yield float(number)

    made: list[Silent] = []
    monkeypatch.setattr(player, "Playback", Silent)
    one, told = player.Player(written("a.flac", "one"), 0.0), list[float]()
    one.progressed.connect(told.append)
    one.stop()
    one.start()
    assert one.wait(5_000)
    assert [silent.closed for silent in made] == [True]
    assert told == []


def test_pause_cancel_and_retry(page: TranscribePage, record: Record, qtbot: QtBot) -> None:
    paths = [record(f"{name}.flac") for name in "ab"]
    button(page, "Pause").click()
    page.add([str(path) for path in paths])
    qtbot.waitUntil(lambda: page.table.rowCount() == 2)
    assert "paused" in page.state.text()
    page.table.selectRow(0)
    button(page, "Cancel the selected recordings").click()
    assert states(page) == ["Cancelled", "Waiting"]
    button(page, "Go on").click()
    qtbot.waitUntil(lambda: states(page) == ["Cancelled", "Done"], timeout=WAIT)
    qtbot.waitUntil(lambda: button(page, "Write the selected recordings down again").isEnabled())
    page.table.selectRow(0)
    button(page, "Write the selected recordings down again").click()
    qtbot.waitUntil(lambda: states(page) == ["Done", "Done"], timeout=WAIT)


def test_one_in_work_is_cancelled_and_the_next_is_done(page: TranscribePage, record: Record, qtbot: QtBot) -> None:
    first, second = record("a.flac"), record("b.flac")
    with MediaFile(assets.DEMO, 16_000) as file:
        write_flac(first, np.tile(file.whole(), 30), 16_000)  # three minutes
    page.add([str(first), str(second)])
    order = next(iter(page.orders))
    qtbot.waitUntil(lambda: order.state is State.reading, timeout=WAIT)
    assert page._clerk is not None
    page._clerk.cancel(order)
    qtbot.waitUntil(lambda: states(page)[1] == "Done", timeout=WAIT)
    assert states(page)[0] == "Cancelled"
    assert not first.with_suffix(".json").exists()


def test_a_window_that_closes_in_the_middle_leaves_nothing_half_done(
    window: Window, record: Record, qtbot: QtBot
) -> None:
    path = record("a.flac")
    window.transcribing.add([str(path)])
    order = next(iter(window.transcribing.orders))
    qtbot.waitUntil(lambda: order.state is State.reading, timeout=WAIT)
    window.close()
    assert [one.name for one in path.parent.iterdir() if one.suffix in {".part", ".txt"}] == []


def test_files_are_dropped_and_addresses_are_refused(page: TranscribePage, written: Written, qtbot: QtBot) -> None:
    path, data = written("a.flac", "hello"), QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)), QUrl("https://example.org/talk.mp3")])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, buttons, keys))
    assert states(page) == ["Done"]
    assert page.notice.text().startswith("Https://example.org/talk.mp3 is a web address")


def test_what_comes_into_a_watched_folder_is_written_down(
    page: TranscribePage, written: Written, record: Record, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = written("inbox/old.flac", "hello")
    page.watched._timer.setInterval(50)
    page.watch(str(old.parent))
    assert button(page, "Stop watching inbox").isVisible()
    new = record("inbox/new.flac")
    qtbot.waitUntil(lambda: [order.job.source for order in page.orders] == [new], timeout=WAIT)
    qtbot.waitUntil(lambda: states(page) == ["Done"], timeout=WAIT)
    page.watch(None)
    record("inbox/later.flac")
    qtbot.wait(200)
    assert len(page.orders) == 1


def test_another_folder_for_what_is_written(page: TranscribePage, record: Record, tmp_path: Path, qtbot: QtBot) -> None:
    page.play_demo()
    assert page.notice.text().startswith("Choose a folder for transcripts first")
    page.output.put_in(tmp_path / "out")
    page.play_demo()
    qtbot.waitUntil(lambda: states(page) == ["Done"], timeout=WAIT)
    assert (tmp_path / "out" / f"{assets.DEMO.stem}.txt").exists()


def test_every_control_has_a_name_and_takes_the_focus(page: TranscribePage) -> None:
    kinds = (QAbstractButton, QComboBox, QTableWidget)
    controls = [one for kind in kinds for one in page.findChildren(kind) if one.isVisible()]
    named = [one for one in controls if not isinstance(one.parent(), QTableWidget)]
    assert len(named) >= 12
    for control in named:
        assert control.accessibleName()
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
