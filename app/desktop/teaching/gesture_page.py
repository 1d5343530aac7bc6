"""The page that teaches a gesture: takes as landmarks, learning in a process of its own, and what came of it."""

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs
from PyQt6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QListWidget

from legato.app import assets
from legato.app.desktop import choices
from legato.app.desktop.choices import SightChoice
from legato.app.desktop.page import sentence
from legato.app.desktop.teaching.base import TeachingPage
from legato.app.desktop.teaching.errand import Errand

RECORDINGS = platformdirs.user_data_path("legato") / "gestures"
"""Where the takes of gestures that are kept stay: what is learned later needs them"""
_FEWEST, _TAKES = 3, 5
_HINT = (
    "Name a movement of the hand, and show it five times, each from rest to rest. Only where the hand's points are is "
    "kept, never a picture. Learning takes about a minute, and needs the training packages (legato[train])."
)


class TeachGesturePage(TeachingPage):
    """Teaches one gesture at a time; the model that knows what is kept is one's own."""

    def __init__(self) -> None:
        """Nothing is recorded yet; no camera is opened before takes are asked for."""
        super().__init__("Teach a gesture")
        self._place: TemporaryDirectory[str] | None = None
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
        if not self._learning:
            self._stop()

    def shut(self) -> None:
        """Stop for good; takes that were not kept are gone."""
        self._stop()
        if self._place is not None:
            self._place.cleanup()

    def add_files(self, paths: list[str]) -> None:
        """Take recordings of hands (.npz), or find the hands in videos; the pictures are not kept."""
        name = self._checked_name()
        if name is None or not paths:
            return
        first, *rest = paths

        def take(status: int, lines: list[str]) -> None:
            self._take_recordings(status, lines)
            self.add_files(rest)

        self._run([*self._recording(name), "--source", first], take)

    def record(self) -> None:
        """Record takes with the camera, after countdowns."""
        choice, name = self._source.currentData(), self._checked_name()
        if not isinstance(choice, SightChoice) or name is None:
            return
        source = ["--source", choice.source] if choice.source else []
        missing = max(1, _TAKES - len(self.takes))
        self._run([*self._recording(name), "--count", str(missing), *source], self._take_recordings)

    def teach(self) -> None:
        """Learn the gesture from the takes."""
        name = self._checked_name()
        if name is None:
            return
        target = self._folder() / "learned.onnx"
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
            _replace_folder(RECORDINGS / name, self.takes)
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
        shutil.rmtree(self._folder() / "takes", ignore_errors=True)
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
        self._directed: QCheckBox = QCheckBox("Its mirror image &is another gesture")
        self._directed.setAccessibleName("Its mirror image is another gesture")
        self._directed.toggled.connect(lambda _on: self._forget())
        self.log = QListWidget()
        self.log.setAccessibleName("What happened")
        form = QFormLayout()
        form.addRow("&Gesture", self._name)
        form.addRow("&Camera", self._source)
        form.addRow("", self._directed)
        works = {
            "&Record takes": self.record,
            "&Add recordings…": self.ask_for_file,
            "&Learn it": self.teach,
            "&Keep it": self.keep,
            "&Discard": self.clear,
        }
        self._lay_out(_HINT, form, "What happened", self.log, works)
        self._tell("Name a gesture, and show it.")

    def _folder(self) -> Path:
        """Where takes and what is learned of them are until they are kept; made when that is first wanted."""
        if self._place is None:
            self._place = TemporaryDirectory(prefix="legato-")
        return Path(self._place.name)

    def _recording(self, name: str) -> list[str]:
        return ["record", "gesture", name, "--output", str(self._folder() / "takes")]

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

    def _show(self) -> None:
        idle = self._errand is None
        self._enable(
            {
                "Record takes": idle and isinstance(self._source.currentData(), SightChoice),
                "Add recordings": idle,
                "Learn it": idle and len(self.takes) >= _FEWEST,
                "Keep it": idle and self._learned is not None,
                "Discard": bool(self.takes),
            }
        )


def _replace_folder(folder: Path, files: Sequence[Path]) -> None:
    """Have a folder hold these files and nothing else; where that fails, what was there stays. OSError."""
    beside = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, beside / file.name)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
