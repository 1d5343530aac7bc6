"""Buttons with names for screen readers."""

from collections.abc import Callable, Iterable

from PyQt6.QtWidgets import QHBoxLayout, QPushButton

Work = Callable[[], object]


def button(title: str, work: Work, name: str = "") -> QPushButton:
    """A button that does some work; named as its title says, where nothing else is said."""
    made = QPushButton(title)
    made.setAccessibleName(name or title.replace("&", "").rstrip("…"))
    made.clicked.connect(lambda _checked: work())
    return made


def side_by_side(buttons: Iterable[QPushButton], *, stretch: bool = True) -> QHBoxLayout:
    """A row of buttons, with room behind them where `stretch` says so."""
    row = QHBoxLayout()
    for one in buttons:
        row.addWidget(one)
    if stretch:
        row.addStretch(1)
    return row
