"""What can be done with the list of what was heard: sought, played, called wrong, exported."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.event_tools import EventTools
from legato.app.desktop.last_minute import LastMinute
from legato.app.desktop.listen_page import ListenPage
from legato.app.desktop.window import Window
from legato.app.devices.media import MediaFile
from legato.app.engine import own_thresholds
from legato.app.phrases import learned, strictness
from legato.app.phrases.learned import Learned
from legato.app.phrases.strictness import stricter

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where keywords and thresholds are kept."""
    monkeypatch.setattr(learned, "FOLDER", tmp_path / "keywords")
    monkeypatch.setattr(own_thresholds, "FILE", tmp_path / "thresholds.json")
    return tmp_path


@pytest.fixture
def page(window: Window, talk: Path, qtbot: QtBot) -> ListenPage:
    """The page after "hey" and "go" were heard."""
    page = window.listening
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.demo())
    return page


def tools_of(page: ListenPage) -> EventTools:
    (tools,) = page.findChildren(EventTools)
    return tools


def test_a_row_for_what_is_sought(page: ListenPage) -> None:
    tools_of(page)._search.setText("GO")
    assert [page.events.isRowHidden(row) for row in range(2)] == [False, True]
    page.events.show_only("")
    assert not page.events.isRowHidden(1)


def test_the_list_is_exported(page: ListenPage, tmp_path: Path) -> None:
    page.events.selectRow(1)
    tools_of(page)._call_wrong()
    tools_of(page).export(tmp_path / "events.csv")
    rows = list(csv.DictReader((tmp_path / "events.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["label"], row["type"], row["wrong"]) for row in rows] == [
        ("hey", "keyword", "yes"),
        ("go", "keyword", ""),
    ]
    assert float(rows[0]["start"]) < float(rows[1]["start"])
    assert page.notice.text() == f"2 events are in {tmp_path / 'events.csv'}"
    tools_of(page).export(tmp_path / "none" / "events.csv")
    assert "cannot be written: No such file" in page.notice.text()


def test_an_event_is_played(page: ListenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[Any] = []
    monkeypatch.setattr(page.player, "play", lambda sound, rate: played.append((sound, rate)))
    page.events.selectRow(0)
    tools_of(page)._replay()
    ((sound, rate),) = played
    event = page.events.listed[0].event
    assert len(sound) == pytest.approx((event.emitted - event.start + 0.6) * rate, abs=2)
    assert np.abs(sound).max() == pytest.approx(0.9, abs=0.01)


def test_one_of_an_earlier_stream_is_gone(page: ListenPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.demo())
    page.events.selectRow(3)
    tools_of(page)._replay()
    assert page.notice.text().startswith("That sound is gone")


def test_what_sounds_just_like_it_cannot_be_told_apart(
    page: ListenPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strictness, "highest", lambda *_: 1.0)
    page.events.selectRow(0)
    tools_of(page)._call_wrong()
    qtbot.waitUntil(lambda: "cannot be told apart" in page.notice.text(), timeout=15_000)
    item = page.events.item(0, 2)
    assert item is not None
    assert item.text() == "go (wrong)"
    assert not own_thresholds.FILE.exists()


def test_what_was_wrong_needs_more_from_then_on(
    window: Window, speak_levels: Any, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    path = speak_levels((0.3, 0.0), (0.2, 0.9), (0.3, 0.0), (0.04, -0.6), (0.3, 0.0))  # a short and soft "go"
    page = window.listening
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.recording(path))
    assert [one.event.label for one in page.events.listed] == ["go", "hey"]
    page.events.selectRow(0)
    tools_of(page)._call_wrong()
    qtbot.waitUntil(own_thresholds.FILE.exists, timeout=15_000)
    kept = own_thresholds._read()["go"]
    assert 0.5 < kept < 1
    qtbot.waitUntil(lambda: page.notice.text() == f"“go” is reported from a score of {kept:.2f} from now on.")
    with qtbot.waitSignal(page.ended, timeout=15_000):
        page.start(choices.recording(path))
    assert [one.event.label for one in page.events.listed] == ["hey", "go", "hey"]


def test_a_typed_and_a_learned_phrase_get_stricter(level_model: Path) -> None:
    with MediaFile(assets.DEMO, 16_000) as file:
        sound = file.whole()[: 2 * 16_000]
    threshold = stricter("hey lego", sound, level_model)
    found = learned.find("hey lego")
    assert found is not None
    assert (found.spellings, found.threshold) == (("hey lego",), threshold)
    Learned("lumos", ("lumas",), 0.3, 3, "m").save(learned.path_of("lumos"))
    stricter("lumos", sound, level_model)
    again = learned.find("lumos")
    assert again is not None
    assert (again.spellings, again.threshold, again.recordings) == (("lumas",), 0.3, 3)  # it was not heard in that


def test_the_last_minute_and_no_more() -> None:
    minute = LastMinute(10)
    for second in range(1, 101):
        minute.add(np.full(10, second, np.float32), float(second))
    assert minute.cut(50.0, 52.0).tolist() == [51.0] * 10 + [52.0] * 10
    assert len(minute.cut(0.0, 1000.0)) == 600
    assert len(minute.cut(0.0, 30.0)) == 0
    assert len(LastMinute(10).cut(0.0, 1.0)) == 0
