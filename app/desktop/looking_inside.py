"""A stream that goes on with its model's layers open, for as long as somebody looks at them."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Protocol, cast

from legato.app.engine.ears import Scores
from legato.app.engine.errors import ModelError
from legato.app.engine.session import Stream
from legato.app.inside.gates import Inside
from legato.app.inside.opened import OpenModel, OpenStream


class GoesOn(Protocol):
    """A spotter, of words or of gestures."""

    def go_on_with(self, following: Callable[[Scores], Scores]) -> None:
        """Let another stream go on where the present one is, until the next reset."""


class LookingInside:
    """Whether a thread's model is looked into, and what there was to see. All but `want` belongs to that thread."""

    def __init__(self, opaque: Callable[[str], object]) -> None:
        """`opaque` is told, in one line, of a model that cannot be looked into; its stream goes on as it was."""
        self._opaque = opaque
        self._wanted = Event()
        self._stream: OpenStream | None = None

    def want(self, looking: bool) -> None:
        """Look inside from now on, or no more. From any thread."""
        (self._wanted.set if looking else self._wanted.clear)()

    def attend(self, spotter: GoesOn, model: Path, row: int = 0) -> None:
        """Before each step; opens the layers when they are first wanted. `row` is the one of two hands to look at."""
        looking = self._wanted.is_set()
        if looking and self._stream is None:
            try:
                opened = OpenModel(model)
            except ModelError as error:
                self._wanted.clear()
                self._opaque(str(error))
                return

            def go_on(stream: Scores) -> Scores:
                self._stream = opened.stream(cast("Stream", stream).state())
                return self._stream

            spotter.go_on_with(go_on)
        if self._stream is not None:
            self._stream.looking, self._stream.row = looking, row

    def taken(self) -> tuple[tuple[tuple[Inside, ...], ...], float]:
        """Each layer over the frames of each step since the last call, and the largest difference so far.

        That is between the states that were computed for the eye and those that the model went on with.
        """
        if self._stream is None:
            return (), 0.0
        inside, self._stream.inside = tuple(self._stream.inside), []
        return inside, self._stream.difference
