"""What is named, what is found in folders, and where transcripts go."""

import os
from pathlib import Path

import pytest

from legato.app.transcription.jobs import Job, find


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with recordings, as far as their names tell, and with other things."""
    monkeypatch.chdir(tmp_path)
    for name in ("b.MP3", "a.flac", "deep/er/c.mp4", "notes.txt", ".hidden.mp3", ".cache/d.mp3", "deep/._c.mp4"):
        path = tmp_path / "talks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "talks" / "folder.mp3").mkdir()
    return Path("talks")


def found(*paths: object, output: Path | None = None, formats: tuple[str, ...] = ("txt",)) -> list[tuple[str, str]]:
    """Names of recordings and their transcripts, where nothing is wrong."""
    jobs, problems = find([str(path) for path in paths], output, formats)
    assert problems == []
    return [(str(job.source), str(job.target(formats[0]))) for job in jobs]


def wrong(*paths: object, output: Path | None = None, formats: tuple[str, ...] = ("txt",)) -> str:
    """The only problem."""
    (problem,) = find([str(path) for path in paths], output, formats)[1]
    assert "\n" not in problem
    return problem


def test_a_folder_is_searched_and_hidden_names_are_passed_over(talks: Path) -> None:
    assert found(talks) == [
        ("talks/a.flac", "talks/a.txt"),
        ("talks/b.MP3", "talks/b.txt"),
        ("talks/deep/er/c.mp4", "talks/deep/er/c.txt"),
    ]


def test_the_tree_below_a_folder_is_kept(talks: Path) -> None:
    assert found(talks, talks / "notes.txt", output=Path("out")) == [
        ("talks/a.flac", "out/a.txt"),
        ("talks/b.MP3", "out/b.txt"),
        ("talks/deep/er/c.mp4", "out/deep/er/c.txt"),
        ("talks/notes.txt", "out/notes.txt"),
    ]


def test_only_the_last_part_of_a_name_is_its_ending(talks: Path) -> None:
    Path("v1.2.final.wav").touch()
    assert found("v1.2.final.wav") == [("v1.2.final.wav", "v1.2.final.txt")]


def test_what_is_named_twice_is_done_once(talks: Path) -> None:
    assert len(found(talks, talks / "a.flac", talks.absolute() / "a.flac", "talks/../talks")) == 3


def test_two_for_one_transcript(talks: Path) -> None:
    (talks / "a.mp3").touch()
    jobs, (problem,) = find([str(talks)], None, ("srt", "txt"))
    assert [job.source.name for job in jobs] == ["b.MP3", "c.mp4"]
    assert problem.startswith("talks/a.flac and talks/a.mp3 would all be written to talks/a.srt: ")


def test_two_folders_for_one_tree(talks: Path) -> None:
    Path("more").mkdir()
    Path("more/a.ogg").touch()
    assert wrong(talks, "more", output=Path("out")).startswith("talks/a.flac and more/a.ogg would all be written")
    assert len(found(talks, "more")) == 4


def test_a_transcript_never_goes_where_a_recording_is(talks: Path) -> None:
    assert wrong(talks / "notes.txt") == (
        "talks/notes.txt would be written over by a transcript: choose another --output"
    )
    (talks / "a.txt").touch()
    assert "a.flac and talks/a.txt would all" in wrong(talks / "a.flac", talks / "a.txt")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("https://example.org/talk.mp3", "https://example.org/talk.mp3 is a web address: download the recording"),
        ("none.mp3", "no such file: none.mp3"),
        ("empty", "empty holds no audio or video file"),
        ("pipe.wav", "pipe.wav is neither a file nor a folder"),
        ("a\0b", "cannot be read: no file can have this name"),
        ("x" * 300, "cannot be read: File name too long"),
    ],
)
def test_what_is_no_recording(talks: Path, path: str, message: str) -> None:
    Path("empty").mkdir()
    os.mkfifo("pipe.wav")
    jobs, (problem,) = find([path, str(talks)], None, ("txt",))
    assert message in problem
    assert len(jobs) == 3


def test_names_that_are_no_text(talks: Path) -> None:
    name = os.fsdecode(b"talks/\xff\xfe.wav")
    Path(name).touch()
    assert (name, name.replace(".wav", ".txt")) in found(talks)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(talks: Path) -> None:
    (talks / "deep").chmod(0)
    try:
        assert wrong(talks) == "talks/deep cannot be looked through: Permission denied"
    finally:
        (talks / "deep").chmod(0o755)


def test_a_folder_that_cannot_be_listed(talks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    jobs, problems = find([str(talks)], None, ("txt",))
    assert problems == ["talks/deep cannot be looked through: Permission denied"]
    assert len(jobs) == 2


def test_done_is_what_is_there_in_all_formats_and_newer(talks: Path) -> None:
    job = Job(talks / "a.flac", talks / "a")
    assert not job.done(("txt", "json"))
    job.target("txt").touch()
    assert job.done(("txt",))
    assert not job.done(("txt", "json"))
    job.target("json").touch()
    assert job.done(("txt", "json"))
    later = job.source.stat().st_mtime + 10
    os.utime(job.source, (later, later))
    assert not job.done(("txt", "json"))
