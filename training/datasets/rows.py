"""Text files that sets of gestures list themselves in; what is wrong in one is named with its line.

Letters: T rows, N numbers in each.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """A line of a file."""

    where: str
    """The file and the line's number, from 1"""
    cells: tuple[str, ...]

    def whole(self, column: int) -> int:
        """A cell as a whole number; ValueError where it is none."""
        try:
            return int(self.cells[column])
        except ValueError:
            raise ValueError(f"{self.where}: {self.cells[column]!r} is no whole number") from None

    def frames(self, column: int, base: int, count: int) -> tuple[int, int]:
        """The first and the last frame, from 0, of a gesture between this cell's frame and the next one's.

        `base` is the number of the first of the recording's `count` frames. A gesture that ends after the recording
        is cut (there are some by a few frames); ValueError where it begins after it, or ends before it begins.
        """
        start, end = self.whole(column), self.whole(column + 1)
        if not 0 <= start <= end:
            raise ValueError(f"{self.where}: a gesture cannot go from frame {start} to frame {end}")
        if start - base >= count:
            raise ValueError(f"{self.where}: a gesture begins at frame {start}, but there are only {count} frames")
        return max(start - base, 0), min(max(end - base, 0), count - 1)


def rows(path: Path, separator: str | None, count: int | None = None) -> list[Row]:
    """The lines that hold something, cut into cells at a separator, None standing for blanks.

    Separators at a line's end are ignored. ValueError where the file is missing, or a line has not `count` cells.
    """
    found = []
    for number, line in enumerate(text(path).splitlines(), 1):
        cells = tuple(cell.strip() for cell in line.strip().rstrip(separator).split(separator))
        if cells in {(), ("",)}:
            continue
        if count is not None and len(cells) != count:
            raise ValueError(f"{path}:{number}: {len(cells)} columns instead of {count}")
        found.append(Row(f"{path}:{number}", cells))
    return found


def numbers(path: Path, separator: str | None, width: int) -> Doubles:
    """A file's numbers (T, N = width), T at least 1; ValueError where it is missing or holds something else."""
    values = []
    for row in rows(path, separator, width):
        try:
            line = [float(cell) for cell in row.cells]
        except ValueError:
            raise ValueError(f"{row.where}: not a row of numbers") from None
        if not all(map(math.isfinite, line)):
            raise ValueError(f"{row.where}: not a row of numbers")
        values.append(line)
    if not values:
        raise ValueError(f"{path}: holds no frames")
    return np.array(values)


def text(path: Path) -> str:
    """A file's text; ValueError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ValueError(f"{path}: no such file") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not a text file") from None
