"""Recordings that are played, on a loudspeaker that remembers what it was given."""

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from legato.app import assets
from legato.app.devices.media import MediaFile
from legato.app.devices.playback import Playback
from legato.app.engine.errors import DeviceError, SourceError

RATE = 16_000


class PortAudioError(Exception):
    """As sounddevice has it."""


class Loudspeaker:
    """A stream out."""

    def __init__(self, **options: Any) -> None:
        self.options, self.given, self.calls = options, list[NDArray[np.float32]](), list[str]()
        self.breaks = False

    def write(self, samples: NDArray[np.float32]) -> None:
        if self.breaks:
            raise PortAudioError("Unanticipated host error")
        self.given.append(samples[:, 0].copy())

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def abort(self) -> None:
        self.calls.append("abort")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Loudspeaker]:
    """The streams that were opened."""
    streams: list[Loudspeaker] = []

    def open_stream(**options: Any) -> Loudspeaker:
        streams.append(Loudspeaker(**options))
        return streams[-1]

    def query_devices(kind: str) -> dict[str, float]:
        assert kind == "output"
        return {"default_samplerate": float(RATE)}

    module = SimpleNamespace(PortAudioError=PortAudioError, OutputStream=open_stream, query_devices=query_devices)
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return streams


def whole() -> NDArray[np.float32]:
    with MediaFile(assets.DEMO, RATE) as file:
        return file.whole()


def test_all_of_it_is_played(opened: list[Loudspeaker]) -> None:
    positions = list(Playback(assets.DEMO).positions())
    (stream,) = opened
    sound = np.concatenate(stream.given)
    np.testing.assert_array_equal(sound, whole())
    assert positions[-1] == pytest.approx(len(sound) / RATE)
    assert np.diff(positions).max() <= 0.0501
    assert stream.calls == ["start", "stop", "close"]


def test_it_begins_where_it_is_wanted(opened: list[Loudspeaker]) -> None:
    playback = Playback(assets.DEMO, 3.0)
    positions = list(playback.positions())
    sound, expected = np.concatenate(opened[0].given), whole()
    assert len(expected) - 3 * RATE <= len(sound) <= len(expected) - 2.6 * RATE  # from the frame that holds it
    np.testing.assert_allclose(sound[-RATE:], expected[-RATE:], atol=1e-3)
    assert positions[0] > 3.0


def test_it_ends_when_it_is_closed(opened: list[Loudspeaker]) -> None:
    playback = Playback(assets.DEMO)
    for position in playback.positions():
        if position > 0.5:
            playback.close()
    assert 0.5 <= sum(map(len, opened[0].given)) / RATE < 0.6
    assert opened[0].calls == ["start", "abort", "close"]


def test_a_loudspeaker_that_goes_away(opened: list[Loudspeaker]) -> None:
    playback = Playback(assets.DEMO)
    opened[0].breaks = True
    with pytest.raises(DeviceError, match="the loudspeaker went away"):
        list(playback.positions())


def test_no_loudspeaker(opened: list[Loudspeaker], monkeypatch: pytest.MonkeyPatch) -> None:
    def query_devices(kind: str) -> None:
        raise PortAudioError("Error querying device -1")

    monkeypatch.setattr(sys.modules["sounddevice"], "query_devices", query_devices)
    with pytest.raises(DeviceError, match="no loudspeaker can be used"):
        Playback(assets.DEMO)


def test_no_file(opened: list[Loudspeaker]) -> None:
    with pytest.raises(SourceError, match="no such file"):
        Playback(assets.DEMO.with_name("none.flac"))
    assert opened == []
