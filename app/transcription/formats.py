"""A transcript as text, JSON or subtitles."""

import html
from collections.abc import Callable, Mapping
from types import MappingProxyType

from legato.app.transcription.transcript import Segment, Transcript


def txt(transcript: Transcript) -> str:
    """A line for each segment."""
    return "".join(f"{segment.text}\n" for segment in transcript.segments)


def json(transcript: Transcript) -> str:
    """One object."""
    return transcript.to_json() + "\n"


def srt(transcript: Transcript) -> str:
    """SubRip's numbered subtitles."""
    return "\n".join(
        f"{number}\n{_span(segment, ',')}\n{_shown(segment)}\n"
        for number, segment in enumerate(transcript.segments, start=1)
    )


def vtt(transcript: Transcript) -> str:
    """WebVTT's subtitles, as web pages take them."""
    cues = (
        f"\n{_span(segment, '.')}\n{html.escape(_shown(segment), quote=False)}\n" for segment in transcript.segments
    )
    return "WEBVTT\n" + "".join(cues)


FORMATS: Mapping[str, Callable[[Transcript], str]] = MappingProxyType(
    {"txt": txt, "json": json, "srt": srt, "vtt": vtt}
)
"""What writes each format, by the end of its files' names"""


def _shown(segment: Segment) -> str:
    return "\n".join(segment.lines)


def _span(segment: Segment, point: str) -> str:
    return f"{_clock(segment.start, point)} --> {_clock(segment.end, point)}"


def _clock(seconds: float, point: str) -> str:
    """Hours, minutes, seconds and thousandths, which stand behind `point`."""
    minutes, thousandths = divmod(round(1000 * seconds), 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, thousandths = divmod(thousandths, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02}{point}{thousandths:03}"
