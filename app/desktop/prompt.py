"""One line that tells the user what can be said now."""

from collections.abc import Sequence

from PyQt6.QtWidgets import QLabel, QWidget

from legato.app.engine.contract import Contract
from legato.app.engine.events import KeywordEvent


class Prompt(QLabel):
    """Whether a wake phrase is awaited or a command."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing is listened for yet."""
        super().__init__(parent)
        self.setWordWrap(True)
        self.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)  # it changes between one line and two
        self.setAccessibleName("What to say")
        self._contract: Contract | None = None
        self._woken: float | None = None

    def reset(self, contract: Contract) -> None:
        """A new stream, of a model with this contract."""
        self._contract = contract
        self._woken = None
        self.refresh(0.0)

    def add(self, events: Sequence[KeywordEvent]) -> None:
        """Take in the next events."""
        if self._contract is None:
            return
        for event in events:
            if event.label in self._contract.decoder.wake:
                self._woken = event.emitted

    def refresh(self, position: float) -> None:
        """Show what holds at `position` seconds."""
        if self._contract is None:
            return
        text = self._text(self._contract, position)
        if text != self.text():
            self.setText(text)

    def _text(self, contract: Contract, position: float) -> str:
        wake = contract.decoder.wake
        if not wake:
            return f"Say {_quoted(contract.labels)}."
        window = contract.decoder.command_window
        if self._woken is not None and position - self._woken < window:
            return f"Awake: say a command, {window - (position - self._woken):.1f} s left."
        return f"Say {_quoted(wake)}; then, within {window:g} s, a command."


def _quoted(names: Sequence[str]) -> str:
    """“one”, “two” or “three”; of many only the first few."""
    some = [f"“{name}”" for name in names[:6]]
    if len(names) > len(some):
        return ", ".join(some) + " …"
    return " or ".join([", ".join(some[:-1]), some[-1]] if len(some) > 1 else some)
