"""The recordings that are to be written down: what is wanted of each, how far it is, and what came of it."""

from collections.abc import Iterator, Sequence
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

    def add(self, jobs: Sequence[Job]) -> bool:
        """More of them; whether any is to be done. One that has a newer transcript is done already.

        One that is there stays as it is, but for those that failed or were cancelled: they are done again.
        """
        with self._changed:
            known = {order.job: order for order in self._orders}
            for job in jobs:
                old = known.get(job)
                if old is None:
                    self._orders.append(Order(job, State.done if job.done(("json",)) else State.waiting))
                elif old.state in {State.failed, State.cancelled}:
                    self._begin_anew(old)
            self._changed.notify_all()
            return any(order.state is State.waiting for order in self._orders)

    def put_back(self, order: Order) -> None:
        """Have it done again, from the beginning."""
        with self._changed:
            self._begin_anew(order)
            self._changed.notify_all()

    def _begin_anew(self, order: Order) -> None:
        order.state, order.heard, order.problem = State.waiting, 0.0, ""

    def end(self, order: Order, state: State, problem: str = "") -> None:
        """It is over."""
        with self._changed:
            order.state, order.problem = state, problem

    def remove(self) -> None:
        """Forget those that are over."""
        with self._changed:
            self._orders = [order for order in self._orders if order.state in {State.reading, State.waiting}]

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
