"""Starts the window, or says in one line why there can be none."""

import os
import sys
from pathlib import Path

from legato.app.engine.errors import DeviceError

_QT_PACKAGES = "libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3 libxcb-cursor0 libfontconfig1"


def open_window(*, smoke: bool = False, screenshot: Path | None = None, model: Path | None = None) -> int:
    """Open the window and run it to its end; returns the exit status.

    `smoke` plays a second of the demo and ends; `screenshot` plays six seconds, saves a picture of the window and ends.
    DeviceError where there is no display or Qt cannot be loaded.
    """
    rehearsal = smoke or screenshot is not None
    _find_display(needed=not rehearsal)
    try:
        from legato.app.desktop import running
    except ImportError as error:
        raise DeviceError(
            f"the window needs Qt, which cannot be loaded ({error}): install its libraries (Debian, Ubuntu: "
            f"apt install {_QT_PACKAGES}), or use legato listen"
        ) from error
    if rehearsal:
        return running.rehearse(screenshot, model)
    return running.run(model)


def _find_display(*, needed: bool) -> None:
    """Without a display, draw into memory where that will do; DeviceError where it won't."""
    chosen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if chosen or not sys.platform.startswith("linux"):
        return
    if needed:
        raise DeviceError("there is no display to open a window on: use legato listen")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
