"""The line at the bottom: what is listened to, on what it runs, and whether it keeps up."""

from PyQt6.QtWidgets import QLabel, QStatusBar, QWidget

from legato.app.desktop.worker import Heard, Opened


class StatusLine(QStatusBar):
    """Five figures, each with a tip that says what it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing runs yet."""
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._state = self._figure("Whether it listens", stretch=1)
        self._source = self._figure("The source, and its own sample rate")
        self._provider = self._figure("What the model really runs on")
        self._load = self._figure("Seconds of work a second of sound: the real-time factor")
        self._losses = self._figure("Blocks of sound lost because they were not fetched in time")
        self.show_state("Not listening")

    def show_state(self, text: str) -> None:
        """Whether it listens, in words."""
        self._state.setText(text)

    def show_opened(self, opened: Opened) -> None:
        """What was opened."""
        self._source.setText(f"{opened.source}, {opened.native_rate / 1000:g} kHz")
        self._provider.setText(f"Runs on the {'GPU (CUDA)' if opened.provider == 'CUDA' else 'CPU'}")

    def show_heard(self, heard: Heard) -> None:
        """How it goes."""
        self._load.setText(f"Real-time factor {heard.load:.3f}")
        repaired = f", {heard.repaired} samples repaired" if heard.repaired else ""
        self._losses.setText(f"Overruns {heard.overruns}{repaired}")

    def texts(self) -> list[str]:
        """All that is shown, from the left."""
        return [label.text() for label in (self._state, self._source, self._provider, self._load, self._losses)]

    def _figure(self, tip: str, stretch: int = 0) -> QLabel:
        label = QLabel()
        label.setToolTip(tip)
        label.setContentsMargins(6, 0, 6, 0)
        self.addWidget(label, stretch)
        return label
