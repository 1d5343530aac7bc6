"""What a set's own classes are in our labels: the tables beside this file, with the columns id, name, ours and note.

`ours` is one of our labels, `-` where nothing is to be reported, or `?` where that is not certain.
"""

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

NOTHING = "-"


@dataclass(frozen=True)
class Classes:
    """The classes of a set."""

    ours: dict[str, str]
    """Our label, `UNSURE` or `NOTHING` by the set's own class"""

    @classmethod
    @functools.cache
    def of(cls, name: str) -> "Classes":
        """Those of the table NAME.tsv."""
        path = Path(__file__).with_name(f"{name}.tsv")
        with path.open(newline="", encoding="utf-8") as file:
            return cls({row["id"]: row["ours"] for row in csv.DictReader(file, delimiter="\t")})

    def label(self, own: str, where: str) -> str | None:
        """Our label or `UNSURE`; None where nothing is to be reported.

        ValueError, naming the place `where` it is written, where the set has no such class.
        """
        if own not in self.ours:
            raise ValueError(f"{where}: unknown class {own!r}")
        ours = self.ours[own]
        return None if ours == NOTHING else ours
