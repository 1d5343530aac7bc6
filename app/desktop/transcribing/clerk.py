"""The thread that has recordings written down, one after the other, by a process of its own that can be stopped."""

import logging
from collections.abc import Callable, Container, Mapping
from threading import Lock

from PyQt6.QtCore import QObject, QThread, pyqtSignal

from legato.app.desktop.transcribing.orders import Order, Orders, State
from legato.app.engine.errors import LegatoError, SourceError
from legato.app.transcription.local import PAUSES, Crew
from legato.app.transcription.parcels import Parcel, length_of
from legato.app.transcription.results import Heard, Result, Said, Settings
from legato.app.transcription.saving import prepare, save

log = logging.getLogger(__name__)


class Clerk(QThread):
    """Does the orders as they come, until it is stopped. Nothing of its own costs anything while there are none."""

    changed = pyqtSignal()
    """An order stands otherwise than before"""
    wrote = pyqtSignal(Order)
    """A transcript is there"""
    said = pyqtSignal(str)
    """A line that concerns no recording in particular"""

    def __init__(
        self,
        orders: Orders,
        settings: Settings,
        formats: Callable[[], Container[str]],
        parent: QObject | None = None,
    ) -> None:
        """A thread that hasn't started. Of a transcript's formats those are kept that `formats` then tells."""
        super().__init__(parent)
        self._orders = orders
        self._settings = settings
        self._formats = formats
        self._guard = Lock()
        self._crew: Crew | None = None
        self._current: Order | None = None
        self._dropped: Order | None = None

    def run(self) -> None:
        """The thread."""
        while (order := self._orders.take(wait=True)) is not None:
            try:
                self._work(order)
            except LegatoError as error:  # no process could begin
                self._over(self._current or order, State.failed, str(error))

    def cancel(self, order: Order) -> None:
        """Let an order be, whether it was begun or not. From the thread that owns this one."""
        with self._guard:
            if order.state is State.reading:
                self._dropped = order
                if self._crew is not None:
                    self._crew.interrupt()
                return
        if order.state is State.waiting:
            self._orders.end(order, State.cancelled)
            self.changed.emit()

    def pause(self, paused: bool) -> None:
        """Stand still, in the middle of a recording where the system can do that; or go on."""
        self._orders.pause(paused)
        with self._guard:
            if self._crew is not None:
                (self._crew.pause if paused else self._crew.resume)()
                if paused and not PAUSES:
                    self._crew.interrupt()

    def stop(self) -> None:
        """End the process and the thread, and wait for that. What was being read is lost, and no file is half there."""
        self._orders.shut()
        with self._guard:
            if self._crew is not None:
                self._crew.interrupt()
        self.wait()

    def _work(self, order: Order) -> None:
        """That order and those behind it, with one process."""
        first = self._begun(order)
        crew = Crew([first] if first else [], self._settings, 1, self._next)
        with self._guard:
            self._crew = crew
            if self._orders.paused:
                crew.pause()
            if self._dropped is not None:  # while the process was begun
                crew.interrupt()
        try:
            for event in crew.events():
                self._take(event)
        finally:
            with self._guard:
                self._crew = None
            crew.dismiss()
            self._let_go()

    def _let_go(self) -> None:
        """What becomes of an order that was interrupted."""
        order, self._current = self._current, None
        with self._guard:
            dropped, self._dropped = self._dropped, None
        if order is None:
            return
        if order is dropped:
            self._over(order, State.cancelled)
        else:
            self._orders.put_back(order)
            self.changed.emit()

    def _next(self) -> Parcel | None:
        """The next recording for the process; None where there is none just now."""
        while (order := self._orders.take(wait=False)) is not None:
            parcel = self._begun(order)
            if parcel is not None:
                return parcel
        return None

    def _begun(self, order: Order) -> Parcel | None:
        """An order that is begun, as the process wants it; None where there is no place for what will come of it."""
        try:
            prepare(order.job)
        except SourceError as error:
            self._over(order, State.failed, str(error))
            return None
        order.length = length_of(order.job.source)
        self._current = order
        self.changed.emit()
        return Parcel((order.job,), (order.length,))

    def _take(self, event: Heard | Said | Result) -> None:
        order = self._current
        match event:
            case Said(text):
                self.said.emit(text)
            case Heard(seconds) if order is not None:
                order.heard += seconds
                self.changed.emit()
            case Result() if order is not None:
                self._current = None
                self._keep(order, event)

    def _keep(self, order: Order, result: Result) -> None:
        """Write a transcript, where there is one."""
        problem = "; ".join(result.problems)
        try:
            save(order.job, self._wanted(result.texts))
        except SourceError as error:
            self._over(order, State.failed, str(error))
            return
        order.length = result.seconds or order.length
        self._over(order, State.done if result.texts else State.failed, problem)
        if result.texts:
            self.wrote.emit(order)

    def _wanted(self, texts: Mapping[str, str]) -> dict[str, str]:
        formats = self._formats()
        return {form: text for form, text in texts.items() if form in formats}

    def _over(self, order: Order, state: State, problem: str = "") -> None:
        if problem:
            log.info("%s", problem)
        if order is self._current:
            self._current = None
        self._orders.end(order, state, problem)
        self.changed.emit()
