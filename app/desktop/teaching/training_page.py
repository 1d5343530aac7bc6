"""The page that trains a network for a phrase from made speech, in a process of its own, and tells what it gains."""

import json
import shutil
from pathlib import Path
from typing import Any

import platformdirs
from PyQt6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QListWidget

from legato.app.desktop.page import sentence
from legato.app.desktop.teaching.base import TeachingPage
from legato.app.desktop.teaching.errand import Errand
from legato.app.engine.errors import LegatoError
from legato.app.phrases import learned, trained
from legato.app.phrases.spelling import ENGLISH, spelled
from legato.app.transcription.texts import normalise

RUNS = platformdirs.user_cache_path("legato") / "phrases"
"""Where what was spoken and learned is, so that what was stopped goes on"""
_EFFORTS = {
    "Quick: some minutes, to try it": ("quick", "--clips", "100", "--steps", "200"),
    "Thorough: half an hour or more": ("thorough",),
}
_HINT = (
    "Any phrase that is typed on the Listen page is listened for at once. A network of its own may know it better: the "
    "speech synthesisers of this machine (espeak-ng, flite, Piper, Kokoro) say it in many voices, and what sounds "
    "nearly like it, until the network tells them apart; then the two ways are compared. Nobody needs to record "
    "anything. It needs the training packages (legato[train]) and goes on while you do something else."
)
_FIRST = "Type a phrase, and train it."


class TrainPage(TeachingPage):
    """Trains one phrase at a time."""

    def __init__(self) -> None:
        """Nothing is trained yet."""
        super().__init__("Train a phrase")
        self._errand: Errand | None = None
        self._said = ""
        self._trained: tuple[str, Path] | None = None
        """What can be kept: the phrase, and its model file"""
        self._build()
        self._show()

    def shut(self) -> None:
        """Stop for good; the same phrase goes on from here another time."""
        self._stop()

    def add_files(self, paths: list[str]) -> None:
        """No recordings are wanted."""
        if paths:
            self.notice.tell(
                "Speech is made for the phrase: no recordings are needed. “Teach a word” learns from them."
            )

    def ask_for_file(self) -> None:
        """No recordings are wanted."""
        self.add_files([""])

    def train(self) -> None:
        """Train a network for the phrase; what an earlier try has done is not done again."""
        phrase = normalise(self._phrase.text())
        try:
            spelled(phrase, ENGLISH)
        except LegatoError as error:
            self._tell(sentence(str(error)) if phrase else _FIRST)
            self._phrase.setFocus()
            return
        if learned.find(phrase) is not None:
            self._tell(f"“{phrase}” was learned from your own recordings, which know it better than made speech.")
            return
        effort, *amounts = self._effort.currentData()
        folder = RUNS / f"{phrase.replace(' ', '_')}-{effort}"
        self._trained = None
        self.log.clear()
        errand = Errand(["train", "keywords", "--phrase", phrase, "--out", str(folder), *amounts], self)
        errand.said.connect(self._hear)
        errand.ended.connect(lambda status, _lines: self._end(status, phrase, folder))
        self._errand, self._said = errand, ""
        self._tell("One moment …")
        errand.start()
        self._show()

    def stop(self) -> None:
        """Stop training, at the user's wish."""
        self._stop()
        self._tell("Stopped. Train it again, and it goes on from here.")

    def keep(self) -> None:
        """Listen with the network from now on."""
        if self._trained is None:
            return
        phrase, model = self._trained
        try:
            trained.keep(phrase, model)
        except OSError as error:
            self.notice.tell(f"It cannot be kept in {trained.FOLDER}: {error.strerror}", problem=True)
            return
        self.clear()
        self._tell(f"“{phrase}” is kept, and its network listens for it on the Listen page.")
        self.taught.emit(phrase)

    def clear(self) -> None:
        """Forget what was trained, and what was spoken for it; an earlier network of that phrase stays.

        Of what is being trained only the lines go.
        """
        self.log.clear()
        if self._errand is not None:
            return
        if self._trained is not None:
            shutil.rmtree(self._trained[1].parent, ignore_errors=True)
        self._trained = None
        self._phrase.clear()
        self._tell(_FIRST)
        self._show()

    def _build(self) -> None:
        self._phrase = QLineEdit()
        self._phrase.setAccessibleName("The phrase")
        self._phrase.setPlaceholderText("as: open the garage")
        self._phrase.returnPressed.connect(lambda: self.train() if self._errand is None else None)
        self._effort = QComboBox()
        self._effort.setAccessibleName("Effort")
        for title, effort in _EFFORTS.items():
            self._effort.addItem(title, effort)
        self._effort.setCurrentIndex(1)
        self.log = QListWidget()
        self.log.setAccessibleName("What happened")
        form = QFormLayout()
        form.addRow("&Phrase", self._phrase)
        form.addRow("&Effort", self._effort)
        works = {"T&rain it": self.train, "S&top": self.stop, "&Keep it": self.keep, "&Discard": self.clear}
        self._lay_out(_HINT, form, "What happened", self.log, works)
        self._tell(_FIRST)

    def _hear(self, line: str) -> None:
        self._said = line.removeprefix("legato: ")
        self._tell(sentence(self._said))
        self.log.addItem(self._said)
        self.log.scrollToBottom()

    def _end(self, status: int, phrase: str, folder: Path) -> None:
        self._errand = None
        model = folder / "phrases.onnx"
        if status == 0 and model.is_file():
            try:
                self._tell(_gain(phrase, json.loads((folder / "report.json").read_text(encoding="utf-8"))))
                self._trained = phrase, model
            except (OSError, ValueError, KeyError, TypeError) as error:
                self._tell(f"Its report cannot be read: {error}")
        elif not self._said:
            self._tell("It ended without a word.")
        self._show()

    def _stop(self) -> None:
        errand, self._errand = self._errand, None
        if errand is not None:
            errand.stop()
            errand.deleteLater()
        self._show()

    def _show(self) -> None:
        idle = self._errand is None
        self._phrase.setEnabled(idle)
        self._effort.setEnabled(idle)
        self._enable({"Train it": idle, "Stop": not idle, "Keep it": self._trained is not None, "Discard": idle})


def _gain(phrase: str, report: dict[str, Any]) -> str:
    """Before and after, in words."""
    figures = report["phrases"][phrase]
    before, after = (_told(one) for one in (figures["typed"], figures))
    return (
        f"In {60 * report['hours']:.0f} minutes of voices kept aside, as it is typed: {before}. "
        f"With its network: {after}. Keep it?"
    )


def _told(figures: dict[str, Any]) -> str:
    found, false, near = figures["recall"], figures["false_alarms"], figures["near_misses"]
    return (
        f"found {found['count']} of {found['total']}, {false['count']} false, and {near['count']} of {near['total']} "
        "that sound like it"
    )
