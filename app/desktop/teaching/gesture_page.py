"""The page that teaches a gesture: takes as landmarks, learning in a process of its own, and what came of it."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs
from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
)

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import SightChoice
from legato.app.desktop.page import Page, heading, sentence
from legato.app.desktop.teaching.errand import Errand

RECORDINGS = platformdirs.user_data_path("legato") / "gestures"
"""Where the takes of gestures that are kept stay: what is learned later needs them"""
_FEWEST, _TAKES = 3, 5
_HINT = (
    "Name a movement of the hand, and show it five times, each from rest to rest. Only where the hand's points are is "
    "kept, never a picture. Learning takes about a minute, and needs the training packages (legato[train])."
)


class TeachGesturePage(Page):
    """Teaches one gesture at a time."""

    taught = pyqtSignal(str)
    """A gesture that is kept; the model that knows it is one's own now"""

    def __init__(self) -> None:
        """Nothing is recorded yet; no camera is opened before takes are asked for."""
        super().__init__("Teach a gesture")
        self._place = TemporaryDirectory(prefix="legato-")
        self.takes: list[Path] = []
        self._errand: Errand | None = None
        self._learned: Path | None = None
        self._build()
        self._show()

    def come_back(self) -> None:
        """Ask which cameras there are, once."""
        if not self._source.count():
            self.look_again()

    def look_again(self) -> None:
        """Ask anew."""
        self._source.clear()
        found = choices.cameras()
        for choice in found:
            self._source.addItem(choice.title, choice)
        if not found:
            self._source.addItem("No camera found")
        self._show()

    def leave(self) -> None:
        """Record no more; what is being learned goes on."""
        if self._errand is not None and self._learned is None and not self._learning:
            self._stop()

    def shut(self) -> None:
        """Stop for good; takes that were not kept are gone."""
        self._stop()
        self._place.cleanup()

    def ask_for_file(self) -> None:
        """Let the user choose recordings of hands, or videos."""
        dialog = QFileDialog(self, "Recordings of the gesture")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def add_files(self, paths: Sequence[str]) -> None:
        """Take recordings of hands (.npz) or videos as they are."""
        for path in map(Path, paths):
            target = self._folder() / f"{len(self.takes) + 1}-{path.name}"
            try:
                shutil.copyfile(path, target)
            except OSError as error:
                self.notice.tell(f"{path} cannot be read: {error.strerror}", problem=True)
                continue
            self.takes.append(target)
        self._forget()

    def record(self) -> None:
        """Record takes with the camera, after countdowns."""
        choice, name = self._source.currentData(), self._checked_name()
        if not isinstance(choice, SightChoice) or name is None:
            return
        source = ["--source", choice.source] if choice.source else []
        missing = max(1, _TAKES - len(self.takes))
        arguments = ["record", "gesture", name, "--output", str(self._folder()), "--count", str(missing), *source]
        self._run(arguments, self._take_recordings)

    def teach(self) -> None:
        """Learn the gesture from the takes."""
        name = self._checked_name()
        if name is None:
            return
        target = Path(self._place.name, "learned.onnx")
        sources = [part for take in self.takes for part in ("--from", str(take))]
        directed = ["--directed"] if self._directed.isChecked() else []
        arguments = ["learn", name, *sources, "--output", str(target), *directed]
        self._run(arguments, lambda status, _: self._take_lesson(status, target))
        self._learning = True

    def keep(self) -> None:
        """Watch with what was learned from now on, and keep the takes for what is learned later."""
        name = self._checked_name()
        if self._learned is None or name is None:
            return
        try:
            kept = RECORDINGS / name
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir(parents=True)
            for take in self.takes:
                shutil.copyfile(take, kept / take.name)
            assets.OWN_GESTURES.parent.mkdir(parents=True, exist_ok=True)
            partial = assets.OWN_GESTURES.with_suffix(".partial")
            shutil.copyfile(self._learned, partial)
            partial.replace(assets.OWN_GESTURES)
        except OSError as error:
            self.notice.tell(f"It cannot be kept in {assets.OWN_GESTURES.parent}: {error.strerror}", problem=True)
            return
        self.clear()
        self._tell(f"{name} is kept, and watched for on the Watch page.")
        self.taught.emit(name)

    def clear(self) -> None:
        """Forget takes and what was learned."""
        self._stop()
        shutil.rmtree(self._folder(), ignore_errors=True)
        self.takes = []
        self._name.clear()
        self.log.clear()
        self._tell("Name a gesture, and show it.")
        self._forget()

    def _build(self) -> None:
        self._learning = False
        self._said: list[str] = []
        """What the latest errand told"""
        self._name = QLineEdit()
        self._name.setAccessibleName("The gesture")
        self._name.textChanged.connect(lambda _text: self._forget())
        self._source = QComboBox()
        self._source.setAccessibleName("Camera")
        self._directed: QCheckBox = QCheckBox("Its mirror image is &another gesture")
        self._directed.setAccessibleName("Its mirror image is another gesture")
        self._directed.toggled.connect(lambda _on: self._forget())
        self.told = QLabel()
        self.told.setAccessibleName("What to do")
        self.told.setWordWrap(True)
        self.told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self.told.font()
        font.setPointSizeF(1.8 * font.pointSizeF())
        font.setWeight(QFont.Weight.Bold)
        self.told.setFont(font)
        self.told.setMinimumHeight(90)
        self.log = QListWidget()
        self.log.setAccessibleName("What happened")
        form = QFormLayout()
        form.addRow("&Gesture", self._name)
        form.addRow("&Camera", self._source)
        form.addRow("", self._directed)
        hint = QLabel(_HINT)
        hint.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(hint)
        layout.addLayout(form)
        layout.addWidget(self.told)
        layout.addWidget(heading("What happened"))
        layout.addWidget(self.log, 1)
        layout.addLayout(self._buttons())
        self._tell("Name a gesture, and show it.")

    def _buttons(self) -> QHBoxLayout:
        works = {
            "&Record takes": self.record,
            "&Add recordings…": self.ask_for_file,
            "&Learn it": self.teach,
            "&Keep it": self.keep,
            "&Discard": self.clear,
        }
        self._by_name: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        for title, work in works.items():
            button = QPushButton(title)
            name = title.replace("&", "").rstrip("…")
            button.setAccessibleName(name)
            button.clicked.connect(lambda _checked, work=work: work())
            row.addWidget(button)
            self._by_name[name] = button
        return row

    def _folder(self) -> Path:
        folder = Path(self._place.name, "takes")
        folder.mkdir(exist_ok=True)
        return folder

    def _checked_name(self) -> str | None:
        name = self._name.text().strip()
        if re.fullmatch(r"[\w-]+", name):
            return name
        self._tell("Name the gesture: letters, digits, _ and - only.")
        self._name.setFocus()
        return None

    def _run(self, arguments: Sequence[str], then: Callable[[int, list[str]], None]) -> None:
        self._stop()
        errand = Errand(arguments, self)
        errand.said.connect(self._hear)
        errand.ended.connect(lambda status, lines: self._end(status, lines, then))
        self._errand, self._said = errand, []
        self._tell("One moment …")
        errand.start()
        self._show()

    def _hear(self, line: str) -> None:
        plain = line.removeprefix("legato: ")
        self._tell(sentence(plain))
        self._said.append(plain)
        self.log.addItem(plain)
        self.log.scrollToBottom()

    def _end(self, status: int, lines: list[str], then: Callable[[int, list[str]], None]) -> None:
        self._errand, self._learning = None, False
        then(status, lines)
        self._show()

    def _take_recordings(self, _status: int, lines: list[str]) -> None:
        self.takes += [Path(line) for line in lines if Path(line).is_file()]
        if len(self.takes) >= _FEWEST:
            self._tell(f"{len(self.takes)} takes. Learn it now, or record more.")
        self._forget()

    def _take_lesson(self, status: int, target: Path) -> None:
        if status == 0 and target.is_file():
            self._learned = target
            found = [line for line in self._said if "found in" in line or "mistakes" in line]
            self._tell(f"{'. '.join(map(sentence, found))}. Keep it?")

    def _stop(self) -> None:
        errand, self._errand = self._errand, None
        self._learning = False
        if errand is not None:
            errand.stop()
            errand.deleteLater()
        self._show()

    def _forget(self) -> None:
        """What was learned is old: something else is wanted now."""
        self._learned = None
        self._show()

    def _tell(self, text: str) -> None:
        self.told.setText(text)

    def _show(self) -> None:
        idle = self._errand is None
        states = {
            "Record takes": idle and isinstance(self._source.currentData(), SightChoice),
            "Add recordings": idle,
            "Learn it": idle and len(self.takes) >= _FEWEST,
            "Keep it": idle and self._learned is not None,
            "Discard": bool(self.takes),
        }
        for name, enabled in states.items():
            self._by_name[name].setEnabled(enabled)
