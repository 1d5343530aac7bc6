"""The page that teaches a word: takes from a microphone or from files, what is wrong with them, and what is kept."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop.teaching import taking
from legato.app.desktop.teaching.page import TeachPage
from legato.app.desktop.window import Window
from legato.app.devices.media import MediaFile
from legato.app.devices.recorder import write_flac
from legato.app.phrases import learned

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
WEBCAM = {"name": "Webcam", "max_input_channels": 1, "default_samplerate": 16000.0, "hostapi": 0}
RATE = 16_000


@pytest.fixture
def page(window: Window, sound_devices: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TeachPage:
    monkeypatch.setattr(learned, "FOLDER", tmp_path / "keywords")
    monkeypatch.setattr(taking, "COUNTDOWN", (1,))
    sound_devices.devices.append(WEBCAM)
    window.turn_to(window.teaching)
    return window.teaching


@pytest.fixture
def said() -> Any:
    with MediaFile(assets.DEMO, RATE) as file:
        return file.whole()[: 2 * RATE]


def is_enabled(page: TeachPage, name: str) -> bool:
    (button,) = [one for one in page.findChildren(QPushButton) if one.accessibleName() == name]
    return button.isEnabled()


def say(sound_devices: SimpleNamespace, page: TeachPage, sound: Any, qtbot: QtBot, press: Any) -> None:
    """Record a take: a second of quiet while it counts, then the sound."""
    before = len(sound_devices.InputStream.opened)
    press(page, "Record a take")
    qtbot.waitUntil(lambda: len(sound_devices.InputStream.opened) > before)
    stream = sound_devices.InputStream.opened[-1]
    for part in (np.zeros(RATE, np.float32), sound):
        for begin in range(0, len(part), 8000):
            block = part[begin : begin + 8000, None]
            stream.callback(block, len(block), None, False)
            qtbot.wait(40)  # what is not fetched in time would be lost
    qtbot.waitUntil(lambda: is_enabled(page, "Record a take"), timeout=15_000)


def test_a_word_is_taught_and_then_listened_for(
    window: Window, page: TeachPage, sound_devices: SimpleNamespace, said: Any, qtbot: QtBot, *, press: Any
) -> None:
    for gain in (1.0, 0.8, 0.9):
        say(sound_devices, page, gain * said, qtbot, press)
    assert page.told.text() == "Good. That is enough, and more is better."
    assert page.list.count() == 3
    press(page, "Learn it")
    assert page.told.text() == "Name the word first."
    page._name.setText("  lumos ")
    press(page, "Learn it")
    qtbot.waitUntil(lambda: is_enabled(page, "Keep it"), timeout=30_000)
    assert page.told.text().startswith("Each take was tried with what the others teach: found in 3 of 3.")
    press(page, "Keep it")
    assert learned.find("lumos") is not None
    assert window.listening.phrases.phrases == ("lumos",)
    assert page.takes == {}
    assert page.told.text() == "“lumos” is kept, and listened for on the Listen page."


def test_takes_that_are_no_good_do_not_count(
    page: TeachPage, sound_devices: SimpleNamespace, said: Any, qtbot: QtBot, *, press: Any
) -> None:
    say(sound_devices, page, np.zeros(2 * RATE, np.float32), qtbot, press)
    assert page.told.text() == "That take is silent. Once more?"
    say(sound_devices, page, np.clip(50 * said, -1, 1), qtbot, press)
    assert page.told.text() == "That take is clipped, speak less loudly or further away. Once more?"
    assert page.list.count() == 0
    assert not is_enabled(page, "Learn it")


def test_files_are_taken_and_one_that_is_another_word_is_named(
    page: TeachPage, tmp_path: Path, qtbot: QtBot, *, press: Any
) -> None:
    with MediaFile(assets.DEMO, RATE) as file:
        sound = file.whole()
    paths = []
    for number, begin in enumerate((0, 0, 6 * RATE)):
        paths.append(str(tmp_path / f"{number}.flac"))
        write_flac(Path(paths[-1]), (1 - 0.1 * number) * sound[begin : begin + 2 * RATE], RATE)
    page.add_files([*paths, str(tmp_path / "none.flac")])
    assert page.notice.text().startswith("No such file")
    page._name.setText("lumos")
    press(page, "Learn it")
    qtbot.waitUntil(lambda: "sounds unlike the other recordings" in page.told.text(), timeout=30_000)
    assert not is_enabled(page, "Keep it")
    page.list.setCurrentRow(2)
    press(page, "Remove the take")
    press(page, "Learn it")
    qtbot.waitUntil(lambda: is_enabled(page, "Keep it"), timeout=30_000)
    assert page.told.text() == "Keep it?"
    press(page, "Discard")
    assert not learned.path_of("lumos").exists()
    assert page.takes == {}


def test_another_take_or_name_makes_a_lesson_old(page: TeachPage, said: Any, qtbot: QtBot, press: Any) -> None:
    page.add(said)
    page.add(0.9 * said)
    page._name.setText("lumos")
    press(page, "Learn it")
    qtbot.waitUntil(lambda: is_enabled(page, "Keep it"), timeout=30_000)
    page._name.setText("nox")
    assert not is_enabled(page, "Keep it")


def test_a_busy_microphone_is_told(page: TeachPage, sound_devices: SimpleNamespace, qtbot: QtBot, press: Any) -> None:
    sound_devices.InputStream.busy = True
    press(page, "Record a take")
    qtbot.waitUntil(lambda: "is busy" in page.told.text(), timeout=15_000)
    qtbot.waitUntil(lambda: is_enabled(page, "Record a take"))


def test_turning_away_stops_the_microphone(
    window: Window, page: TeachPage, sound_devices: SimpleNamespace, qtbot: QtBot, *, press: Any
) -> None:
    press(page, "Record a take")
    qtbot.waitUntil(lambda: bool(sound_devices.InputStream.opened))
    window.turn_to(window.acting)
    qtbot.waitUntil(lambda: not sound_devices.InputStream.opened[0].active)
    assert page.takes == {}


def test_a_take_is_played_from_a_file_that_does_not_stay(page: TeachPage, said: Any, qtbot: QtBot, press: Any) -> None:
    page.add(said)
    press(page, "Play the take")
    qtbot.waitUntil(lambda: "no loudspeaker" in page.notice.text().lower(), timeout=15_000)
    sounds = page.list.player.folder
    assert sounds is not None
    assert (Path(sounds.name) / "sound.flac").exists()
    page.shut()
    assert not Path(sounds.name).exists()
