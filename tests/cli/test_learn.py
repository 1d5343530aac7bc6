"""`legato record keyword` and `legato learn` for keywords: from the microphone to an event."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

from legato.app import assets
from legato.app.cli import learn as learn_command
from legato.app.cli import record_keyword
from legato.app.devices.media import MediaFile
from legato.app.devices.recorder import write_flac
from legato.app.phrases import learned
from legato.app.transcription.words import Floats

RATE = 16_000


Legato = Callable[..., Any]
"""Gives status, stdout and stderr"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(learned, "FOLDER", tmp_path / "home" / "legato" / "keywords")
    return tmp_path / "home" / "legato"


@pytest.fixture(scope="session")
def said() -> Floats:
    """The first two seconds of the recording in the box."""
    with MediaFile(assets.DEMO, RATE) as file:
        return file.whole()[: 2 * RATE]


class FakeMicrophone:
    """Gives what it was told to, in blocks of 20 ms."""

    name, live, overruns = "Fake", True, 0
    takes: list[Floats] = []  # noqa: RUF012 - set for each test

    def __init__(self, source: str | None, rate: int) -> None:
        assert rate == RATE

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def blocks(self) -> Iterator[Floats]:
        for take in self.takes:
            yield from np.split(take, range(320, len(take), 320))


@pytest.fixture
def microphone(monkeypatch: pytest.MonkeyPatch) -> type[FakeMicrophone]:
    monkeypatch.setattr(record_keyword, "Microphone", FakeMicrophone)
    return FakeMicrophone


def after_countdown(*takes: Floats) -> list[Floats]:
    """What a microphone hears: three seconds of nothing before each take of two."""
    return [part for take in takes for part in (np.zeros(3 * RATE, np.float32), take)]


def tone(level: float) -> Floats:
    return np.full(2 * RATE, level, np.float32)


def test_takes_are_kept_and_bad_ones_made_again(
    legato: Legato, home: Path, microphone: type[FakeMicrophone], monkeypatch: pytest.MonkeyPatch
) -> None:
    takes = after_countdown(tone(0.1), tone(0.0), tone(1.0), tone(0.2))
    monkeypatch.setattr(microphone, "takes", takes)
    run = legato("record", "keyword", "open sesame", "--count", "2")
    assert run.status == 0, run.stderr
    paths = [Path(line) for line in run.stdout.splitlines()]
    assert paths == [home / "recordings" / "open sesame" / f"open sesame-{number}.flac" for number in (1, 2)]
    for path, level in zip(paths, (0.1, 0.2), strict=True):
        with MediaFile(path, RATE) as file:
            assert file.whole() == pytest.approx(tone(level), abs=1e-3)
    assert "2 of 2 is silent, so it does not count" in run.stderr
    assert "2 of 2 is clipped, speak less loudly or further away, so it does not count" in run.stderr
    monkeypatch.setattr(microphone, "takes", after_countdown(tone(0.3)))
    assert legato("record", "keyword", "open sesame", "--count", "1").stdout.endswith("open sesame-3.flac\n")


def test_a_silent_microphone_is_given_up(
    legato: Legato, home: Path, microphone: type[FakeMicrophone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "takes", after_countdown(*[tone(0.0)] * 4))
    run = legato("record", "keyword", "lumos")
    assert run.status == 1
    assert run.stderr.splitlines()[-1].startswith("legato: 4 recordings in a row were no good")
    monkeypatch.setattr(microphone, "takes", [])
    assert legato("record", "keyword", "lumos").stderr.splitlines()[-1] == "legato: the microphone gives no more sound"
    assert legato("record", "keyword", "a/b").status == 2


@pytest.fixture
def recordings(home: Path, said: Floats, tmp_path: Path) -> Path:
    """A folder with three recordings of the first words of the demo, and a home of one's own."""
    folder = tmp_path / "lumos"
    folder.mkdir()
    for number, gain in enumerate((1.0, 0.8, 0.6)):
        write_flac(folder / f"{number}.flac", gain * said, RATE)
    return folder


def test_a_keyword_is_learned_and_listened_for(legato: Legato, home: Path, recordings: Path) -> None:
    run = legato("learn", "lumos", "--from", recordings)
    assert run.status == 0, run.stderr
    path = home / "keywords" / "lumos.json"
    assert run.stdout == f"{path}\n"
    assert "legato listen --keyword 'lumos'" in run.stderr
    heard = legato("listen", recordings / "0.flac", "--keyword", "lumos", "--json").stdout
    assert [json.loads(line)["label"] for line in heard.splitlines()] == ["lumos"]
    strict = legato("learn", "lumos", "--not", recordings / "1.flac")
    assert strict.status == 2
    assert "1.flac sounds like lumos itself: the two cannot be told apart" in strict.stderr


def test_it_is_learned_from_what_record_left_or_from_the_microphone(
    legato: Legato, home: Path, microphone: type[FakeMicrophone], said: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "takes", after_countdown(said, said, said))
    run = legato("learn", "lumos", "--from", "mic")
    assert run.status == 0, run.stderr
    assert len(list((home / "recordings" / "lumos").iterdir())) == 3
    (home / "keywords" / "lumos.json").unlink()
    assert legato("learn", "lumos").status == 0
    assert learned.load(home / "keywords" / "lumos.json").recordings == 3


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("lumos", "--from", "nowhere.flac"), "nowhere.flac"),
        (("lumos", "--from", "mic", "--from", "mic"), "--from mic goes alone"),
        (("lumos", "--from", "one"), "lumos is learned from 2 to 20 recordings, best three to five, not 1"),
    ],
)
def test_nonsense_is_one_line(
    legato: Legato, recordings: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.chdir(recordings.parent)
    Path("one").mkdir()
    (recordings / "0.flac").rename("one/0.flac")
    run = legato("learn", *arguments)
    assert run.status in {1, 2}
    assert complaint in run.stderr.splitlines()[-1]


def test_recordings_of_hands_are_a_gesture(
    legato: Legato, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(learn_command, "load_training", lambda name: lambda *given, **more: asked.append((given, more)))
    (tmp_path / "1.npz").write_bytes(b"")
    for source in (tmp_path / "1.npz", assets.GESTURE_DEMO):
        assert legato("learn", "snap", "--from", source, "--directed").status == 0
        given, more = asked.pop()
        assert given == ("snap",)
        assert more == {"source": [source], "other": None, "model": None, "output": None, "directed": True}
    assert legato("learn", "snap").status == 0
    assert asked.pop()[1]["source"] is None
