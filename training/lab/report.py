"""The report: one HTML file that needs nothing else, and the same figures as JSON."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from legato.training.lab.figures import Picture
from legato.training.lab.nets import NAMES
from legato.training.lab.tasks import TASKS

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1.5rem; color: #1f2937; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-top: 1px solid #d1d5db; padding-top: 1rem; }
img { max-width: 100%; height: auto; } figure { margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.9rem; } th, td { padding: 0.2rem 0.7rem; text-align: right; }
th:first-child, td:first-child { text-align: left; } tr:nth-child(even) { background: #f3f4f6; }
.found { background: #eff6ff; padding: 0.7rem 1rem 0.7rem 2rem; border-radius: 0.4rem; } .about { color: #4b5563; }
"""


@dataclass(frozen=True)
class Table:
    """Rows under a header."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """A chapter of the report."""

    title: str
    shown: str
    """What it shows"""
    parts: Sequence[Picture | Table]
    found: Sequence[str]
    """What was found, a sentence each"""


def page(sections: Sequence[Section], about: str) -> str:
    """The whole report; `about` tells how it was made."""
    body = "\n".join(map(_section, sections))
    contents = " · ".join(f'<a href="#{_anchor(one)}">{html.escape(one.title)}</a>' for one in sections)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Recurrent cells, measured</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Recurrent cells, measured</h1>
<p class="about">Vanilla RNN, GRU and LSTM side by side. {html.escape(about)}</p>
<p>{contents}</p>
{body}
</body>
</html>
"""


def _section(section: Section) -> str:
    parts = "\n".join(_picture(part) if isinstance(part, Picture) else _table(part) for part in section.parts)
    found = "\n".join(f"<li>{html.escape(line)}</li>" for line in section.found)
    return f"""<section id="{_anchor(section)}">
<h2>{html.escape(section.title)}</h2>
<p>{html.escape(section.shown)}</p>
{parts}
<p><b>What was found</b></p>
<ul class="found">
{found}
</ul>
</section>"""


def _picture(picture: Picture) -> str:
    alt = html.escape(picture.alt, quote=True)
    return f'<figure><img src="data:image/png;base64,{picture.png}" alt="{alt}"></figure>'


def _table(table: Table) -> str:
    header = "".join(f"<th>{html.escape(cell)}</th>" for cell in table.header)
    rows = "\n".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return f"<table>\n<tr>{header}</tr>\n{rows}\n</table>"


def _anchor(section: Section) -> str:
    return section.title.lower().replace(" ", "-")


def memory_table(told: Mapping[str, Any]) -> Table:
    """Seeds that solve each lag, with Wilson's interval at 95 %."""
    lags = told["config"]["lags"]
    rows = []
    for name, cells in told["tasks"].items():
        for cell, figures in cells.items():
            shares = [
                f"{count}/{figures['seeds']} ({low:.0%}–{high:.0%})"
                for count, (low, high) in zip(figures["solved"], figures["intervals"], strict=True)
            ]
            rows.append((f"{TASKS[name].title}: {cell}", *shares))
    return Table(("seeds that solve a lag of", *map(str, lags)), rows)


def bill_table(told: Mapping[str, Any]) -> Table:
    """What each cell costs."""
    cells = told["cells"]
    lengths = next(iter(cells.values()))["kept_mb"]
    header = ("", "parameters", "ms forward", "ms a step", *(f"MB kept, {one}" for one in lengths), "µs a frame", "kB")
    rows = [
        (
            NAMES[kind],
            f"{one['parameters']:,}",
            f"{one['forward_ms']:.1f}",
            f"{one['step_ms']:.1f}",
            *(f"{value:.1f}" for value in one["kept_mb"].values()),
            f"{one['frame_us']:.0f}",
            f"{one['file_kb']:,.0f}",
        )
        for kind, one in cells.items()
    ]
    return Table(header, rows)
