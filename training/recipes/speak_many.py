"""Speaks tens of thousands of sentences with Kokoro in PyTorch: hours of speech in a minute on a GPU.

    python training/recipes/speak_many.py rows TEXTS ROWS [--kokoro FOLDER] [--seed N]
    python training/recipes/speak_many.py speak ROWS FOLDER [--kokoro FOLDER] [--device cuda] [--processes N]

`rows` chooses voices and speeds for the lines of a text and works out their pronunciation, for which espeak-ng is
needed; `speak` is then done wherever there is a GPU. Its FOLDER is a corpus folder: every process leaves a shard in it.
No voice is used that is held out for measuring, nor any blend with a share of one.
"""

import argparse
import json
import multiprocessing
import time
from pathlib import Path

import torch

from legato.app.transcription.texts import normalise
from legato.training.kokoro.network import Network
from legato.training.kokoro.rows import choose_rows, read_rows, read_styles, write_rows
from legato.training.kokoro.speaking import Batches, speak_rows
from legato.training.kokoro.weights import read_weights
from legato.training.voices import HELD_OUT_VOICES

SAVED = 10.0
"""Seconds between two times that a shard's list of clips is written."""


def make_rows(options: argparse.Namespace) -> None:
    """Writes the rows of a text."""
    from legato.training.kokoro.pronouncing import Pronouncer

    vocabulary = json.loads((options.kokoro / "vocab.json").read_text())["vocab"]
    texts = options.texts.read_text().splitlines()
    names = sorted({path.stem for path in (options.kokoro / "voices").glob("*.bin")} - set(HELD_OUT_VOICES))
    rows = choose_rows(texts, names, vocabulary, Pronouncer(), seed=options.seed)
    write_rows(rows, options.rows)
    print(f"{options.rows}: {len(rows)} rows in {len({row.speaker for row in rows})} voices and blends")


def speak(options: argparse.Namespace) -> None:
    """Speaks the rows of a file, in several processes."""
    options.folder.mkdir(parents=True, exist_ok=True)
    options.until = time.time() + options.limit
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_share, args=(options, number)) for number in range(options.processes)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    shards = options.folder.glob("kokoro_many_*.json")
    clips = [clip for path in shards for clip in json.loads(path.read_text())]
    hours = sum(clip["samples"] for clip in clips) / 16_000 / 3600
    passed = options.limit - options.until + time.time()
    print(f"{options.folder}: {len(clips)} clips, {hours:.2f} hours in {passed:.0f} s")


def _share(options: argparse.Namespace, number: int) -> None:
    """Speaks one process's share of the rows until the time is up."""
    torch.set_num_threads(1)
    torch.backends.cuda.matmul.allow_tf32 = True
    network = Network().eval()
    network.load_state_dict(read_weights(next(options.kokoro.glob("*.onnx"))))
    network.to(options.device)
    rows = read_rows(options.rows)[number : options.rows_at_most : options.processes]
    styles = read_styles(options.kokoro, sorted({name for row in rows for name, _ in row.voices}))
    batches = Batches(rows=options.batch_rows, frames=options.batch_frames)
    target, first = options.folder / f"kokoro_many_{number}", 0
    clips: list[dict[str, object]] = []
    saved = time.time()
    print(
        f"process {number}: {len(rows)} rows, ready {options.limit - options.until + saved:.1f} s after the start",
        flush=True,
    )
    with target.with_suffix(".s16").open("wb") as file:
        for row, samples in speak_rows(network, rows, styles, batches):
            if len(samples):
                file.write(samples.tobytes())
                clips.append(_clip(row.text, row.speaker, f"kokoro_many/{number}/{len(clips)}", first, len(samples)))
                first += len(samples)
            now = time.time()
            if now > saved + SAVED or now > options.until:
                file.flush()
                _save(target, clips)
                print(f"process {number}: {len(clips)} clips, {first / 57_600_000:.2f} hours", flush=True)
                saved = now
            if now > options.until:
                return
    _save(target, clips)


def _clip(text: str, speaker: str, path: str, first: int, samples: int) -> dict[str, object]:
    return {
        "path": path,
        "speaker": speaker,
        "text": normalise(text),
        "source": "kokoro_sentences",
        "split": "train",
        "first": first,
        "samples": samples,
        "words": None,
        "phones": [],
    }


def _save(target: Path, clips: list[dict[str, object]]) -> None:
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(clips))
    partial.rename(target.with_suffix(".json"))


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    first = commands.add_parser("rows")
    first.add_argument("texts", type=Path)
    first.add_argument("rows", type=Path)
    first.add_argument("--seed", type=int, default=1)
    first.set_defaults(run=make_rows)
    second = commands.add_parser("speak")
    second.add_argument("rows", type=Path)
    second.add_argument("folder", type=Path)
    second.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    second.add_argument("--processes", type=int, default=1)
    second.add_argument("--limit", type=float, default=1e9, help="seconds after which it stops")
    second.add_argument("--rows-at-most", type=int, help="rows to be spoken (default: all)")
    second.add_argument("--batch-rows", type=int, default=Batches.rows, help="rows planned together")
    second.add_argument("--batch-frames", type=int, default=Batches.frames, help="frames spoken together, 40 a second")
    second.set_defaults(run=speak)
    for command in (first, second):
        command.add_argument("--kokoro", type=Path, default=Path.home() / ".cache/kokoro")
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
