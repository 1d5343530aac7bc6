"""Ctrl-C reaches the program wherever it comes."""

import signal
from contextlib import suppress

import pytest

from legato.app.cli.interrupts import remembered, uninterrupted


def test_it_waits_until_an_import_is_through() -> None:
    seen: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted_import(seen)
    assert seen == ["the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def interrupted_import(seen: list[str]) -> None:
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
        seen.append("the end")


def test_without_it_nothing_happens() -> None:
    with uninterrupted():
        pass
    with remembered() as check:
        check()


def test_one_that_was_swallowed_is_remembered() -> None:
    with remembered() as check:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_it_stays_ignored_in_a_job_in_the_background() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with uninterrupted(), remembered() as check:
            signal.raise_signal(signal.SIGINT)
            check()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
