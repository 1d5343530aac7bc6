"""Keeps the lines of a manifest whose text another recogniser reads nearly the same.

    python training/recipes/check_transcripts.py MANIFEST OUT --model FOLDER [--speaker NAME] [--least SHARE]

MANIFEST and OUT are tab-separated with the columns path, speaker, text, seconds and split; lines of other speakers than
NAME are left out. FOLDER holds a Whisper model for faster-whisper, which has to be installed. A line is kept where it
hears at least SHARE (default: 0.7) of the words and few besides; this share is written in the column `right`.
"""

import argparse
import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

import faster_whisper
import jiwer
import numpy as np
import numpy.typing as npt
from num2words import num2words

Row = dict[str, str]
HEARD, PAUSE = 27, 0.6
"""Seconds that Whisper hears at once, and seconds between two lines."""


def plain(text: str) -> str:
    """A text in lower case with only letters and apostrophes, its numbers in words."""
    told = re.sub(r"\d+", lambda number: f" {num2words(int(number[0]))} ", text.lower())
    return " ".join(re.sub(r"[^a-z' ]+", " ", told).split())


def windows(rows: list[Row], folder: Path) -> Iterator[tuple[list[Row], npt.NDArray[np.float32]]]:
    """Lines one behind the other, as many as Whisper hears at once, with their sound (S,) at 16 kHz."""
    held: list[Row] = []
    sounds: list[npt.NDArray[np.float32]] = []
    for row in rows:
        sound = faster_whisper.decode_audio(str(folder / row["path"]))
        if held and sum(map(len, sounds)) + len(sound) > HEARD * 16_000:
            yield held, np.concatenate(sounds)
            held, sounds = [], []
        held.append(row)
        sounds += [sound, np.zeros(int(PAUSE * 16_000), np.float32)]
    if held:
        yield held, np.concatenate(sounds)


def right(texts: list[str], heard: str) -> list[float]:
    """The share of each text's words that are heard, less the words that are heard besides."""
    owners = [number for number, text in enumerate(texts) for _ in text.split()]
    found = [0.0] * len(texts)
    for chunk in jiwer.process_words(" ".join(texts), heard).alignments[0]:
        if chunk.type == "equal":
            for place in range(chunk.ref_start_idx, chunk.ref_end_idx):
                found[owners[place]] += 1
        elif chunk.type == "insert":
            found[owners[min(chunk.ref_start_idx, len(owners) - 1)]] -= chunk.hyp_end_idx - chunk.hyp_start_idx
    return [count / len(text.split()) for count, text in zip(found, texts, strict=True)]


def main() -> None:
    """Reads, listens and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--speaker")
    parser.add_argument("--least", type=float, default=0.7)
    options = parser.parse_args()
    model = faster_whisper.WhisperModel(options.model, device="cpu", compute_type="int8", cpu_threads=1)
    with options.manifest.open(newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in table if row["speaker"] == (options.speaker or row["speaker"]) and plain(row["text"])]
    kept = 0
    with options.out.open("w", newline="") as target:
        writer = csv.writer(target, delimiter="\t", lineterminator="\n")
        writer.writerow(("path", "speaker", "text", "seconds", "split", "right"))
        for held, sound in windows(rows, options.manifest.parent):
            parts, _ = model.transcribe(sound, language="en", beam_size=1, condition_on_previous_text=False)
            heard = plain(" ".join(part.text for part in parts))
            texts = [plain(row["text"]) for row in held]
            for row, text, share in zip(held, texts, right(texts, heard), strict=True):
                if share >= options.least:
                    kept += 1
                    place = os.path.relpath(options.manifest.parent / row["path"], options.out.parent)
                    told = (place, row["speaker"], text, row["seconds"], row["split"], f"{share:.2f}")
                    writer.writerow(told)
            target.flush()
    print(f"{options.out}: {kept} of {len(rows)} lines")


if __name__ == "__main__":
    main()
