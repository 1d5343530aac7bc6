"""Worker processes on this machine. One that dies is replaced, and what it had in hand is done again.

Workers write no files: what they find comes back through a pipe, so that none leaves anything half-written. They end
when their pipe does, also where the program that started them was killed.
"""

import logging
import multiprocessing
import os
import signal
import sys
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from legato.app.engine.errors import LegatoError
from legato.app.transcription.jobs import Job
from legato.app.transcription.parcels import Parcel
from legato.app.transcription.results import TRIES, Event, Heard, Result, Said, Settings, given_up

PAUSES = hasattr(signal, "SIGSTOP")
"""Whether workers can be made to stand still here"""


@dataclass(frozen=True)
class _Done:
    """A worker is free: it has begun, or is through with a parcel."""


@dataclass(frozen=True)
class _Failed:
    """A worker met with something that nobody has thought of."""

    text: str


def run(parcels: Sequence[Parcel], settings: Settings, workers: int) -> Generator[Event]:
    """Everything that happens, one result a job in any order; LegatoError where no worker can begin.

    Closing it ends the workers.
    """
    crew = Crew(parcels, settings, workers)
    try:
        yield from crew.events()
    finally:
        crew.dismiss()


class _Hand:
    """A worker, and what it is doing."""

    def __init__(self, settings: Settings) -> None:
        context = multiprocessing.get_context("spawn")  # ONNX Runtime's and FFmpeg's threads do not survive a fork
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, settings), daemon=True)
        with _shielded():
            self.process.start()
        theirs.close()
        self.begun = False
        self.parcel: Parcel | None = None
        self.done: list[Job] = []
        self.heard = 0.0
        """Seconds of sound of what is not done yet"""

    def give(self, parcel: Parcel) -> None:
        """Have it work on that."""
        self.parcel, self.done, self.heard = parcel, [], 0.0
        with suppress(OSError):  # one that is dead by now is noticed when it is listened to
            self.pipe.send(parcel)

    def end(self) -> None:
        """Kill it; it holds nothing that could be lost."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Crew:
    """All workers of a run. `dismiss` it in the end; `interrupt`, `pause` and `resume` may come from another thread."""

    def __init__(
        self,
        parcels: Sequence[Parcel],
        settings: Settings,
        workers: int,
        more: Callable[[], Parcel | None] | None = None,
    ) -> None:
        """Begin with `parcels`; `more` is asked for another one when none of them is left."""
        self._left = deque(parcels)
        self._more = more or (lambda: None)
        self._settings = settings
        self._bell, self._ring = multiprocessing.Pipe(duplex=False)
        self._tries: Counter[Job] = Counter()
        self._said: set[str] = set()
        self._stillborn = 0
        self._hands: list[_Hand] = []
        for _ in range(min(workers, len(parcels))):
            self._hands.append(_Hand(settings))

    def events(self) -> Iterator[Event]:
        """What the workers tell, until all is done or somebody interrupts."""
        while self._hands:
            ready = wait([self._bell, *(hand.pipe for hand in self._hands)])
            if self._bell in ready:
                return
            for hand in [hand for hand in self._hands if hand.pipe in ready]:
                try:
                    message = hand.pipe.recv()
                except (EOFError, OSError):
                    yield from self._bury(hand)
                    continue
                yield from self._take(hand, message)

    def _take(self, hand: _Hand, message: object) -> Iterator[Event]:
        """What a message leads to."""
        match message:
            case LegatoError():
                raise message
            case Heard(seconds):
                hand.heard += seconds
                yield message
            case Result():
                hand.heard -= message.seconds
                hand.done.append(message.job)
                yield message
            case Said(text) if text not in self._said:
                self._said.add(text)
                yield message
            case _Done():
                hand.begun = True
                parcel = self._left.popleft() if self._left else self._more()
                if parcel is not None:
                    hand.give(parcel)
                else:
                    self._hands.remove(hand)
                    hand.end()
            case _Failed(text):
                yield from self._again(hand, text)
                hand.parcel = None

    def _bury(self, hand: _Hand) -> Iterator[Event]:
        """Have another worker do what this one, which is dead, has left."""
        self._hands.remove(hand)
        hand.process.join(1.0)  # else its exit status would be ours
        hand.end()
        if not hand.begun:
            self._stillborn += 1
            if self._stillborn == TRIES:
                code = hand.process.exitcode
                raise LegatoError(f"workers end before they begin (exit status {code}): try fewer with --workers 1")
        yield from self._again(hand, "the program that read it was ended from outside, or ran out of memory")
        if self._left:
            self._hands.append(_Hand(self._settings))

    def _again(self, hand: _Hand, reason: str) -> Iterator[Event]:
        """Put back what is not done of the worker's parcel, each on its own, and give up what was tried enough."""
        if hand.parcel is None:
            return
        yield Heard(-hand.heard)
        for parcel in hand.parcel.rest(hand.done):
            (job,) = parcel.jobs
            self._tries[job] += 1
            if self._tries[job] < TRIES:
                self._left.appendleft(parcel)
            else:
                yield given_up(job, reason)

    def interrupt(self) -> None:
        """Let `events` end now."""
        with suppress(OSError):
            self._ring.send(None)

    def pause(self) -> None:
        """Let the workers stand still until `resume`, where the system can do that (`PAUSES`)."""
        self._signal("SIGSTOP")

    def resume(self) -> None:
        """Let them go on."""
        self._signal("SIGCONT")

    def _signal(self, name: str) -> None:
        for hand in list(self._hands):
            if PAUSES and hand.process.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(hand.process.pid, getattr(signal, name))

    def dismiss(self) -> None:
        """End all workers."""
        while self._hands:
            self._hands.pop().end()
        self._bell.close()
        self._ring.close()


class _Teller(logging.Handler):
    """Sends on what is logged."""

    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        super().__init__(logging.WARNING)
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        self._pipe.send(Said(record.getMessage()))


def _serve(pipe: "Connection[Any, Any]", settings: Settings) -> None:
    """A worker's life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; who started it ends it
    logging.getLogger("legato").addHandler(_Teller(pipe))
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        from legato.app.transcription.work import Worker  # the one who waits needs no ONNX Runtime

        try:
            worker = Worker(settings)
        except LegatoError as error:
            pipe.send(error)
            return
        while True:
            pipe.send(_Done())
            parcel: Parcel = pipe.recv()
            try:
                for result in worker.work(parcel, lambda seconds: pipe.send(Heard(seconds))):
                    pipe.send(result)
            except (BrokenPipeError, ConnectionResetError):
                raise
            except Exception as error:  # noqa: BLE001 - one recording must not end the others
                pipe.send(_Failed(f"unexpected {type(error).__name__}: {error}"))


@contextmanager
def _shielded() -> Iterator[None]:
    """Keep Ctrl-C from what is started meanwhile, until it can look after itself."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
