"""Processes that prepare data beside the one that learns."""

import signal

import torch


def prepare_worker(_worker: int) -> None:
    """One thread a process; signals to stop are for the process that learns, which ends its workers itself."""
    torch.set_num_threads(1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
