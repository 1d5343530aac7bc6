"""How the window does on this machine; draws into memory where there is no screen, or run it under xvfb-run.

    python training/recipes/measure_window.py start           seconds from the start to a picture, to listening
    python training/recipes/measure_window.py run [MINUTES [SITUATION…]]    pauses and paintings, processor
    python training/recipes/measure_window.py open [TIMES]    opened and closed again and again: threads and memory
    python training/recipes/measure_window.py hours [HOURS]   of listening, as fast as it goes, to failing devices

`run` plays the recording and the video in the box over and over, without a break, as a microphone and a camera would go
on. Its situations are `listen`, `inside` (the gates of what listens), `both` (listening and watching side by side) and
`gates` (the same two, with the gates in sight); all of them where none is named.
"""

import gc
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import av

from legato.app import assets

os.environ.setdefault("OMP_NUM_THREADS", "1")
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

RUNS = 5
_LONG = 0.05
"""Seconds that the thread must not be held up for"""
_TICK = 5
"""Milliseconds between two looks at whether the thread is held up"""
_STARTS = "import sys; from legato.training.recipes.measure_window import started; started(float(sys.argv[1]))"


def main(task: str, count: float, *situations: str) -> None:
    """Print the figures of a task."""
    if task == "run":
        run(count, situations)
    else:
        {"start": start, "open": open_and_close, "hours": hours}[task](count)


def start(_count: float) -> None:
    """Medians over some starts of the program."""
    found = []
    for _ in range(RUNS):
        told = subprocess.run(
            [sys.executable, "-c", _STARTS, repr(time.time())], check=True, capture_output=True, text=True
        ).stdout
        found.append(tuple(map(float, told.split())))
    pictures, listenings = zip(*found, strict=True)
    print(f"from the program's start: first picture {median(pictures):.2f} s, listening {median(listenings):.2f} s")


def started(began: float) -> None:
    """Open the window as a user does, with the recording in the box; print seconds since `began` and end."""
    from PyQt6.QtCore import QTimer

    from legato.app.desktop import looping
    from legato.app.desktop.window import Window

    application = looping.application()
    window = Window()
    window.show()
    window.repaint()
    application.processEvents()  # a measurement may do what the program must not
    picture = time.time() - began
    window.listening.opened.connect(lambda _: (print(picture, time.time() - began), window.close()))
    QTimer.singleShot(0, window.listening.play_demo)
    application.exec()


class Lateness:
    """How much later than the sound that brought it an event is listed, beyond what the quickest block takes."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self._first, self._position = float("inf"), 0.0

    def hear(self, block: Any) -> None:
        """A block of sound has come."""
        if block.position < self._position:
            self._first = float("inf")  # the recording begins anew
        self._position = block.position
        self._first = min(self._first, time.perf_counter() - block.position)

    def report(self, event: Any) -> None:
        """An event has been put into the list."""
        self.found.append(time.perf_counter() - self._first - event.emitted)


class Pauses:
    """The longest time in which a thread's loop did not turn."""

    def __init__(self) -> None:
        from PyQt6.QtCore import QTimer

        self.forget()
        self._timer = QTimer()
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def forget(self) -> None:
        """Begin anew."""
        self.longest, self.over, self._last = 0.0, 0, time.perf_counter()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self.over += now - self._last > _LONG
        self._last = now


def run(minutes: float, situations: Sequence[str] = ()) -> None:
    """Each situation for so many minutes."""
    from legato.app.desktop import looping
    from legato.app.desktop.choices import film, recording
    from legato.app.desktop.window import Window

    application = looping.application()  # held: it ends where nobody does
    with TemporaryDirectory(prefix="legato-") as folder:
        seconds = 60 * minutes + 30
        sound = recording(over_and_over(assets.DEMO, Path(folder) / "sound.mkv", seconds))
        pictures = film(over_and_over(assets.GESTURE_DEMO, Path(folder) / "pictures.mkv", seconds))
        for situation in situations or ("listen", "inside", "both", "gates"):
            window, late = Window(), Lateness()
            window.show()
            window.listening.told.connect(late.hear)
            window.listening.reported.connect(late.report)
            window.listening.start(sound)
            if situation in {"both", "gates"}:
                window.put_together(True)
                window.watching.start(pictures)
            page = window.listening if situation in {"listen", "both"} else window.inside
            window.turn_to(page)
            print(f"{situation}: {watched(page.spectrogram, minutes)}")
            found = sorted(late.found)
            middle, most = 1000 * median(found), 1000 * found[-1]
            print(f"  an event is listed {middle:.0f} ms after it was told, {most:.0f} ms at most", flush=True)
            if page is window.inside:
                print(f"  {page.check.text()}")
            window.close()
            application.processEvents()


def watched(spectrogram: Any, minutes: float) -> str:
    """How the thread that paints did for so many minutes, in words."""
    from legato.app.desktop import looping

    pauses, paints = Pauses(), Counted(spectrogram.refresh)
    spectrogram.refresh = paints
    spend(3)  # what comes once, when a page is first in sight
    looping.settle()  # as the window does some seconds after it opened
    pauses.forget()
    paints.count, wall, all_, mine = 0, time.perf_counter(), time.process_time(), time.thread_time()
    spend(60 * minutes)
    wall = time.perf_counter() - wall
    shares = (time.process_time() - all_) / wall, (time.thread_time() - mine) / wall
    return (
        f"{wall:.0f} s: longest pause {1000 * pauses.longest:.0f} ms, {pauses.over} over 50 ms, "
        f"{paints.count / wall:.0f} paintings a second, "
        f"{shares[0]:.0%} of a core, {shares[1]:.0%} of it by the thread that paints"
    )


def over_and_over(path: Path, to: Path, seconds: float) -> Path:
    """A file's first stream again and again, so that it lasts so long; not encoded anew."""
    with av.open(str(to), "w") as container:
        stream, begin = None, 0.0
        while begin < seconds:
            end = 0.0
            with av.open(str(path)) as source:
                given = source.streams[0]
                stream = stream or container.add_stream_from_template(given)
                for packet in source.demux(given):
                    if packet.pts is None or packet.dts is None or packet.duration is None:
                        continue
                    base = packet.time_base
                    end = max(end, float((packet.pts + packet.duration) * base))
                    packet.pts, packet.dts = (place + round(begin / base) for place in (packet.pts, packet.dts))
                    packet.stream = stream
                    container.mux(packet)
            begin += end
    return to


def spend(seconds: float) -> None:
    """Let everything run for so long."""
    from PyQt6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[[float], None]) -> None:
        self.count, self._function = 0, function

    def __call__(self, position: float) -> None:
        """One more."""
        self.count += 1
        self._function(position)


def open_and_close(times: float) -> None:
    """The window with the demo, so many times."""
    from PyQt6.QtCore import QEventLoop

    from legato.app.desktop import looping
    from legato.app.desktop.window import Window

    application = looping.application()
    threads, memory = [], []
    for _ in range(round(times)):
        window, loop = Window(), QEventLoop()
        window.show()
        window.listening.progressed.connect(lambda position, loop=loop: loop.quit() if position > 0.3 else None)
        window.listening.play_demo()
        loop.exec()
        window.close()
        window.deleteLater()
        application.sendPostedEvents(None, 0)
        application.processEvents()
        del window
        gc.collect()
        threads.append(threading.active_count())
        memory.append(_resident())
    half = len(memory) // 2
    print(
        f"opened and closed {len(memory)} times: threads {threads[0]} at first and {threads[-1]} in the end, memory "
        f"{memory[0]:.0f} MB, {memory[half]:.0f} MB after half of them, {memory[-1]:.0f} MB in the end"
    )


def hours(count: float) -> None:
    """The Listen page with such a microphone, started again whenever it fails."""
    from PyQt6.QtCore import QEventLoop, QTimer

    from legato.app.desktop import looping
    from legato.app.desktop.window import Window
    from legato.training.recipes.flaky import Flaky

    application = looping.application()
    window, told, memory, shown = Window(), Counter[str](), list[float](), [0]
    device, loop = Flaky(random.Random(0), told, 3600 * count), QEventLoop()
    page = window.listening
    window.show()

    def heard(block: Any) -> None:
        if block.overruns:
            shown[-1] = max(shown[-1], block.overruns)
        if told["tenths"] * 10 // max(1, round(36_000 * count)) >= len(memory):
            memory.append(_resident())

    def again() -> None:
        if told["tenths"] >= 10 * device.seconds:
            loop.quit()
            return
        shown.append(0)
        page.start(device)

    page.told.connect(heard)
    page.ended.connect(lambda: QTimer.singleShot(0, again))
    page.start(device)
    began = time.perf_counter()
    loop.exec()
    wall = time.perf_counter() - began
    window.close()
    application.processEvents()
    early = memory[min(1, len(memory) - 1)]
    print(f"{told['tenths'] / 36_000:.1f} hours of sound in {wall / 60:.1f} minutes: ", end="")
    print(f"{told['failed to open']} times it did not open, {told['went away']} times it went away, ", end="")
    print(f"{told['lost']} losses of which {sum(shown)} were shown, {page.events.rowCount()} events in sight; ", end="")
    growth = memory[-1] / early - 1
    print(f"memory {early:.0f} MB after a tenth, {memory[-1]:.0f} MB in the end ({growth:+.1%})")


def _resident() -> float:
    """Megabytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main(
        sys.argv[1],
        float(sys.argv[2]) if len(sys.argv) > 2 else {"run": 1.0, "open": 50, "hours": 8}.get(sys.argv[1], 0),
        *sys.argv[3:],
    )
