from pathlib import Path

import pytest

from legato.app.evaluation.manifest import ManifestError, read_manifest

HEADER = "path\tlabel\tstart\tend\tspeaker"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "list.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_lines_of_one_path_belong_together(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER, "a.wav\tyes\t0.5\t1\tann", "b.wav\t\t\t\tbob", "", "a.wav\tno\t\t\tann")
    manifest = read_manifest(path)
    first, second = manifest.recordings
    assert (first.path, first.line, second.path) == (tmp_path / "a.wav", 2, tmp_path / "b.wav")
    assert [(row.label, row.start, row.end) for row in first.rows] == [("yes", 0.5, 1.0), ("no", 0.0, None)]
    assert second.rows == ()
    assert second.columns == {"speaker": "bob"}
    assert manifest.columns == ("speaker",)
    assert manifest.labels == {"yes", "no"}


def test_an_absolute_path_stays(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path, HEADER, "/elsewhere/a.wav\t\t\t\t"))
    assert manifest.recordings[0].path == Path("/elsewhere/a.wav")


def test_a_byte_order_mark_and_carriage_returns_are_no_part_of_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_bytes(b"\xef\xbb\xbfpath\tlabel\tstart\tend\r\na.wav\tyes\t0\t1\r\n")
    assert read_manifest(path).recordings[0].rows[0].end == 1.0


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["path\tlabel\tstart"], "line 1: no column 'end'"),
        ([], "line 1: no column 'path'"),
        ([HEADER + "\tpath", "a\tb\t0\t1\tc\td"], "line 1: a column is named twice"),
        ([HEADER], "no recordings"),
        ([HEADER, "a.wav\tyes\t0\t1"], "line 2: 4 columns where the header names 5"),
        ([HEADER, "a.wav\tyes\t0\tlate\t"], "line 2, column 'end': 'late' is no time"),
        ([HEADER, "a.wav\tyes\t-1\t2\t"], "line 2, column 'start': '-1' is no time"),
        ([HEADER, "a.wav\tyes\tnan\t2\t"], "line 2, column 'start': 'nan' is no time"),
        ([HEADER, "a.wav\tyes\t2\t1\t"], "line 2, column 'end': 1 s is not after the start"),
        ([HEADER, "\tyes\t0\t1\t"], "line 2, column 'path': empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_named(tmp_path: Path, lines: list[str], message: str) -> None:
    path = written(tmp_path, *lines)
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read: No such file"):
        read_manifest(tmp_path / "none.tsv")
    (tmp_path / "binary.tsv").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(ManifestError, match="UTF-8"):
        read_manifest(tmp_path / "binary.tsv")
