"""The line at the bottom of a page: what is followed, on what it runs, and whether it keeps up."""

from PyQt6.QtWidgets import QLabel, QStatusBar

from legato.app.desktop.listener import Heard, Opened
from legato.app.desktop.seen import Seen
from legato.app.desktop.watcher import Started


class StatusLine(QStatusBar):
    """Five figures, each with a tip that says what it is."""

    def __init__(self, state: str, source: str, pace: str, losses: str) -> None:
        """Nothing runs yet. The arguments are tips."""
        super().__init__()
        self.setSizeGripEnabled(False)
        self._state = self._figure(state, stretch=1)
        self._source = self._figure(source)
        self._provider = self._figure("What the model really runs on")
        self._pace = self._figure(pace)
        self._losses = self._figure(losses)

    def show_state(self, text: str) -> None:
        """Whether it runs, in words."""
        self._state.setText(text)

    def texts(self) -> list[str]:
        """All that is shown, from the left."""
        return [label.text() for label in (self._state, self._source, self._provider, self._pace, self._losses)]

    def _show_source(self, source: str, provider: str) -> None:
        self._source.setText(source)
        self._provider.setText(f"Runs on the {'GPU (CUDA)' if provider == 'CUDA' else 'CPU'}")

    def _figure(self, tip: str, stretch: int = 0) -> QLabel:
        label = QLabel()
        label.setToolTip(tip)
        label.setContentsMargins(6, 0, 6, 0)
        self.addWidget(label, stretch)
        return label


class ListenStatus(StatusLine):
    """That of a page that listens."""

    def __init__(self) -> None:
        """Nothing is heard yet."""
        super().__init__(
            "Whether it listens",
            "The source, and its own sample rate",
            "Seconds of work a second of sound: the real-time factor",
            "Blocks of sound lost because they were not fetched in time",
        )

    def show_opened(self, opened: Opened) -> None:
        """What was opened."""
        self._show_source(f"{opened.source}, {opened.native_rate / 1000:g} kHz", opened.provider)

    def show_heard(self, heard: Heard) -> None:
        """How it goes."""
        self._pace.setText(f"Real-time factor {heard.load:.3f}")
        repaired = f", {heard.repaired} samples repaired" if heard.repaired else ""
        self._losses.setText(f"Overruns {heard.overruns}{repaired}")


class WatchStatus(StatusLine):
    """That of a page that watches."""

    def __init__(self) -> None:
        """Nothing is seen yet."""
        super().__init__(
            "Whether it watches",
            "The source",
            "Frames that are looked at a second",
            "Frames passed over because newer ones came",
        )

    def show_started(self, started: Started) -> None:
        """What was opened."""
        self._show_source(started.source, started.provider)

    def show_seen(self, seen: Seen) -> None:
        """How it goes."""
        self._pace.setText(f"{seen.rate:.0f} frames a second")
        self._losses.setText(f"Dropped {seen.dropped}")
