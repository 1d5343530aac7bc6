"""A way for one thread to wait for another that must never wait itself."""

from contextlib import suppress
from threading import Lock


class Wake:
    """A binary semaphore: any number of posts before a wait count as one, and posting never blocks.

    `threading.Event` will not do: setting one takes a lock that its waiter may hold.
    """

    def __init__(self) -> None:
        """Nothing is posted yet."""
        self._taken = Lock()
        self._taken.acquire()

    def post(self) -> None:
        """Let one wait through, the present or the next."""
        if self._taken.locked():
            with suppress(RuntimeError):  # another thread posted in between, which is as good
                self._taken.release()

    def wait(self, seconds: float) -> bool:
        """Whether a post came within `seconds`; takes it."""
        return self._taken.acquire(timeout=seconds)
