"""What the widgets make of the sound, looked at in their pixels and values."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PyQt6.QtGui import QColor, QImage, QPalette
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from legato.app.desktop.event_list import EventList, KeywordList
from legato.app.desktop.history import History
from legato.app.desktop.meter import LevelMeter
from legato.app.desktop.prompt import Prompt
from legato.app.desktop.spectrogram import Spectrogram
from legato.app.desktop.traces import ScoreTraces
from legato.app.engine.contract import Contract
from legato.app.engine.events import KeywordEvent
from legato.app.engine.session import Session

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def contract(level_model: Path) -> Contract:
    return Session.open(level_model, "cpu").contract


def event(label: str, emitted: float) -> KeywordEvent:
    return KeywordEvent(label, emitted - 0.3, emitted - 0.08, emitted, 0.9)


def tone(seconds: float, hertz: float, peak: float = 0.5) -> NDArray[np.float32]:
    time = np.arange(round(seconds * 16000)) / 16000
    return (peak * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def picture(widget: QWidget) -> NDArray[np.uint8]:
    """Pixels (height, width, 4) of what the widget paints."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    bits = image.constBits()
    assert bits is not None
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits.asstring(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)


@given(sizes=st.lists(st.integers(0, 25), max_size=12))
def test_history_is_the_end_of_everything(sizes: list[int]) -> None:
    history = History(10, 2, np.float32)
    rows = np.arange(2.0 * sum(sizes), dtype=np.float32).reshape(-1, 2)
    begin = 0
    for size in sizes:
        history.add(rows[begin : begin + size])
        begin += size
    assert np.array_equal(history.view(), np.concatenate((np.zeros((10, 2), np.float32), rows))[-10:])


class TestMeter:
    def test_silence(self, qtbot: QtBot) -> None:
        meter = LevelMeter()
        qtbot.addWidget(meter)
        meter.add(np.zeros(16000, np.float32), 16000)
        assert meter.words() == "RMS −∞   peak −∞"

    def test_a_tone_in_decibels(self, qtbot: QtBot) -> None:
        meter = LevelMeter()
        qtbot.addWidget(meter)
        for _ in range(100):
            meter.add(tone(0.02, 500, peak=0.5), 16000)
        meter.refresh()
        assert meter.words() == "RMS −9.0   peak −6.0"
        assert meter.accessibleDescription() == "RMS −9.0   peak −6.0 dBFS"

    def test_clipping_is_told_in_words_for_a_while(self, qtbot: QtBot) -> None:
        meter = LevelMeter()
        qtbot.addWidget(meter)
        meter.add(np.ones(320, np.float32), 16000)
        assert meter.words().startswith("CLIPPING")
        meter.add(np.zeros(32000, np.float32), 16000)
        assert not meter.clipping

    def test_a_peak_falls_after_a_while(self, qtbot: QtBot) -> None:
        meter = LevelMeter()
        qtbot.addWidget(meter)
        meter.add(tone(0.1, 500, peak=0.5), 16000)
        meter.add(tone(1.0, 500, peak=0.1), 16000)
        assert meter.words().endswith("peak −6.0")
        meter.add(tone(1.0, 500, peak=0.1), 16000)
        assert meter.words().endswith("peak −20.0")

    def test_louder_fills_more(self, qtbot: QtBot) -> None:
        meter = LevelMeter()
        qtbot.addWidget(meter)
        meter.resize(600, meter.sizeHint().height())
        filled = []
        for peak in (0.01, 0.1, 0.9):
            meter.reset()
            meter.add(tone(3.0, 500, peak), 16000)
            pixels = picture(meter).astype(int)
            filled.append(int(np.count_nonzero(pixels[10, :, 2] - pixels[10, :, 0] > 50)))
        assert 0 < filled[0] < filled[1] < filled[2]


class TestSpectrogram:
    @settings(deadline=None, max_examples=20)
    @given(hertz=st.floats(300, 7500), sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=6))
    def test_a_tone_is_a_line_at_its_frequency(self, qapp: QApplication, hertz: float, sizes: list[int]) -> None:
        drawing = Spectrogram()
        drawing.reset(16000)
        sound = tone(1.0, hertz, peak=0.05)
        begin = turn = 0
        while begin < len(sound):
            size = sizes[turn % len(sizes)] or 1000
            drawing.add(sound[begin : begin + size])
            drawing.refresh(begin / 16000)
            begin += size
            turn += 1
        columns = drawing._image
        assert columns.added == (16000 - 512) // 320 + 1
        newest = columns.values()[-40:].astype(float)
        assert abs(float(np.argmax(newest.mean(axis=0))) * 16000 / 512 - hertz) <= 16000 / 512
        drawing.deleteLater()

    def test_it_is_painted(self, qtbot: QtBot) -> None:
        drawing = Spectrogram()
        qtbot.addWidget(drawing)
        drawing.resize(600, 240)
        before = picture(drawing)
        drawing.add(tone(2.0, 3000))
        drawing.refresh(2.0)
        assert np.count_nonzero((picture(drawing) != before).any(axis=2)) > 100

    def test_another_rate(self, qtbot: QtBot) -> None:
        drawing = Spectrogram()
        qtbot.addWidget(drawing)
        drawing.reset(8000)
        drawing.add(np.zeros(8000, np.float32))
        drawing.refresh(1.0)
        assert drawing._image.added == (8000 - 256) // 160 + 1


class TestTraces:
    def test_wake_phrases_and_what_is_likely_have_lanes(self, qtbot: QtBot, contract: Contract) -> None:
        drawing = ScoreTraces()
        qtbot.addWidget(drawing)
        drawing.reset(contract)
        assert list(drawing.lanes) == ["hey"]
        drawing.add(np.tile(np.array([0, 0.1, 0.6], np.float32), (10, 1)), [])
        drawing.refresh(0.2)
        assert list(drawing.lanes) == ["hey", "stop"]
        assert "hey, stop" in drawing.accessibleDescription()

    def test_a_lane_goes_when_it_is_out_of_sight(self, qtbot: QtBot, contract: Contract) -> None:
        drawing = ScoreTraces()
        qtbot.addWidget(drawing)
        drawing.reset(contract)
        drawing.add(np.tile(np.array([0, 0.6, 0], np.float32), (10, 1)), [event("stop", 0.2)])
        drawing.refresh(0.2)
        assert list(drawing.lanes) == ["hey", "go", "stop"]
        drawing.add(np.zeros((500, 3), np.float32), [])
        drawing.refresh(10.4)
        assert list(drawing.lanes) == ["hey"]

    def test_the_line_is_the_moving_average(self, qtbot: QtBot, contract: Contract) -> None:
        drawing = ScoreTraces()
        qtbot.addWidget(drawing)
        drawing.reset(contract)
        scores = np.zeros((500, 3), np.float32)
        scores[100, 0] = 1.0  # a single frame: half as high, once it is averaged over two
        drawing.add(scores, [])
        drawing.refresh(10.0)
        box = drawing._lines.path().boundingRect()
        assert box.height() == pytest.approx(0.86 / 2)
        assert drawing._lines.path().elementCount() < 20  # what stays level costs nothing

    def test_an_event_is_marked_where_it_was_reported(self, qtbot: QtBot, contract: Contract) -> None:
        drawing = ScoreTraces()
        qtbot.addWidget(drawing)
        drawing.reset(contract)
        drawing.add(np.zeros((100, 3), np.float32), [event("hey", 1.5)])
        drawing.refresh(2.0)
        x, y = drawing._marks.getData()
        assert x.tolist() == [-0.5]
        assert 5 < y[0] < 6  # the uppermost of the six lanes there is room for

    def test_phrases_have_lanes_before_all_that_was_not_told(self, qtbot: QtBot, contract: Contract) -> None:
        labels = tuple(f"phrase {number}" for number in range(8))
        settings = replace(
            contract.decoder,
            thresholds=dict.fromkeys(labels, 0.3),
            durations=dict.fromkeys(labels, 0.5),
            wake=(),
        )
        drawing = ScoreTraces()
        qtbot.addWidget(drawing)
        drawing.reset(contract, replace(contract, labels=labels, settings=settings))
        assert list(drawing.lanes) == list(labels)
        drawing.add(np.zeros((10, 3), np.float32), [event("go", 0.1)])
        drawing.add(np.zeros((5, 8), np.float32), [], [event("phrase 7", 0.1)], track=1)
        drawing.refresh(0.2)
        assert list(drawing.lanes) == ["go", *labels[:6], "phrase 7"]
        x, y = drawing._vetoes.getData()
        assert x.tolist() == [pytest.approx(-0.1)]
        assert 0 < y[0] < 1  # the lowest of eight
        assert len(drawing._marks.getData()[0]) == 1


class TestEventList:
    def test_the_newest_is_at_the_top(self, qtbot: QtBot) -> None:
        events = KeywordList()
        qtbot.addWidget(events)
        events.add(event("hey", 1.0))
        events.add(event("go", 62.0))
        rows = [[text(events, row, column) for column in range(1, 5)] for row in range(2)]
        assert rows == [["1:01.7", "go", "0.90", "80 ms"], ["0:00.7", "hey", "0.90", "80 ms"]]

    def test_it_does_not_grow_for_ever(self, qtbot: QtBot) -> None:
        events = KeywordList()
        qtbot.addWidget(events)
        for second in range(1010):
            events.add(event("hey", second))
        assert events.rowCount() == 1000
        assert text(events, 0, 2) == "hey"


class TestPrompt:
    def test_it_counts_the_command_window_down(self, qtbot: QtBot, contract: Contract) -> None:
        prompt = Prompt()
        qtbot.addWidget(prompt)
        prompt.reset(contract)
        assert prompt.text() == "Say “hey”; then, within 1 s, a command."
        prompt.add([event("hey", 2.0), event("go", 2.1)])
        prompt.refresh(2.4)
        assert prompt.text() == "Awake: say a command, 0.6 s left."
        prompt.refresh(3.0)
        assert prompt.text() == "Say “hey”; then, within 1 s, a command."


@pytest.mark.parametrize("dark", [False, True])
def test_drawings_follow_the_palette(qtbot: QtBot, contract: Contract, dark: bool) -> None:
    window_colour, base = (QColor("#2b2b2b"), QColor("#1e1e1e")) if dark else (QColor("#efefef"), QColor("#ffffff"))
    palette = QPalette(window_colour)
    palette.setColor(QPalette.ColorRole.Base, base)
    drawings: list[Any] = [LevelMeter(), Spectrogram(), ScoreTraces()]
    for drawing in drawings:
        qtbot.addWidget(drawing)
        drawing.setPalette(palette)
        drawing.resize(500, 200)
        border = picture(drawing)[150 if drawing is not drawings[0] else 0, 5, :3]
        assert bool(border.mean() < 128) is dark


def text(events: EventList, row: int, column: int) -> str:
    item = events.item(row, column)
    assert item is not None
    return item.text()
