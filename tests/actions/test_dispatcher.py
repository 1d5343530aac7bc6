"""Which actions are due, and what is told of them."""

from collections.abc import Iterator
from threading import Event as Flag

import pytest

from legato.app.actions.bindings import Action, Binding, Keys, Program
from legato.app.actions.dispatcher import Dispatcher, Entry
from legato.app.actions.performing import Event
from legato.app.engine.errors import LegatoError
from legato.app.engine.events import KeywordEvent

A, B = Keys("a"), Keys("b")


def event(label: str) -> KeywordEvent:
    return KeywordEvent(label, 0.0, 0.1, 0.2, 0.9)


class Desk:
    """A dispatcher with a clock that stands still."""

    def __init__(self) -> None:
        self.now = 100.0
        self.log: list[Entry] = []
        self.logged = Flag()
        self.dispatcher = Dispatcher(self._perform, self._note, lambda: self.now)

    def _perform(self, action: Action, event: Event) -> None:
        if event.label == "bad":
            raise LegatoError("it is broken")
        if event.label == "worse":
            raise ZeroDivisionError("nobody knew")

    def _note(self, entry: Entry) -> None:
        self.log.append(entry)
        self.logged.set()

    def told(self, label: str) -> list[Action]:
        return [binding.action for binding in self.dispatcher.handle(event(label))]


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    made.dispatcher.on = True
    yield made
    made.dispatcher.shut()


def test_only_what_is_bound_is_done(desk: Desk) -> None:
    desk.dispatcher.bindings = [Binding("go", A), Binding("go", B), Binding("stop", A), Binding("go", B, on=False)]
    assert desk.told("go") == [A, B]
    assert desk.told("left") == []


def test_the_switch_silences_all(desk: Desk) -> None:
    desk.dispatcher.bindings = [Binding("go", A)]
    desk.dispatcher.on = False
    assert desk.told("go") == []


def test_it_is_off_at_first() -> None:
    made = Desk()
    made.dispatcher.bindings = [Binding("go", A)]
    assert made.told("go") == []
    made.dispatcher.shut()


def test_cool_downs_are_each_ones_own(desk: Desk) -> None:
    desk.dispatcher.bindings = [Binding("go", A, 2.0), Binding("go", B, 0.0)]
    assert desk.told("go") == [A, B]
    desk.now += 1.9
    assert desk.told("go") == [B]
    desk.now += 0.1
    assert desk.told("go") == [A, B]


def test_a_program_without_consent_is_never_run(desk: Desk) -> None:
    program = Program(("rm", "x"))
    desk.dispatcher.bindings = [Binding("go", program)]
    assert desk.told("go") == []
    desk.dispatcher.bindings = [Binding("go", program, confirmed=True)]
    assert desk.told("go") == [program]


@pytest.mark.parametrize(
    ("label", "problem"),
    [("go", ""), ("bad", "it is broken"), ("worse", "unexpected ZeroDivisionError: nobody knew")],
)
def test_what_came_of_it_is_logged(desk: Desk, label: str, problem: str) -> None:
    desk.dispatcher.bindings = [Binding(label, A)]
    desk.told(label)
    assert desk.logged.wait(10)
    assert desk.log == [Entry(label, A, problem)]
