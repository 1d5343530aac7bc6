"""The microphone against a PortAudio without hardware: rates, channels, names, unplugging, overruns."""

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from legato.app.devices.microphone import Microphone, MicrophoneTiming
from legato.app.engine.errors import DeviceError

Tone = Callable[..., NDArray[np.float32]]
QUICK = MicrophoneTiming(ring=0.5, silence=0.05, retry=0.01)


class Reader:
    """Reads a microphone on a thread of its own, as the window does."""

    def __init__(self, microphone: Microphone) -> None:
        self.microphone = microphone
        self.blocks: queue.Queue[NDArray[np.float32]] = queue.Queue()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        for block in self.microphone.blocks():
            self.blocks.put(block)

    def until(self, samples: int) -> NDArray[np.float32]:
        """At least so many samples."""
        heard: list[NDArray[np.float32]] = []
        while sum(map(len, heard)) < samples:
            heard.append(self.blocks.get(timeout=10))
        return np.concatenate(heard)

    def stop(self) -> None:
        self.microphone.close()
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def reading() -> Iterator[Callable[[Microphone], Reader]]:
    readers: list[Reader] = []

    def start(microphone: Microphone) -> Reader:
        readers.append(Reader(microphone))
        return readers[-1]

    yield start
    for reader in readers:
        reader.stop()


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000, 96000])
def test_any_native_rate_is_converted(fake: Any, tone: Tone, reading: Callable[..., Reader], rate: int) -> None:
    fake.plug("Desk", rate=rate)
    reader = reading(Microphone(None, 16000))
    sound = tone(0.5, rate)
    for begin in range(0, len(sound), 441):
        fake.started[-1].speak(sound[begin : begin + 441])
    out = reader.until(7500)
    assert fake.started[-1].samplerate == rate
    assert np.abs(out[200:7000] - tone(0.5, 16000)[200:7000]).max() < 0.02


def test_hardware_that_records_all_channels_or_none_is_mixed(
    fake: Any, tone: Tone, reading: Callable[..., Reader]
) -> None:
    fake.plug("Array", channels=4, rate=16000)
    fake.only_all_channels = True
    reader = reading(Microphone(None, 16000))
    fake.started[-1].speak(tone(0.2, 16000))
    assert fake.started[-1].channels == 4
    assert np.abs(reader.until(3000)).max() == pytest.approx(0.5, abs=0.01)


def test_the_default_is_the_systems_choice(fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.plug("Webcam")
    fake.plug("Headset")
    with Microphone(None, 16000) as microphone:
        assert microphone.name == "Webcam"
    monkeypatch.setattr(fake.default, "device", (1, -1))
    with Microphone(None, 16000) as microphone:
        assert microphone.name == "Headset"


def test_a_part_of_the_name_in_any_case_will_do(fake: Any) -> None:
    fake.plug("Webcam C920: USB Audio (hw:1,0)")
    fake.plug("Built-in: Analog (hw:0,0)")
    with Microphone("c920", 16000) as microphone:
        assert microphone.name == "Webcam C920: USB Audio (hw:1,0)"


def test_a_whole_name_is_not_ambiguous(fake: Any) -> None:
    fake.plug("Headset 2")
    fake.plug("Headset")
    with Microphone("headset", 16000) as microphone:
        assert microphone.name == "Headset"


def test_an_ambiguous_name_lists_what_it_could_mean(fake: Any) -> None:
    fake.plug("USB left")
    fake.plug("USB right")
    fake.plug("Built-in")
    with pytest.raises(DeviceError, match=r"several devices are called 'usb', say which: USB left, USB right$"):
        Microphone("usb", 16000)


def test_the_same_device_in_two_sound_systems_is_one(fake: Any) -> None:
    fake.plug("Headset", host=0)
    fake.plug("Headset", host=1)
    with Microphone("headset", 16000):
        assert fake.started[-1].device == 0


def test_an_unknown_name_lists_the_devices(fake: Any) -> None:
    fake.plug("Webcam")
    fake.plug("Headset")
    with pytest.raises(DeviceError, match=r"'piano' is neither a file nor a microphone; devices: Webcam, Headset$"):
        Microphone("piano", 16000)


def test_no_device(fake: Any) -> None:
    with pytest.raises(DeviceError, match="no microphone found: plug one in"):
        Microphone(None, 16000)
    with pytest.raises(DeviceError, match="there is no microphone here"):
        Microphone("piano", 16000)


def test_a_busy_device(fake: Any) -> None:
    fake.plug("Webcam")
    fake.busy = True
    with pytest.raises(DeviceError, match="Webcam is busy: close the program that uses it"):
        Microphone(None, 16000)
    assert fake.opened[-1].closed


def test_another_failure_is_told(fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.plug("Webcam")

    def broken(**_options: object) -> None:
        raise fake.PortAudioError("Unanticipated host error", -9999)

    monkeypatch.setattr(fake, "InputStream", broken)
    with pytest.raises(DeviceError, match=r"Webcam cannot be opened \(Unanticipated host error\)"):
        Microphone(None, 16000)


def test_unplugged_and_back(
    fake: Any, tone: Tone, reading: Callable[..., Reader], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "legato")
    fake.plug("Webcam", rate=16000)
    reader = reading(Microphone("webcam", 16000, QUICK))
    fake.started[-1].speak(tone(0.1, 16000))
    reader.until(1500)
    fake.unplug_all()
    wait_for(lambda: fake.refreshed > 2)
    fake.plug("Webcam", rate=48000)  # in another socket, at another rate
    wait_for(lambda: len(fake.started) == 2)
    fake.started[-1].speak(tone(0.1, 48000))
    assert len(reader.until(1500)) == pytest.approx(1600, abs=60)
    reader.stop()
    assert [record.getMessage() for record in caplog.records] == [
        "Webcam gives no sound: it is awaited, plug it in again",
        "Webcam is back",
    ]


@pytest.mark.usefixtures("caplog")  # it says that the device is gone
def test_closing_while_it_is_unplugged(fake: Any, reading: Callable[..., Reader]) -> None:
    fake.plug("Webcam")
    reader = reading(Microphone(None, 16000, QUICK))
    fake.unplug_all()
    wait_for(lambda: fake.refreshed > 1)
    reader.stop()
    assert all(stream.closed for stream in fake.opened)


def test_closing_twice(fake: Any) -> None:
    fake.plug("Webcam")
    microphone = Microphone(None, 16000)
    microphone.close()
    microphone.close()
    assert list(microphone.blocks()) == []


def test_a_late_reader_loses_sound_and_counts_it(fake: Any, tone: Tone) -> None:
    fake.plug("Webcam", rate=16000)
    with Microphone(None, 16000, QUICK) as microphone:
        for _ in range(8):
            fake.started[-1].speak(tone(0.1, 16000))  # room is for five
        assert microphone.overruns == 3
        fake.started[-1].speak(tone(0.01, 16000), flags=True)
        assert microphone.overruns == 5  # lost here, and another before it in the system


@pytest.mark.usefixtures("caplog")  # it says that the device is gone
def test_overruns_survive_a_change_of_device(fake: Any, tone: Tone, reading: Callable[..., Reader]) -> None:
    fake.plug("Webcam", rate=16000)
    microphone = Microphone(None, 16000, QUICK)
    for _ in range(8):
        fake.started[-1].speak(tone(0.1, 16000))
    reader = reading(microphone)
    reader.until(7000)
    fake.unplug_all()
    fake.plug("Webcam", rate=16000)
    wait_for(lambda: len(fake.started) == 2)
    assert microphone.overruns == 3


def wait_for(condition: Callable[[], bool]) -> None:
    """Until another thread has made `condition` true."""
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.01)
    pytest.fail("it never happened")
