"""A microphone that fails at random, for measure_window.py."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Flaky:
    """A microphone that fails at random: when it is opened, while it gives sound, or by losing some of it."""

    chance: random.Random
    told: Counter[str]
    """What has happened"""
    seconds: float
    """Of sound until there is enough"""
    title: str = "A microphone that fails"

    def open(self, rate: int) -> "FlakySource":
        """Its sound at `rate` hertz; DeviceError now and then."""
        from legato.app.engine.errors import DeviceError

        if self.chance.random() < 0.2:
            self.told["failed to open"] += 1
            raise DeviceError("the microphone is busy")
        return FlakySource(self, rate)


class FlakySource:
    """What such a microphone gives: the recording in the box, over and over."""

    live, name, native_rate = True, "flaky", 16_000

    def __init__(self, device: Flaky, rate: int) -> None:
        import numpy as np

        from legato.app import assets
        from legato.app.devices.media import MediaFile

        self._device, self.rate, self.overruns, self._closed = device, rate, 0, False
        with MediaFile(assets.DEMO, rate) as file:
            self._sound = np.resize(file.whole(), 60 * rate)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._closed = True

    def blocks(self) -> Iterator[Any]:
        """A tenth of a second each; DeviceError every hour or so, and something lost every few minutes."""
        from legato.app.engine.errors import DeviceError

        told, chance, size = self._device.told, self._device.chance, self.rate // 10
        while not self._closed and told["tenths"] < 10 * self._device.seconds:
            begin = told["tenths"] * size % len(self._sound)
            told["tenths"] += 1
            if chance.random() < 1 / 3000:
                self.overruns += 1
                told["lost"] += 1
                continue
            if chance.random() < 1 / 20_000:
                told["went away"] += 1
                raise DeviceError("the microphone went away")
            yield self._sound[begin : begin + size]
