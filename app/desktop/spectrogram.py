"""The sound as a picture: frequency upwards, time to the right, loudness as brightness."""

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QRectF
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QWidget

from legato.app.desktop.plots import SECONDS, dress, time_plot
from legato.app.desktop.time_image import TimeImage, colour_table

_COLUMNS_A_SECOND = 50
_QUIETEST, _LOUDEST = -95.0, -20.0  # dBFS of a sine, black and brightest


class Spectrogram(QWidget):
    """Short-time spectra of the last seconds. For the eye only: the model has its own front end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing heard yet, at 16 kHz."""
        super().__init__(parent)
        self.setAccessibleName("Spectrogram")
        self.setAccessibleDescription("Frequency in kilohertz over the last ten seconds; louder is brighter")
        self._plot = time_plot(self)
        self._plot.setLabel("left", "Frequency (kHz)")
        self._plot.getAxis("bottom").setStyle(showValues=False)
        self._image, self._colours = TimeImage(), colour_table("inferno")
        self._plot.getViewBox().setBackgroundColor(QColor(self._colours[0]))
        self._plot.addItem(self._image)
        dress(self._plot, self.palette())
        self.reset(16000)

    def reset(self, rate: int) -> None:
        """Forget everything; what comes has `rate` hertz."""
        self._rate = rate
        self._hop = rate // _COLUMNS_A_SECOND
        self._window = np.hanning(2 ** int(np.ceil(np.log2(1.5 * self._hop)))).astype(np.float32)
        self._rest: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
        self._image.reset(round(SECONDS * _COLUMNS_A_SECOND), len(self._window) // 2 + 1, self._colours)
        self._plot.setYRange(0, rate / 2000, padding=0.03)  # else the outer figures are cut off
        self.refresh(0.0)

    def add(self, samples: NDArray[np.float32]) -> None:
        """Take in the next samples (S,); nothing is computed or painted yet."""
        self._rest.append(samples)

    def refresh(self, position: float) -> None:
        """Show what was taken in; now is at `position` seconds."""
        samples = np.concatenate(self._rest)
        frames = np.lib.stride_tricks.sliding_window_view(_at_least(samples, len(self._window)), len(self._window))
        frames = frames[:: self._hop] if len(samples) >= len(self._window) else frames[:0]
        self._rest = [samples[len(frames) * self._hop :]]
        if len(frames):
            self._image.add(_brightness(frames, self._window))
        right = ((self._image.added - 0.5) * self._hop + len(self._window) / 2) / self._rate
        self._image.show(QRectF(right - position - SECONDS, 0.0, SECONDS, self._rate / 2000))

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 — Qt's name
        """Follow the system from light to dark and back."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            dress(self._plot, self.palette())
        super().changeEvent(event)


def _at_least(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    return samples if len(samples) >= length else np.zeros(length, np.float32)


def _brightness(frames: NDArray[np.float32], window: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Spectra (n, bins) of `frames` (n, W), from black at 0 to the brightest at 255."""
    amplitude = np.abs(np.fft.rfft(frames * window)) * (2 / window.sum())
    level = 20 * np.log10(amplitude + 1e-9)
    share = (level - _QUIETEST) / (_LOUDEST - _QUIETEST)
    return np.asarray(np.clip(share * 255, 0, 255), np.uint8)
