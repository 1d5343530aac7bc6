"""A transcript to be read, heard and corrected: a row a segment, in which each word can be clicked."""

from dataclasses import dataclass

from PyQt6.QtCore import QModelIndex, QPointF, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPalette, QTextCharFormat, QTextLayout, QTextOption
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from legato.app.desktop.theme import Theme
from legato.app.desktop.transcribing.order_table import clock
from legato.app.transcription.transcript import Segment, Transcript

_UNSURE = 0.5
"""Confidence, 0..1, below which a word is underlined"""
_MARGIN = 4


@dataclass(frozen=True)
class Place:
    """A word of a transcript."""

    segment: int
    word: int


class TranscriptTable(QTableWidget):
    """Segments with their times. A click on a word plays from there; F2 or a double click corrects a segment."""

    asked = pyqtSignal(float)
    """Play from this second on"""
    corrected = pyqtSignal(int, str)
    """A segment is to say something else"""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(0, 2, parent)
        self.setAccessibleName("Transcript")
        self.setAccessibleDescription(
            "Left and right go from word to word, the space bar plays from there, F2 corrects a segment."
        )
        self.setHorizontalHeaderLabels(["Time", "Text"])
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        vertical, horizontal = self.verticalHeader(), self.horizontalHeader()
        if vertical is not None and horizontal is not None:
            vertical.hide()
            horizontal.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
            horizontal.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
            horizontal.setHighlightSections(False)
            horizontal.sectionResized.connect(lambda *_: self.resizeRowsToContents())
        self._delegate = _WordsDelegate(self)
        self.setItemDelegateForColumn(1, self._delegate)
        self.itemChanged.connect(self._take_edit)
        self._transcript: Transcript | None = None
        self._filling = False
        self._word = 0
        self.currentCellChanged.connect(self._begin_row)

    @property
    def place(self) -> Place | None:
        """The word that the space bar plays."""
        row = self.currentRow()
        return Place(row, self._word) if row >= 0 else None

    def show_transcript(self, transcript: Transcript | None) -> None:
        """Show a transcript, or none."""
        self._transcript = transcript
        self._filling = True
        segments = transcript.segments if transcript else ()
        self.setRowCount(len(segments))
        for row, segment in enumerate(segments):
            time = QTableWidgetItem(clock(segment.start))
            time.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            time.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            text = QTableWidgetItem(segment.text)
            unsure = [word.word for word in segment.words if word.confidence < _UNSURE]
            text.setToolTip(f"Unsure of: {', '.join(unsure)}" if unsure else "")
            self.setItem(row, 0, time)
            self.setItem(row, 1, text)
        self._filling = False
        self._word = 0
        self.resizeRowsToContents()

    def segment(self, row: int) -> Segment | None:
        """The segment of a row."""
        segments = self._transcript.segments if self._transcript else ()
        return segments[row] if 0 <= row < len(segments) else None

    def mark_playing(self, seconds: float | None) -> None:
        """Show which word is being played; None: none is."""
        place = None
        if seconds is not None and self._transcript is not None:
            for row, segment in enumerate(self._transcript.segments):
                for number, word in enumerate(segment.words):
                    if word.start <= seconds:
                        place = Place(row, number)
        if place != self._delegate.playing:
            self._delegate.playing = place
            viewport = self.viewport()
            if viewport is not None:
                viewport.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802 - Qt's name
        """A click on a word plays it."""
        super().mouseReleaseEvent(event)
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        index = self.indexAt(event.pos())
        segment = self.segment(index.row())
        if segment is None or index.column() != 1:
            return
        word = self._delegate.word_at(index, self.visualRect(index), event.pos().toPointF())
        if word is not None and word < len(segment.words):
            self._word = word
            self.asked.emit(segment.words[word].start)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        """From word to word, and play."""
        segment = self.segment(self.currentRow())
        if event is None or segment is None or not segment.words:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                step = 1 if event.key() == Qt.Key.Key_Right else -1
                self._word = min(max(0, self._word + step), len(segment.words) - 1)
                self._show_word()
            case Qt.Key.Key_Space:
                self.asked.emit(segment.words[min(self._word, len(segment.words) - 1)].start)
            case _:
                super().keyPressEvent(event)

    def _begin_row(self, row: int, _column: int, old: int, _old_column: int) -> None:
        if row != old:
            self._word = 0
            self._show_word()

    def _show_word(self) -> None:
        self._delegate.chosen = self.place
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def _take_edit(self, item: QTableWidgetItem) -> None:
        segment = self.segment(item.row())
        if self._filling or item.column() != 1 or segment is None:
            return
        text = " ".join(item.text().split())
        if text != segment.text:
            self.corrected.emit(item.row(), text)


class _WordsDelegate(QStyledItemDelegate):
    """Draws a segment's words: those that the model is unsure of underlined, the one that is played on a bar."""

    def __init__(self, table: TranscriptTable) -> None:
        super().__init__(table)
        self._table = table
        self.playing: Place | None = None
        self.chosen: Place | None = None

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """One segment."""
        style = QApplication.style()
        if painter is None or style is None:
            return
        self.initStyleOption(option, index)
        option.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._table)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.save()
        painter.setPen(option.palette.color(role))
        layout = self._layout(index, option.rect, option.font)
        layout.draw(painter, option.rect.topLeft().toPointF() + QPointF(_MARGIN, _MARGIN))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802 - Qt's name
        """As high as the wrapped words."""
        width = self._table.columnWidth(1)
        height = self._layout(index, QRect(0, 0, width, 0), option.font).boundingRect().height()
        return QSize(width, round(height) + 2 * _MARGIN)

    def word_at(self, index: QModelIndex, rect: QRect, point: QPointF) -> int | None:
        """The number of the word at a point of the table."""
        text = str(index.data() or "")
        layout = self._layout(index, rect, self._table.font())
        inside = point - rect.topLeft().toPointF() - QPointF(_MARGIN, _MARGIN)
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            if line.rect().top() <= inside.y() < line.rect().bottom() and inside.x() <= line.naturalTextWidth():
                return text[: line.xToCursor(inside.x(), line.CursorPosition.CursorOnCharacter)].count(" ")
        return None

    def _layout(self, index: QModelIndex, rect: QRect, font: QFont) -> QTextLayout:
        """The words, wrapped to a width and dressed."""
        text = str(index.data() or "")
        layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        layout.setFormats(self._formats(index.row(), text))
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(rect.width() - 2 * _MARGIN)
            line.setPosition(QPointF(0, height))
            height += line.height()
        layout.endLayout()
        return layout

    def _formats(self, row: int, text: str) -> list[QTextLayout.FormatRange]:
        segment = self._table.segment(row)
        if segment is None or segment.text != text:
            return []
        theme, ranges, begin = Theme.of(self._table.palette()), [], 0
        for number, word in enumerate(segment.words):
            span = QTextLayout.FormatRange()
            span.start, span.length, span.format = begin, len(word.word), QTextCharFormat()
            begin += len(word.word) + 1
            if word.confidence < _UNSURE:
                span.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
            if self.playing == Place(row, number):
                span.format.setBackground(theme.accent)
                span.format.setForeground(theme.background)
            if self.chosen == Place(row, number) and self._table.hasFocus():
                span.format.setFontOverline(True)
                span.format.setFontWeight(QFont.Weight.Bold)
            ranges.append(span)
        return ranges
