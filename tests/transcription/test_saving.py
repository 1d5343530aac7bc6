"""Transcripts are there as a whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from legato.app.engine.errors import SourceError
from legato.app.transcription.jobs import Job
from legato.app.transcription.saving import prepare, save


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "a.mp3", tmp_path / "out" / "a")


def test_every_format_gets_its_file(job: Job) -> None:
    prepare(job)
    save(job, {"txt": "é\n", "json": "{}"})
    assert {path.name: path.read_text(encoding="utf-8") for path in job.base.parent.iterdir()} == {
        "a.txt": "é\n",
        "a.json": "{}",
    }


def test_a_failure_leaves_what_was_there(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(job)
    save(job, {"txt": "old"})

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceError, match=r"a\.txt cannot be written: No space left on device"):
        save(job, {"txt": "new"})
    assert [path.name for path in job.base.parent.iterdir()] == ["a.txt"]
    assert job.target("txt").read_text() == "old"


def test_what_a_killed_program_has_left_is_taken_over(job: Job) -> None:
    prepare(job)
    (job.base.parent / ".a.txt.part").write_text("half")
    save(job, {"txt": "whole"})
    assert [path.name for path in job.base.parent.iterdir()] == ["a.txt"]


def test_a_place_that_is_none(job: Job, tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(SourceError, match=r"out cannot be made: .*; choose another folder with --output"):
        prepare(job)


def test_a_place_that_may_not_be_written_to(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(SourceError, match="out may not be written to"):
        prepare(job)


def test_a_folder_in_the_way(job: Job) -> None:
    job.target("txt").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"a\.txt cannot be written: Is a directory"):
        save(job, {"txt": "text"})
    assert [path.name for path in job.base.parent.iterdir()] == ["a.txt"]
