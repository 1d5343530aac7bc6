"""What pages that do the same with different things say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Those of one page."""

    tab: str
    label: str
    """Before the choice of a source, with its key"""
    source: str
    """What the choice is called by screen readers"""
    running: str
    """What it does, as a state"""
    device: str
    """What it looks for first"""
    box: str
    """What it plays without one"""
    open: str
    """What the user may open instead"""
    ended: str
    """That a file is through"""


LISTEN = Words(
    tab="Listen",
    label="&Listen to",
    source="Source of the sound",
    running="Listening",
    device="microphone",
    box="the recording in the box",
    open="Open a recording",
    ended="The recording has ended",
)
WATCH = Words(
    tab="Watch",
    label="&Watch",
    source="Source of the pictures",
    running="Watching",
    device="camera",
    box="the video in the box",
    open="Open a video or recording",
    ended="The video has ended",
)
