"""Lists and tables of numbers: what is wrong is named with its line."""

from pathlib import Path

import pytest

from legato.training.datasets.rows import Row, numbers, rows


def test_lines_become_cells(tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_bytes(b"\xef\xbb\xbf1;LEFT; 3 ;4;\r\n\r\n2;\r\n")
    assert [(row.where, row.cells) for row in rows(listed, ";")] == [
        (f"{listed}:1", ("1", "LEFT", "3", "4")),
        (f"{listed}:3", ("2",)),
    ]
    listed.write_text(" 1  2\t3 \n \n")
    assert [row.cells for row in rows(listed, None, 3)] == [("1", "2", "3")]


def test_numbers(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    table.write_text("1;2e-1;-3;\n4;5;6;\n")
    assert numbers(table, ";", 3).tolist() == [[1.0, 0.2, -3.0], [4.0, 5.0, 6.0]]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("1 2\n1 2 3\n", r"table\.txt:2: 3 columns instead of 2"),
        ("1 2\n1 x\n", r"table\.txt:2: not a row of numbers"),
        ("\n1 nan\n", r"table\.txt:2: not a row of numbers"),
        ("\n", r"table\.txt: holds no frames"),
        (b"\xff\xfe\x00", r"table\.txt: not a text file"),
    ],
)
def test_what_are_no_numbers(tmp_path: Path, content: str | bytes, complaint: str) -> None:
    table = tmp_path / "table.txt"
    table.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=complaint):
        numbers(table, None, 2)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"list\.txt: no such file"):
        rows(tmp_path / "list.txt", ",")
    with pytest.raises(ValueError, match=r"cannot be read: Is a directory"):
        rows(tmp_path, ",")


@pytest.mark.parametrize(("start", "end", "frames"), [(1, 1, (0, 0)), (3, 9, (2, 8)), (3, 99, (2, 9)), (0, 0, (0, 0))])
def test_frames_counted_from_one(start: int, end: int, frames: tuple[int, int]) -> None:
    assert Row("here", (str(start), str(end))).frames(0, 1, 10) == frames


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        (("5", "4"), "list:7: a gesture cannot go from frame 5 to frame 4"),
        (("-1", "4"), "list:7: a gesture cannot go from frame -1 to frame 4"),
        (("11", "12"), "list:7: a gesture begins at frame 11, but there are only 10 frames"),
        (("1.5", "2"), r"list:7: '1\.5' is no whole number"),
    ],
)
def test_frames_that_cannot_be(cells: tuple[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Row("list:7", cells).frames(0, 1, 10)
