"""The transcript of one recording: read, heard, corrected and given out in any format."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from legato.app.desktop.buttons import button
from legato.app.desktop.page import heading, sentence
from legato.app.desktop.transcribing.orders import Order
from legato.app.desktop.transcribing.player import Player
from legato.app.desktop.transcribing.transcript_table import TranscriptTable
from legato.app.engine.errors import SourceError
from legato.app.transcription.editing import corrected
from legato.app.transcription.formats import FORMATS
from legato.app.transcription.jobs import Job
from legato.app.transcription.saving import save
from legato.app.transcription.transcript import Transcript

_HINT = "A click on a word plays it; a double click or F2 corrects a line. What the model is unsure of is underlined."


class Reader(QWidget):
    """Shows what came of an order."""

    told = pyqtSignal(str)
    """One line on what went wrong"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing to read yet."""
        super().__init__(parent)
        self._order: Order | None = None
        self._transcript: Transcript | None = None
        self._player: Player | None = None
        self.title = heading("Transcript")
        self.table = TranscriptTable()
        self.table.asked.connect(self.play)
        self.table.corrected.connect(self._correct)
        self.hint = QLabel(_HINT)
        self.hint.setWordWrap(True)
        self._play = button("Play", self._play_or_stop, "Play the recording from the chosen word")
        self._export = button("E&xport…", self.ask_for_target, "Export the transcript")
        buttons = QHBoxLayout()
        buttons.addWidget(self.hint, 1)
        buttons.addWidget(self._play)
        buttons.addWidget(self._export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        self.show_order(None)

    def show_order(self, order: Order | None) -> None:
        """Show the transcript of an order, as its file has it, or why there is none."""
        self.stop()
        self._order, self._transcript = order, None
        title = "Transcript" if order is None else order.job.source.name
        if order is not None and order.job.target("json").is_file():
            try:
                self._transcript = Transcript.from_json(order.job.target("json").read_text(encoding="utf-8"))
            except (OSError, ValueError, KeyError, TypeError):
                self.told.emit(f"{order.job.target('json')} is no transcript that can be read: retry the recording")
        self.title.setText(title)
        self.hint.setText(_HINT if order is None or not order.problem else sentence(order.problem))
        self.table.show_transcript(self._transcript)
        self._play.setEnabled(self._transcript is not None)
        self._export.setEnabled(self._transcript is not None)

    @property
    def order(self) -> Order | None:
        """What is shown."""
        return self._order

    def play(self, start: float) -> None:
        """Play the recording from a second on."""
        self.stop()
        if self._order is None:
            return
        self._player = Player(self._order.job.source, start, self)
        self._player.progressed.connect(self.table.mark_playing)
        self._player.failed.connect(lambda line: self.told.emit(sentence(line)))
        self._player.finished.connect(self._end)
        self._player.finished.connect(self._player.deleteLater)
        self._player.start()
        self._play.setText("Stop")

    def stop(self) -> None:
        """Play no more."""
        player, self._player = self._player, None
        if player is not None:
            player.stop()
        self._play.setText("Play")
        self.table.mark_playing(None)

    def ask_for_target(self) -> None:
        """Let the user choose a file to write the transcript to."""
        if self._order is None:
            return
        kinds = {"txt": "Text", "json": "JSON", "srt": "Subtitles", "vtt": "Web subtitles"}
        dialog = QFileDialog(self, "Export the transcript", str(self._order.job.target("txt")))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([f"{title} (*.{form})" for form, title in kinds.items()])
        dialog.fileSelected.connect(lambda path: self.export(Path(path)))
        dialog.open()

    def export(self, path: Path) -> None:
        """Write the transcript to a file; its name's ending tells the format."""
        form = path.suffix[1:].lower()
        if form not in FORMATS:
            self.told.emit(f"{path.name} ends in none of {', '.join(FORMATS)}: add one of these")
        elif self._order is not None and self._transcript is not None:
            self._save(Job(self._order.job.source, path.with_suffix("")), (form,))

    def _play_or_stop(self) -> None:
        if self._player is not None:
            self.stop()
            return
        place = self.table.place
        segment = self.table.segment(place.segment) if place else None
        self.play(segment.words[place.word].start if place and segment and segment.words else 0.0)

    def _end(self) -> None:
        if self.sender() is self._player:
            self._player = None
            self.stop()

    def _correct(self, row: int, text: str) -> None:
        """Keep what a segment says now, in every file that there is of the transcript."""
        if self._transcript is None or self._order is None:
            return
        self._transcript = corrected(self._transcript, row, text)
        job = self._order.job
        self._save(job, ["json", *(form for form in FORMATS if form != "json" and job.target(form).is_file())])
        self.table.show_transcript(self._transcript)
        self.table.setCurrentCell(min(row, self.table.rowCount() - 1), 1)

    def _save(self, job: Job, formats: Sequence[str]) -> None:
        if self._transcript is None:
            return
        try:
            save(job, {form: FORMATS[form](self._transcript) for form in formats})
        except SourceError as error:
            self.told.emit(sentence(str(error)))
