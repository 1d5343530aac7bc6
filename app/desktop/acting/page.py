"""The page on which events are given something to do."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QLabel,
    QListWidget,
    QMessageBox,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
)

from legato.app.actions.bindings import Action, Binding, Program, read, write
from legato.app.actions.dispatcher import Dispatcher, Entry
from legato.app.actions.performing import Event, perform
from legato.app.desktop.acting.binding_dialog import BindingDialog
from legato.app.desktop.buttons import button, side_by_side
from legato.app.desktop.page import Page, heading, sentence
from legato.app.desktop.plain_table import plain_table
from legato.app.engine.events import KeywordEvent

_MOST = 500
"""Lines of the log"""
_COLUMNS = ("On", "When", "Do", "Not again for")
_TRIED = KeywordEvent("", 0.0, 0.0, 0.0, 1.0)


class ActionsPage(Page):
    """A list of bindings, one switch for all, and what came of each."""

    switched = pyqtSignal(bool)
    """All actions were switched on or off"""
    _logged = pyqtSignal(Entry)
    _shown = pyqtSignal(str)

    def __init__(self, path: Path | None, labels: Callable[[], Sequence[str]], show: Callable[[str], bool]) -> None:
        """Keep bindings at `path`, where there is one; offer `labels`; `show` a line on the desktop, if that can be."""
        super().__init__("Actions")
        self._path, self._labels, self._show = path, labels, show
        self.dispatcher = Dispatcher(self._perform, self._logged.emit)
        self._logged.connect(self._note)
        self._shown.connect(self._notify)
        self._build()
        bindings, problem = read(path) if path else ([], "")
        self._set(bindings)
        if problem:
            self.notice.tell(sentence(problem), problem=True)

    @property
    def bindings(self) -> Sequence[Binding]:
        """All of them, from the top."""
        return self.dispatcher.bindings

    def handle(self, event: Event) -> None:
        """Something was heard or seen."""
        self.dispatcher.handle(event)

    def switch(self, on: bool) -> None:
        """All actions on, or off."""
        self.dispatcher.on = on
        self._switch.setChecked(on)
        told = "Actions are &on: click to silence all of them" if on else "Actions are &off: click to switch them on"
        self._switch.setText(told)
        self._switch.setAccessibleName("Actions are on" if on else "Actions are off")
        self.switched.emit(on)

    def add(self, binding: Binding) -> None:
        """One more; a program needs the user's consent before it is ever run."""
        self._keep([*self.bindings, binding])
        self.table.selectRow(len(self.bindings) - 1)
        if isinstance(binding.action, Program):
            self.ask_consent(len(self.bindings) - 1)

    def ask_consent(self, row: int, then: Callable[[], None] | None = None) -> None:
        """Show what will be run, and ask whether it may be; `then` is done once it may."""
        binding = self.bindings[row]
        if not isinstance(binding.action, Program):
            return
        box = QMessageBox(self)
        box.setWindowTitle("Run a program?")
        box.setText(f"Whenever “{binding.label}” is heard or seen, this is run on this machine, with all your rights:")
        box.setInformativeText("\n".join(binding.action.arguments))
        allow = box.addButton("&Allow it", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)

        def take() -> None:
            if box.clickedButton() is allow:
                self._change(row, replace(binding, confirmed=True))
                if then is not None:
                    then()

        box.finished.connect(take)
        box.open()

    def ask_for_binding(self) -> None:
        """Let the user bind something new."""
        dialog = BindingDialog(self._labels(), None, self)
        dialog.given.connect(self.add)
        dialog.open()

    def show_bindings(self) -> None:
        """Show them as they are."""
        self._set(self.bindings)

    def clear(self) -> None:
        """Empty the log."""
        self.log.clear()

    def shut(self) -> None:
        """Begin nothing more."""
        self.dispatcher.shut()

    def _build(self) -> None:
        self._switch = QPushButton()
        self._switch.setCheckable(True)
        self._switch.clicked.connect(self.switch)
        self.table = plain_table("Actions", _COLUMNS, 2)
        self.table.itemChanged.connect(self._tick)
        self.table.itemSelectionChanged.connect(self._show_buttons)
        self.log = QListWidget()
        self.log.setAccessibleName("What was done")
        works = {
            "&Add…": self.ask_for_binding,
            "&Change…": self._ask_change,
            "&Remove": self._remove,
            "&Test": self._test,
        }
        self._buttons = [button(title, work) for title, work in works.items()]
        for one in self._buttons:
            one.setAccessibleName(f"{one.accessibleName()} an action")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.notice)
        layout.addWidget(self._switch)
        layout.addWidget(heading("What is done when something is heard or seen"))
        layout.addWidget(self.table, 3)
        layout.addLayout(side_by_side(self._buttons))
        layout.addWidget(heading("What was done, the newest first"))
        layout.addWidget(self.log, 2)
        layout.addWidget(QLabel("While this page is in sight, the one that listened or watched goes on."))
        self.switch(False)

    def _keep(self, bindings: Sequence[Binding]) -> None:
        """Have these from now on, and in the file."""
        self._set(bindings)
        if self._path is None:
            return
        try:
            write(self._path, bindings)
        except OSError as error:
            self.notice.tell(f"Actions cannot be kept in {self._path}: {error.strerror}", problem=True)

    def _set(self, bindings: Sequence[Binding]) -> None:
        self.dispatcher.bindings = tuple(bindings)
        self.table.blockSignals(True)
        self.table.setRowCount(len(bindings))
        for row, binding in enumerate(bindings):
            told = binding.action.told()
            if not binding.ready and binding.on:
                told += " (not allowed yet: choose Test)"
            cells = ("", binding.label, told, f"{binding.cool_down:g} s")
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
            tick = self.table.item(row, 0)
            if tick is not None:
                tick.setFlags(tick.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                tick.setCheckState(Qt.CheckState.Checked if binding.on else Qt.CheckState.Unchecked)
        self.table.blockSignals(False)
        self._show_buttons()

    def _change(self, row: int, binding: Binding) -> None:
        self._keep([*self.bindings[:row], binding, *self.bindings[row + 1 :]])
        self.table.selectRow(row)

    def _tick(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            on = item.checkState() == Qt.CheckState.Checked
            self._change(item.row(), replace(self.bindings[item.row()], on=on))

    def _ask_change(self) -> None:
        row = self.table.currentRow()
        old = self.bindings[row]
        dialog = BindingDialog(self._labels(), old, self)

        def take(binding: Binding) -> None:
            allowed = old.confirmed and binding.action == old.action
            self._change(row, replace(binding, on=old.on, confirmed=allowed))
            if isinstance(binding.action, Program) and not allowed:
                self.ask_consent(row)

        dialog.given.connect(take)
        dialog.open()

    def _remove(self) -> None:
        row = self.table.currentRow()
        self._keep([*self.bindings[:row], *self.bindings[row + 1 :]])

    def _test(self) -> None:
        """Do it once, whatever the switch says; a program only with consent."""
        row = self.table.currentRow()
        binding = self.bindings[row]
        if isinstance(binding.action, Program) and not binding.confirmed:
            self.ask_consent(row, partial(self._do, row))
        else:
            self._do(row)

    def _do(self, row: int) -> None:
        binding = self.bindings[row]
        self.dispatcher.do(binding, replace(_TRIED, label=binding.label))

    def _show_buttons(self) -> None:
        chosen = bool(self.table.selectedIndexes())
        for one in self._buttons[1:]:
            one.setEnabled(chosen)

    def _perform(self, action: Action, event: Event) -> None:
        """On a thread of the dispatcher's."""
        perform(action, event, self._shown.emit)

    def _notify(self, text: str) -> None:
        if not self._show(text):
            self.notice.tell(f"{text} (this desktop has no place for notifications)")

    def _note(self, entry: Entry) -> None:
        clock = datetime.now().astimezone().strftime("%H:%M:%S")
        outcome = f"failed: {entry.problem}" if entry.problem else "done"
        self.log.insertItem(0, f"{clock}  {entry.label}: {entry.action.told()}, {outcome}")
        if self.log.count() > _MOST:
            self.log.takeItem(_MOST)
