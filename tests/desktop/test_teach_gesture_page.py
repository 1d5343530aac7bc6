"""The page that teaches a gesture: commands in processes of their own, here stand-ins that say what those say."""

import sys
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from legato.app import assets
from legato.app.desktop.teaching import errand, gesture_page
from legato.app.desktop.teaching.errand import Errand
from legato.app.desktop.teaching.gesture_page import TeachGesturePage
from legato.app.desktop.window import Window

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

STAND_IN = """
import sys, time
from pathlib import Path
command, arguments = sys.argv[1], sys.argv[2:]
value = lambda name: arguments[arguments.index(name) + 1]
if command == "record" and "--source" in arguments and "--count" not in arguments:
    source = Path(value("--source"))
    if not source.exists():
        print(f"legato: {source} cannot be read: No such file", file=sys.stderr)
        sys.exit(1)
    folder = Path(value("--output"))
    folder.mkdir(exist_ok=True)
    path = folder / f"snap-{len(list(folder.iterdir())) + 1}.npz"
    path.write_text(f"hands in {source.name}")
    print(path, flush=True)
elif command == "record":
    Path(value("--output")).mkdir(exist_ok=True)
    for number in range(1, int(value("--count")) + 1):
        print(f"{number} of {value('--count')} in 1", file=sys.stderr, flush=True)
        path = Path(value("--output"), f"snap-{number}.npz")
        path.write_text(" ".join(arguments))
        print(path, flush=True)
elif "broken" in arguments:
    print("legato: broken: no hand is seen in it", file=sys.stderr)
    sys.exit(1)
elif "slow" in arguments:
    print("learning", file=sys.stderr, flush=True)
    time.sleep(60)
else:
    print("snap: learned in 1 s, found in 3 of its 3 recordings", file=sys.stderr)
    Path(value("--output")).write_text("a model")
    print("on 40 gestures that it knows, mistakes before: 2, and now: 2", file=sys.stderr)
"""


@pytest.fixture
def page(window: Window, show_cameras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TeachGesturePage:
    monkeypatch.setattr(errand, "program", lambda: [sys.executable, "-c", STAND_IN])
    monkeypatch.setattr(gesture_page, "RECORDINGS", tmp_path / "gestures")
    monkeypatch.setattr(assets, "OWN_GESTURES", tmp_path / "models" / "gestures.onnx")
    show_cameras({0: "Webcam"})
    window.turn_to(window.gesture_teaching)
    return window.gesture_teaching


def is_enabled(page: TeachGesturePage, name: str) -> bool:
    return next(one for one in page.findChildren(QPushButton) if one.accessibleName() == name).isEnabled()


def add_three(page: TeachGesturePage, name: str, folder: Path, qtbot: QtBot) -> None:
    (folder / "a.mp4").write_text("pictures")
    page._name.setText(name)
    page.add_files([str(folder / "a.mp4")] * 3)
    qtbot.waitUntil(lambda: len(page.takes) == 3, timeout=15_000)


def test_of_a_video_only_the_hands_are_kept(page: TeachGesturePage, tmp_path: Path, qtbot: QtBot, press: Any) -> None:
    page.add_files([str(tmp_path / "a.mp4")])
    assert page.told.text().startswith("Name the gesture")
    add_three(page, "snap", tmp_path, qtbot)
    press(page, "Learn it")
    qtbot.waitUntil(lambda: is_enabled(page, "Keep it"), timeout=15_000)
    earlier = tmp_path / "gestures" / "snap"
    earlier.mkdir(parents=True)
    (earlier / "old.npz").write_text("of another time")
    press(page, "Keep it")
    assert sorted(path.name for path in earlier.iterdir()) == ["snap-1.npz", "snap-2.npz", "snap-3.npz"]
    assert {path.read_text() for path in earlier.iterdir()} == {"hands in a.mp4"}


def test_recordings_of_an_earlier_time_stay_where_new_ones_cannot_be_kept(
    page: TeachGesturePage, tmp_path: Path, qtbot: QtBot, press: Any
) -> None:
    earlier = tmp_path / "gestures" / "snap"
    earlier.mkdir(parents=True)
    (earlier / "old.npz").write_text("of another time")
    add_three(page, "snap", tmp_path, qtbot)
    press(page, "Learn it")
    qtbot.waitUntil(lambda: is_enabled(page, "Keep it"), timeout=15_000)
    page.takes[1].unlink()
    press(page, "Keep it")
    assert "cannot be kept" in page.notice.text()
    assert [path.name for path in earlier.iterdir()] == ["old.npz"]
    assert not assets.OWN_GESTURES.exists()


def test_takes_are_recorded_learned_and_kept(page: TeachGesturePage, tmp_path: Path, qtbot: QtBot, press: Any) -> None:
    press(page, "Record takes")
    assert page.told.text().startswith("Name the gesture")
    page._name.setText("snap")
    press(page, "Record takes")
    qtbot.waitUntil(lambda: page.told.text() == "5 takes. Learn it now, or record more.", timeout=15_000)
    assert "gesture snap" in page.takes[0].read_text()
    assert page.takes[0].read_text().endswith("--count 5 --source /dev/video0")
    assert page.log.count() == 5
    press(page, "Learn it")
    qtbot.waitUntil(lambda: page.told.text().endswith("Keep it?"), timeout=15_000)
    assert "found in 3 of its 3 recordings" in page.told.text()
    assert "mistakes before: 2, and now: 2" in page.told.text()
    with qtbot.waitSignal(page.taught):
        press(page, "Keep it")
    assert assets.OWN_GESTURES.read_text() == "a model"
    assert len(list((tmp_path / "gestures" / "snap").iterdir())) == 5
    assert page.takes == []


def test_what_cannot_be_learned_is_told(page: TeachGesturePage, tmp_path: Path, qtbot: QtBot, press: Any) -> None:
    paths = []
    for name in "abc":
        paths.append(str(tmp_path / f"{name}.npz"))
        Path(paths[-1]).write_text(name)
    page._name.setText("broken")
    page.add_files([paths[0], str(tmp_path / "none.npz"), *paths[1:]])
    qtbot.waitUntil(lambda: len(page.takes) == 3, timeout=15_000)
    assert page.log.findItems("cannot be read: No such file", Qt.MatchFlag.MatchContains)
    press(page, "Learn it")
    qtbot.waitUntil(lambda: page.told.text() == "Broken: no hand is seen in it", timeout=15_000)
    assert not is_enabled(page, "Keep it")
    assert not assets.OWN_GESTURES.exists()


def test_another_name_makes_a_lesson_old(page: TeachGesturePage, tmp_path: Path, qtbot: QtBot, press: Any) -> None:
    add_three(page, "snap", tmp_path, qtbot)
    press(page, "Learn it")
    qtbot.waitUntil(lambda: is_enabled(page, "Keep it"), timeout=15_000)
    page._name.setText("snip")
    assert not is_enabled(page, "Keep it")
    press(page, "Discard")
    assert page.takes == []


def test_learning_goes_on_behind_other_pages_and_ends_with_the_window(
    window: Window, page: TeachGesturePage, tmp_path: Path, qtbot: QtBot, press: Any
) -> None:
    add_three(page, "slow", tmp_path, qtbot)
    press(page, "Learn it")
    qtbot.waitUntil(lambda: page.told.text() == "Learning", timeout=15_000)
    window.turn_to(window.acting)
    assert page._errand is not None
    window.close()
    assert page._errand is None


def test_a_program_that_is_not_there(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errand, "program", lambda: ["/none/legato"])
    one, said = Errand(["learn"]), list[str]()
    one.said.connect(said.append)
    with qtbot.waitSignal(one.ended) as ended:
        one.start()
    assert ended.args == [1, []]
    assert said == ["/none/legato cannot be run"]
