"""The recordings that are to be written down: what is wanted of each, how far it is, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from threading import Condition

from legato.app.transcription.jobs import Job


class State(StrEnum):
    """Where a recording stands."""

    waiting = "Waiting"
    reading = "Reading"
    done = "Done"
    failed = "Failed"
    cancelled = "Cancelled"


@dataclass(eq=False)
class Order:
    """One recording."""

    job: Job
    state: State = State.waiting
    length: float = 0.0
    """Seconds of sound, about, once that is known"""
    heard: float = 0.0
    """Seconds of them that were got through"""
    problem: str = ""
    """What a user must know, also of one that is done"""

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        if self.state is State.done:
            return 1.0
        return min(1.0, self.heard / self.length) if self.length else 0.0


class Orders:
    """All of them, in the order in which they came. Any thread may ask; whoever waits is woken by every change."""

    def __init__(self) -> None:
        """None."""
        self._orders: list[Order] = []
        self._changed = Condition()
        self._paused = self._shut = False

    def __iter__(self) -> Iterator[Order]:
        """Those that are there now."""
        with self._changed:
            return iter(list(self._orders))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._orders)

    def add(self, job: Job) -> Order | None:
        """A new order; None where the same is there and not over."""
        with self._changed:
            old = next((order for order in self._orders if order.job == job), None)
            if old is not None and old.state in {State.waiting, State.reading, State.done}:
                return None
            if old is not None:
                self._orders.remove(old)
            self._orders.append(Order(job))
            self._changed.notify_all()
            return self._orders[-1]

    def note(self, job: Job) -> Order:
        """An order that was done earlier."""
        with self._changed:
            order = Order(job, State.done)
            self._orders.append(order)
            return order

    def put_back(self, order: Order) -> None:
        """Have it done again, from the beginning."""
        with self._changed:
            order.state, order.heard, order.problem = State.waiting, 0.0, ""
            self._changed.notify_all()

    def end(self, order: Order, state: State, problem: str = "") -> None:
        """It is over."""
        with self._changed:
            order.state, order.problem = state, problem

    def remove(self, ended: bool = True) -> None:
        """Forget those that are over, or all but the one in work."""
        with self._changed:
            left = {State.reading, State.waiting} if ended else {State.reading}
            self._orders = [order for order in self._orders if order.state in left]

    @property
    def paused(self) -> bool:
        """Whether nothing is to be begun."""
        return self._paused

    def pause(self, paused: bool) -> None:
        """Begin nothing more, or go on."""
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def shut(self) -> None:
        """Whoever waits need not wait any more."""
        with self._changed:
            self._shut = True
            self._changed.notify_all()

    def take(self, wait: bool) -> Order | None:
        """The next one, which is being read from now on; None where there is none, or, when waiting, never will be."""
        with self._changed:
            while not self._shut:
                waiting = [order for order in self._orders if order.state is State.waiting]
                if waiting and not self._paused:
                    waiting[0].state = State.reading
                    return waiting[0]
                if not wait:
                    return None
                self._changed.wait()
            return None
