"""Text, JSON and subtitles, as others read them."""

import json
import os
from pathlib import Path

import av
import pytest

from legato.app.transcription.formats import FORMATS, _clock
from legato.app.transcription.transcript import Segment, Transcript
from legato.app.transcription.words import Word

TALK = Transcript(
    source="a.flac",
    duration=12.3456,
    model="speech.onnx",
    segments=(
        Segment(
            0.4, 3.9, ("hello there", "you & i"), (Word("hello", 0.4, 0.714, 0.9349), Word("there", 0.75, 1.0, 1.0))
        ),
        Segment(4.0, 5.25, ("<b> bye",), (Word("bye", 4.0, 4.5, 0.0),)),
    ),
)
NOTHING = Transcript("a.flac", 3.0, "speech.onnx", ())


def test_json_is_as_it_is_promised() -> None:
    text = FORMATS["json"](TALK)
    assert text.endswith("}\n")
    assert list(json.loads(text)) == ["source", "duration", "text", "model", "segments"]
    assert json.loads(text) == {
        "source": "a.flac",
        "duration": 12.35,
        "text": "hello there you & i <b> bye",
        "model": "speech.onnx",
        "segments": [
            {
                "start": 0.4,
                "end": 3.9,
                "text": "hello there you & i",
                "words": [
                    {"word": "hello", "start": 0.4, "end": 0.71, "confidence": 0.93},
                    {"word": "there", "start": 0.75, "end": 1.0, "confidence": 1.0},
                ],
            },
            {
                "start": 4.0,
                "end": 5.25,
                "text": "<b> bye",
                "words": [{"word": "bye", "start": 4.0, "end": 4.5, "confidence": 0.0}],
            },
        ],
    }


def test_text_has_a_line_for_each_segment() -> None:
    assert FORMATS["txt"](TALK) == "hello there you & i\n<b> bye\n"


def test_subrip() -> None:
    assert FORMATS["srt"](TALK) == (
        "1\n00:00:00,400 --> 00:00:03,900\nhello there\nyou & i\n\n2\n00:00:04,000 --> 00:00:05,250\n<b> bye\n"
    )


def test_webvtt_hides_what_would_be_a_tag() -> None:
    assert FORMATS["vtt"](TALK) == (
        "WEBVTT\n\n00:00:00.400 --> 00:00:03.900\nhello there\nyou &amp; i\n\n"
        "00:00:04.000 --> 00:00:05.250\n&lt;b&gt; bye\n"
    )


@pytest.mark.parametrize("form", ["srt", "vtt"])
def test_a_player_reads_the_subtitles(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"talk.{form}"
    path.write_text(FORMATS[form](TALK), encoding="utf-8")
    with av.open(str(path)) as container:
        (stream,) = container.streams.subtitles
        shown = [packet for packet in container.demux(stream) if packet.size]
        assert stream.time_base is not None
        begins = [float(packet.pts * stream.time_base) for packet in shown if packet.pts is not None]
        assert begins == [0.4, 4.0]
        assert b"hello there" in bytes(shown[0])


def test_nothing_said() -> None:
    assert {form: write(NOTHING) for form, write in FORMATS.items() if form != "json"} == {
        "txt": "",
        "srt": "",
        "vtt": "WEBVTT\n",
    }
    assert json.loads(FORMATS["json"](NOTHING))["segments"] == []


def test_a_name_that_is_no_text_is_written_out() -> None:
    name = os.fsdecode(b"caf\xe9.flac")
    text = FORMATS["json"](Transcript(name, 1.0, "é.onnx", ()))
    assert json.loads(text)["source"] == "caf\\xe9.flac"
    assert json.loads(text)["model"] == "é.onnx"


def test_clocks() -> None:
    assert _clock(0.0, ".") == "00:00:00.000"
    assert _clock(59.9996, ",") == "00:01:00,000"
    assert _clock(3 * 3600 + 61.07, ",") == "03:01:01,070"
    assert _clock(123 * 3600.0, ".") == "123:00:00.000"
