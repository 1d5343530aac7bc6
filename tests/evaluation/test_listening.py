from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from legato.app.engine.session import Session
from legato.app.evaluation.listening import GAP, TAIL, Playing, Take, listen
from legato.app.evaluation.manifest import read_manifest
from legato.app.evaluation.noise import NoiseSettings

Say = Callable[..., Path]
Write = Callable[..., Path]


def bounds(take: Take) -> list[float]:
    return [second for span in take.spans for second in (span.start, span.end)]


@pytest.fixture
def session(model: Path) -> Session:
    return Session.open(model, device="cpu")


def test_recordings_follow_one_another_through_one_stream(session: Session, say: Say, list_recordings: Write) -> None:
    say("a.wav", 1.01, [("low", 0.5, 0.7)])
    say("b.wav", 3.0, [("high", 1.0, 1.2)])
    manifest = read_manifest(list_recordings({"path": "a.wav"}, {"path": "b.wav"}))
    calls: list[int] = []
    take = listen(session, manifest.recordings, advance=lambda: calls.append(1))
    assert bounds(take) == pytest.approx([GAP, GAP + 1.01, 2.01, 5.01])
    assert take.restarts == (0,)
    assert len(take.scores) == 301  # 0.5 + 1.01 + 0.5 + 3 + 1 = 6.01 s, a last part of a hop filled up
    assert len(calls) == 2
    low, high = take.scores[:, 0], take.scores[:, 1]
    assert np.flatnonzero(low > 0.9).tolist() == list(range(50, 60))  # 1.0 s to 1.2 s
    # 3.01 s to 3.21 s: half a hop at either end, with half the amplitude and a quarter of the power
    assert np.flatnonzero(high > 0.9).tolist() == list(range(151, 160))
    assert high[[150, 160]] == pytest.approx([0.25, 0.25], abs=0.01)


def test_separate_recordings_begin_with_a_stream_of_their_own(
    session: Session, say: Say, list_recordings: Write
) -> None:
    say("a.wav", 1.01)
    say("b.wav", 0.5, [("low", 0.0, 0.2)])
    manifest = read_manifest(list_recordings({"path": "a.wav"}, {"path": "b.wav"}))
    take = listen(session, manifest.recordings, Playing(separate=True))
    first = round((1.01 + TAIL) / 0.02 + 0.5)
    assert take.restarts == (0, first)
    assert bounds(take) == pytest.approx([0, 1.01, first * 0.02, first * 0.02 + 0.5])
    assert np.flatnonzero(take.scores[:, 0] > 0.9).tolist() == list(range(first, first + 10))


def test_what_cannot_be_read_is_named_and_the_rest_is_played(
    session: Session, say: Say, list_recordings: Write, tmp_path: Path
) -> None:
    say("a.wav", 1.0)
    (tmp_path / "empty.wav").touch()
    manifest = read_manifest(list_recordings({"path": "empty.wav"}, {"path": "none.wav"}, {"path": "a.wav"}))
    take = listen(session, manifest.recordings)
    assert [span.recording.path.name for span in take.spans] == ["a.wav"]
    empty, none = take.failures
    assert empty.startswith("line 2: ")
    assert "0 bytes" in empty
    assert none.startswith("line 3: no such file")


def test_noise_is_the_same_for_the_same_seed(session: Session, say: Say, list_recordings: Write) -> None:
    say("a.wav", 1.0, [("low", 0.2, 0.6)])
    say("b.wav", 1.0, [("high", 0.2, 0.6)])
    recordings = read_manifest(list_recordings({"path": "a.wav"}, {"path": "b.wav"})).recordings
    clean = listen(session, recordings).scores
    noisy, again, other = (
        listen(session, recordings, Playing(noise=NoiseSettings(5.0, 10.0, seed, ("white", "pink")))).scores
        for seed in (1, 1, 2)
    )
    assert np.array_equal(noisy, again)
    assert not np.array_equal(noisy, other)
    assert 1e-4 < np.abs(noisy - clean).max() < 0.9
