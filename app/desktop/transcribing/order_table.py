"""The list of recordings that are, will be and were written down."""

from collections.abc import Sequence

from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionProgressBar,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from legato.app.desktop.transcribing.orders import Order, State

_SHARE = Qt.ItemDataRole.UserRole
"""How much of a recording is done, 0..100; nothing while it is not being read"""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class OrderTable(QTableWidget):
    """A row for each order: name, length, and how it stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(0, 3, parent)
        self.setAccessibleName("Recordings to write down")
        self.setHorizontalHeaderLabels(["Recording", "Length", "State"])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setItemDelegateForColumn(2, _ProgressDelegate(self))
        vertical, horizontal = self.verticalHeader(), self.horizontalHeader()
        if vertical is not None and horizontal is not None:
            vertical.hide()
            horizontal.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            horizontal.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
            horizontal.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
            horizontal.setHighlightSections(False)
        self.setColumnWidth(2, 14 * self.fontMetrics().averageCharWidth())
        self._orders: list[Order] = []

    def show_orders(self, orders: Sequence[Order]) -> None:
        """Show these, as they are now; the selection stays where it can."""
        if self._orders != list(orders):
            selected = self.selected()
            self._orders = list(orders)
            self.setRowCount(len(self._orders))
            for row, order in enumerate(self._orders):
                for column in range(3):
                    self.setItem(row, column, QTableWidgetItem())
                self._cell(row, 0).setText(order.job.source.name)
                self._cell(row, 1).setTextAlignment(_RIGHT)
            self.clearSelection()
            for order in selected:
                if order in self._orders:
                    self.selectRow(self._orders.index(order))
        for row, order in enumerate(self._orders):
            self._show(row, order)

    def selected(self) -> list[Order]:
        """The orders that are selected, from the top."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return [self._orders[row] for row in rows if row < len(self._orders)]

    def choose(self, order: Order) -> None:
        """Select that one."""
        self.selectRow(self._orders.index(order))

    def _show(self, row: int, order: Order) -> None:
        state, length = self._cell(row, 2), self._cell(row, 1)
        reading = order.state is State.reading
        told = f"{order.share:.0%}" if reading else order.state.value
        if order.problem and order.state is State.done:
            told = "Done, see below"
        for cell, text in ((state, told), (length, clock(order.length) if order.length else "")):
            if cell.text() != text:
                cell.setText(text)
        state.setData(_SHARE, round(100 * order.share) if reading else None)
        self._cell(row, 0).setToolTip(f"{order.job.source}\n{order.problem}".strip())

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        cell = self.item(row, column)
        if cell is None:
            raise IndexError(f"no cell in row {row}, column {column}")
        return cell


class _ProgressDelegate(QStyledItemDelegate):
    """Draws a bar with its percentage for what is being read, and words for everything else."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """One cell."""
        share = index.data(_SHARE)
        style = QApplication.style()
        if share is None or painter is None or style is None:
            super().paint(painter, option, index)
            return
        bar = QStyleOptionProgressBar()
        bar.rect = option.rect.adjusted(2, 3, -2, -3)
        bar.minimum, bar.maximum, bar.progress = 0, 100, share
        bar.text, bar.textVisible = f"{share} %", True
        bar.textAlignment = Qt.AlignmentFlag.AlignCenter
        bar.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Horizontal
        bar.palette = option.palette
        style.drawControl(QStyle.ControlElement.CE_ProgressBar, bar, painter)


def clock(seconds: float) -> str:
    """As 1:02:03 or 2:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
