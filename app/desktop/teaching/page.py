"""The page that teaches a word: takes after a countdown, what is wrong with each, what was learned, to keep or not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PyQt6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import MicrophoneChoice
from legato.app.desktop.meter import LevelMeter
from legato.app.desktop.page import sentence
from legato.app.desktop.teaching.base import TeachingPage
from legato.app.desktop.teaching.take_list import TakeList
from legato.app.desktop.teaching.taking import RATE, SECONDS, Learner, Lesson, Taker
from legato.app.devices.media import MediaFile
from legato.app.engine.errors import DeviceError, LegatoError
from legato.app.phrases import learned
from legato.app.phrases.learning import FEWEST, MOST, complaint
from legato.app.phrases.search import Floats

_WANTED = 3
"""Takes that are enough"""
_HINT = (
    "Name the word or sound, in any language, and record it three to five times, as you will say it. What is kept is "
    "how a network spells what it hears, never the sound."
)


class TeachPage(TeachingPage):
    """Teaches one keyword at a time."""

    def __init__(self) -> None:
        """Nothing is recorded yet; no microphone is opened before a take is asked for."""
        super().__init__("Teach a word")
        self.takes: dict[str, Floats] = {}
        self._worker: Taker | Learner | None = None
        self._lesson: Lesson | None = None
        self._count = 0
        self._build()
        self._show()

    def come_back(self) -> None:
        """Ask which microphones there are, once."""
        if not self._source.count():
            self.look_again()

    def look_again(self) -> None:
        """Ask anew."""
        self._source.clear()
        try:
            found: Sequence[MicrophoneChoice] = choices.microphones()
        except DeviceError as error:
            found = []
            self.notice.tell(sentence(str(error)), problem=True)
        for choice in found:
            self._source.addItem(choice.title, choice)
        if not found:
            self._source.addItem("No microphone found")
        self._show()

    def leave(self) -> None:
        """Record and play no more; what is being learned goes on."""
        if isinstance(self._worker, Taker):
            self._stop()
        self.list.player.stop()

    def shut(self) -> None:
        """Stop for good; takes that were not kept are gone."""
        self._stop()
        self.list.player.shut()

    def paint_newest(self) -> None:
        """Show the level."""
        if isinstance(self._worker, Taker):
            self.meter.refresh()

    def add_files(self, paths: list[str]) -> None:
        """Take recordings as they are."""
        for path in paths:
            try:
                with MediaFile(Path(path), RATE) as file:
                    self.add(file.whole())
            except LegatoError as error:
                self.notice.tell(sentence(str(error)), problem=True)

    def record(self) -> None:
        """Record a take, after a countdown."""
        choice = self._source.currentData()
        if not isinstance(choice, MicrophoneChoice) or self._worker is not None:
            return
        self._stop()
        self.notice.hide()
        self.meter.reset()
        taker = Taker(choice.open, self)
        taker.counted.connect(self._count_down)
        taker.heard.connect(lambda samples: self.meter.add(samples, RATE))
        taker.taken.connect(self.add)
        self._begin(taker)

    def add(self, take: Floats) -> None:
        """One more take, where it is any good."""
        wrong = complaint(take, RATE)
        if wrong is not None:
            self._tell(f"That take {wrong}. Once more?")
            return
        self._count += 1
        self.takes[f"take {self._count}"] = np.asarray(take, np.float32)
        missing = _WANTED - len(self.takes)
        self._tell("Good. Once more." if missing > 0 else "Good. That is enough, and more is better.")
        self._forget_lesson()

    def teach(self) -> None:
        """Learn the word from the takes."""
        name = " ".join(self._name.text().split())
        if not name:
            self._tell("Name the word first.")
            self._name.setFocus()
            return
        self._stop()
        learner = Learner(name, self.takes, self)
        learner.learned.connect(self._take_lesson)
        self._begin(learner)
        self._tell("Learning…")

    def keep(self) -> None:
        """Keep what was learned; it is listened for from now on."""
        lesson = self._lesson
        if lesson is None:
            return
        try:
            lesson.keyword.save(learned.path_of(lesson.keyword.name))
        except OSError as error:
            self.notice.tell(f"It cannot be kept in {learned.FOLDER}: {error.strerror}", problem=True)
            return
        self.taught.emit(lesson.keyword.name)
        self._discard()
        self._tell(f"“{lesson.keyword.name}” is kept, and listened for on the Listen page.")

    def clear(self) -> None:
        """Begin anew."""
        self._discard()

    def _build(self) -> None:
        self._name = QLineEdit()
        self._name.setAccessibleName("The word")
        self._name.textChanged.connect(lambda _text: self._forget_lesson())
        self._source = QComboBox()
        self._source.setAccessibleName("Microphone")
        self.meter = LevelMeter()
        self.list = TakeList()
        self.list.player.told.connect(lambda line: self.notice.tell(line, problem=True))
        self.list.currentRowChanged.connect(lambda _row: self._show_buttons())
        form = QGridLayout()
        fields = {"&Word": self._name, "&Microphone": self._source, "Level": self.meter}
        for row, (title, field) in enumerate(fields.items()):
            label = QLabel(title)
            label.setBuddy(field)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1)
        works = {
            "&Record a take": self.record,
            "&Add recordings…": self.ask_for_file,
            "&Play": self.list.play,
            "Rem&ove": self._remove,
            "&Learn it": self.teach,
            "&Keep it": self.keep,
            "&Discard": self._discard,
        }
        self._lay_out(_HINT, form, "Takes", self.list, works)
        for name in ("Play", "Remove"):
            self._by_name[name].setAccessibleName(f"{name} the take")
        self._tell("Name a word, and record it.")

    def _begin(self, worker: Taker | Learner) -> None:
        self._worker = worker
        worker.failed.connect(lambda line: self._tell(sentence(line)))
        worker.finished.connect(self._end)
        worker.finished.connect(worker.deleteLater)
        worker.start()
        self._show_buttons()

    def _end(self) -> None:
        if self.sender() is self._worker:
            self._worker = None
            self._show_buttons()

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
        self.list.player.stop()
        self._show_buttons()

    def _count_down(self, left: int) -> None:
        self._tell(f"{left} …" if left else f"Say “{self._name.text().strip() or 'it'}” now ({SECONDS:g} s)")

    def _take_lesson(self, lesson: Lesson) -> None:
        self._lesson = lesson
        takes = f"Each take was tried with what the others teach: found in {lesson.found} of {lesson.tried}. "
        self._tell((takes if lesson.tried else "") + "Keep it?")
        self._show_buttons()

    def _forget_lesson(self) -> None:
        self._lesson = None
        self._show()

    def _remove(self) -> None:
        title = self.list.chosen()
        if title is not None:
            del self.takes[title]
            self._forget_lesson()

    def _discard(self) -> None:
        """Forget takes and lesson."""
        self._stop()
        self.takes, self._lesson, self._count = {}, None, 0
        self._name.clear()
        self._tell("Name a word, and record it.")
        self._show()

    def _show(self) -> None:
        """The takes as they are."""
        self.list.show_takes(self.takes)
        self._show_buttons()

    def _show_buttons(self) -> None:
        idle = self._worker is None
        ready = FEWEST <= len(self.takes) <= MOST and assets.LIVE_SPEECH.is_file()
        self._enable(
            {
                "Record a take": idle and isinstance(self._source.currentData(), MicrophoneChoice),
                "Add recordings": idle,
                "Play": idle and self.list.chosen() is not None,
                "Remove": idle and self.list.chosen() is not None,
                "Learn it": idle and ready,
                "Keep it": idle and self._lesson is not None,
                "Discard": idle and bool(self.takes),
            }
        )
