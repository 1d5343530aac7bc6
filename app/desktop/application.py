"""Starts a window, or says in one line why there can be none."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from legato.app.engine.errors import DeviceError
from legato.app.engine.events import GestureEvent
from legato.app.vision.gestures import GestureSpotter
from legato.app.vision.sight import SightSource

_QT_PACKAGES = "libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3 libxcb-cursor0 libfontconfig1"

Preview = Callable[[GestureSpotter, SightSource, Callable[[GestureEvent], None]], None]
"""What `preview.show` is"""


def open_window(*, smoke: bool = False, screenshot: Path | None = None, model: Path | None = None) -> int:
    """Open the window and run it to its end; returns the exit status.

    `smoke` plays a second of each demo and ends; `screenshot` plays six seconds, saves a picture of the window and
    ends.
    DeviceError where there is no display or Qt cannot be loaded.
    """
    rehearsal = smoke or screenshot is not None
    instead = "use legato listen"
    _find_display(instead, needed=not rehearsal)
    with _explained(instead):
        from legato.app.desktop import running
    if rehearsal:
        return running.rehearse(screenshot, model)
    return running.run(model)


def load_preview() -> Preview:
    """What shows a source in a window while it is watched. DeviceError where there can be no window."""
    instead = "leave --preview out"
    _find_display(instead, needed=True)
    with _explained(instead):
        from legato.app.desktop.preview import show
    return show


@contextmanager
def _explained(instead: str) -> Iterator[None]:
    """DeviceError where what is imported inside cannot be."""
    try:
        yield
    except ImportError as error:
        raise DeviceError(
            f"the window needs Qt, which cannot be loaded ({error}): install its libraries (Debian, Ubuntu: "
            f"apt install {_QT_PACKAGES}), or {instead}"
        ) from error


def _find_display(instead: str, *, needed: bool) -> None:
    """Without a display, draw into memory where that will do; DeviceError where it won't."""
    chosen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if chosen or not sys.platform.startswith("linux"):
        return
    if needed:
        raise DeviceError(f"there is no display to open a window on: {instead}")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
