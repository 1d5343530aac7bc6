"""Ctrl-C where Python alone would lose it: compiled packages that it comes upon may swallow the KeyboardInterrupt."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep Ctrl-C waiting until the end, as is best while packages are imported."""
    seen: list[int] = []
    with _handling(lambda number, _frame: seen.append(number)):
        yield
    if seen:
        raise KeyboardInterrupt


@contextmanager
def remembered() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C work as always, and give a function that raises KeyboardInterrupt if one was swallowed before."""
    seen: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    def check() -> None:
        if seen:
            raise KeyboardInterrupt

    with _handling(remember):
        yield check


@contextmanager
def _handling(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Let `handler` take Ctrl-C, unless somebody else does, or it is ignored, as in a background job."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
