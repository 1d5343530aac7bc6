from legato.app.cli.progress import _Audio, _Speed, hours


def test_the_bar_counts_audio_and_files() -> None:
    with hours(7200.0, 2) as shown:
        shown.heard(3600.0)
        shown.done(-1800.0)
        (task,) = shown._progress.tasks
        assert (task.completed, task.total) == (3600, 5400)
        assert task.fields["files"] == "1/2 files"
        assert _Audio().render(task).plain == "1:00:00/1:30:00 of audio"
        assert not _Speed().render(task).plain or "× real time" in _Speed().render(task).plain
        shown.done(-9999.0)
        assert task.total == 0
        assert task.fields["files"] == "2/2 files"
