"""Work is handed out in parcels that depend on the recordings alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.app.transcription.jobs import Job
from legato.app.transcription.parcels import length_of, parcels


def jobs_of(count: int) -> list[Job]:
    return [Job(Path(f"{number}.mp3"), Path(str(number))) for number in range(count)]


@given(lengths=st.lists(st.floats(0, 400), max_size=200), seed=st.randoms())
def test_every_job_is_in_one_parcel_the_longest_first(lengths: list[float], seed: object) -> None:
    jobs = jobs_of(len(lengths))
    made = parcels(jobs, lengths)
    assert sorted(job.source.stem for parcel in made for job in parcel.jobs) == sorted(job.source.stem for job in jobs)
    flat = [length for parcel in made for length in parcel.seconds]
    assert flat == sorted(flat, reverse=True)
    for parcel in made:
        assert len(parcel.jobs) == 1 or (parcel.length <= 120 and len(parcel.jobs) <= 64)


def test_the_order_of_the_jobs_does_not_matter() -> None:
    jobs = jobs_of(50)
    assert parcels(jobs, [5.0] * 50) == parcels(jobs[::-1], [5.0] * 50)


def test_what_is_left_of_a_parcel() -> None:
    jobs = jobs_of(3)
    (parcel,) = parcels(jobs, [1.0, 2.0, 3.0])
    assert [(one.jobs, one.length) for one in parcel.rest([jobs[1]])] == [((jobs[2],), 3.0), ((jobs[0],), 1.0)]


def test_lengths(speak: Callable[..., Path], tmp_path: Path) -> None:
    assert length_of(speak("a.flac", codec="flac", seconds=2.5)) == pytest.approx(2.5, abs=0.01)
    text = tmp_path / "b.mp3"
    text.write_text("no sound")
    assert length_of(text) == 0
    assert length_of(tmp_path / "none.mp3") == 0
    raw = speak("c.aac", codec="aac", seconds=4.0)  # it can only be guessed
    assert 1 < length_of(raw) < 16
