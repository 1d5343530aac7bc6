"""From events to actions: which are due, one switch for all of them, and a log of what came of each."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

from legato.app.actions.bindings import Action, Binding
from legato.app.actions.performing import Event
from legato.app.engine.errors import LegatoError

_AT_ONCE = 4
"""Actions that are done at the same time; further ones wait"""


@dataclass(frozen=True)
class Entry:
    """What came of one action."""

    label: str
    action: Action
    problem: str
    """Why it could not be done; empty where it was"""


class Dispatcher:
    """Does what is bound to events, on threads of its own. Off until it is switched on."""

    def __init__(
        self,
        perform: Callable[[Action, Event], None],
        log: Callable[[Entry], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`perform` does an action or raises LegatoError; `log` is told, on whatever thread, what came of it."""
        self.bindings: Sequence[Binding] = ()
        self.on = False
        self._perform, self._log, self._clock = perform, log, clock
        self._done: dict[Binding, float] = {}
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="action")

    def handle(self, event: Event) -> list[Binding]:
        """Do what is due because of an event; tells what that is."""
        if not self.on:
            return []
        now = self._clock()
        due = [
            binding
            for binding in self.bindings
            if binding.label == event.label
            and binding.ready
            and now - self._done.get(binding, float("-inf")) >= binding.cool_down
        ]
        for binding in due:
            self._done[binding] = now
            self.do(binding, event)
        return due

    def do(self, binding: Binding, event: Event) -> None:
        """Do that now, whatever the switch and the cool-down say."""
        self._threads.submit(self._try, binding, event)

    def shut(self) -> None:
        """Begin nothing more; what is being done goes on to its end."""
        self.on = False
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _try(self, binding: Binding, event: Event) -> None:
        problem = ""
        try:
            self._perform(binding.action, event)
        except LegatoError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - an action that fails must not end the thread, nor be silent
            problem = f"unexpected {type(error).__name__}: {error}"
        self._log(Entry(binding.label, binding.action, problem))
