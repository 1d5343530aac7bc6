"""Pictures of every page, light and dark, from the real models on the recordings in the box.

python -m legato.app.desktop.screenshots FOLDER
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PyQt6.QtCore import QEventLoop, QTimer

from legato.app import assets
from legato.app.actions.bindings import Binding, Keys, Mqtt, Notification, Program
from legato.app.desktop import choices, looping
from legato.app.desktop.source_page import SourcePage
from legato.app.desktop.teaching.taking import RATE
from legato.app.desktop.window import Window
from legato.app.devices.media import MediaFile

_PATIENCE = 60_000
"""Milliseconds until a page that does not come to its picture is given up"""
_EXAMPLES = (
    Binding("stop", Program(("playerctl", "pause")), confirmed=True),
    Binding("open the garage", Mqtt("homeassistant.local", "garage/door", "open"), 5.0),
    Binding("swipe_left", Keys("alt+left")),
    Binding("hey legato", Notification("")),
)


def main(folder: Path) -> None:
    """Write the pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = looping.application()
    application.setStyle("Fusion")
    with TemporaryDirectory(prefix="legato-") as place:
        for theme in ("light", "dark"):
            window = Window()
            window.set_theme(theme)
            window.show()
            for name, prepare in _PAGES.items():
                prepare(window, Path(place))
                path = folder / f"{name}-{theme}.png"
                window.grab().save(str(path))
                sys.stdout.write(f"{path}\n")
            window.close()


def _listen(window: Window, _place: Path) -> None:
    window.turn_to(window.listening)
    window.listening.phrases.add("good night")
    window.listening.play_demo()
    _until_second(window.listening, 5.5)


def _inside(window: Window, _place: Path) -> None:
    window.watching.stop()
    window.turn_to(window.inside)
    window.listening.play_demo()
    heard: list[float] = []
    window.listening.told.connect(lambda block: heard.append(block.position))
    _until(lambda: heard[-1:] > [6.0])
    window.inside.freeze(True)
    window.inside.step(-30)


def _watch(window: Window, _place: Path) -> None:
    window.turn_to(window.watching)
    window.watching.play_demo()
    _until(lambda: len(window.watching.events.listed) > 1)
    _spend(300)


def _inside_hands(window: Window, _place: Path) -> None:
    window.listening.stop()
    window.turn_to(window.inside)
    window.inside.freeze(False)
    seen: list[object] = []
    window.watching.glimpsed.connect(seen.append)
    window.watching.play_demo()
    _until(lambda: len(seen) > 170)
    window.inside.freeze(True)
    window.inside.step(-45)
    window.watching.stop()


def _transcribe(window: Window, place: Path) -> None:
    window.watching.stop()
    page = window.transcribing
    window.turn_to(page)
    for name in ("interview.flac", "lecture.flac"):
        shutil.copy(assets.DEMO, place / name)
    page.output.restore(None, ["txt", "srt"])
    page.add([str(place / name) for name in ("interview.flac", "lecture.flac")])
    _until(lambda: all(order.share == 1.0 for order in page.orders))
    _spend(400)


def _teach(window: Window, _place: Path) -> None:
    page = window.teaching
    window.turn_to(page)
    page.clear()
    with MediaFile(assets.DEMO, RATE) as file:
        sound = file.whole()[: 2 * RATE]
    for gain in (1.0, 0.8, 0.9):
        page.add(gain * sound)
    page._name.setText("lumos")  # noqa: SLF001 - as a user would type it
    page.teach()
    _until(lambda: page.told.text().endswith("Keep it?"))


def _train(window: Window, _place: Path) -> None:
    window.turn_to(window.training)
    window.training._phrase.setText("open the garage")  # noqa: SLF001 - as a user would type it
    _spend(200)


def _teach_gesture(window: Window, _place: Path) -> None:
    window.turn_to(window.gesture_teaching)
    _spend(200)


def _act(window: Window, _place: Path) -> None:
    page = window.acting
    window.turn_to(page)
    for binding in _EXAMPLES[len(page.bindings) :]:
        page.dispatcher.bindings = (*page.bindings, binding)
    page.switch(True)
    page.show_bindings()
    window.listening.start(choices.demo())
    _until(lambda: page.log.count() > 0)
    window.listening.stop()


def _models(window: Window, _place: Path) -> None:
    window.turn_to(window.models)
    window.models.table.selectRow(1)
    window.models.verify()
    _until(lambda: "holds" in window.models.notice.text())


_PAGES = {
    "listen": _listen,
    "watch": _watch,
    "inside": _inside,
    "inside-hands": _inside_hands,
    "transcribe": _transcribe,
    "teach": _teach,
    "train": _train,
    "teach-gesture": _teach_gesture,
    "actions": _act,
    "models": _models,
}


def _until(holds: Callable[[], bool]) -> None:
    """Let everything run until something holds, and then a little more."""
    loop, timer = QEventLoop(), QTimer()
    timer.setInterval(60)
    timer.timeout.connect(lambda: loop.quit() if holds() else None)
    timer.start()
    QTimer.singleShot(_PATIENCE, loop.quit)
    loop.exec()
    timer.stop()
    _spend(100)


def _until_second(page: SourcePage, second: float) -> None:
    """Let everything run until a page shows a second of its source."""
    shown: list[float] = []
    page.progressed.connect(shown.append)
    _until(lambda: shown[-1:] > [second])


def _spend(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
