"""Measures phrases: what they cost, and how well a word is learned from three recordings of one voice.

    python training/recipes/measure_phrases.py cost MODEL TEXTS.tsv
    python training/recipes/measure_phrases.py speak FOLDER [--kokoro FOLDER]
    python training/recipes/measure_phrases.py learned MODEL FOLDER QUIET.tsv

`cost` listens to the recording in the box for a minute, for one and for fifty phrases of TEXTS.tsv (column `text`).
`speak` lets four held-out voices of Kokoro say six words thirteen times each, at different speeds, into FOLDER;
`learned` teaches each of them from three recordings, and counts how many of the other ten are found, and what is
falsely found in the dev recordings of QUIET.tsv, in which the words are not said.
"""

import argparse
import csv
import statistics
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from legato.app import assets
from legato.app.devices.media import MediaFile
from legato.app.engine.errors import UsageError
from legato.app.engine.session import Session
from legato.app.evaluation.intervals import Rate, Share
from legato.app.phrases.ears import PhraseEars
from legato.app.phrases.learning import learn
from legato.app.phrases.search import Floats
from legato.app.phrases.spotter import PhraseSpotter
from legato.app.transcription.texts import normalise
from legato.training.recipes.choose_phrases import choose
from legato.training.recipes.speak_held_out import write
from legato.training.synthesis import Kokoro, Voice

RATE = 16_000
BLOCK = RATE // 50
VOICES = {"af_bella": "en-us", "am_puck": "en-us", "bf_emma": "en-gb", "bm_lewis": "en-gb"}
WORDS = ("lumos", "zanzibar", "abracadabra", "open sesame", "jarvis", "pistachio")
TAKES, TAUGHT = 13, 3
RUNS = 5


def cost(options: argparse.Namespace) -> None:
    """Processor seconds a second of sound, for one phrase and for fifty."""
    with options.texts.open(encoding="utf-8", newline="") as file:
        texts = [normalise(row["text"]) for row in csv.DictReader(file, delimiter="\t")]
    phrases, session = choose(texts, 50, 1), Session.open(options.model, "cpu")
    sound = np.resize(_heard(assets.DEMO), 60 * RATE)
    found: dict[int, list[float]] = defaultdict(list)
    for _ in range(RUNS):
        for count in (1, 50):
            spotter = PhraseSpotter(PhraseEars(session, phrases[:count]))
            begin = time.process_time()
            for first in range(0, len(sound), BLOCK):
                spotter.feed(sound[first : first + BLOCK])
            found[count].append((time.process_time() - begin) / 60)
    one, many = (statistics.median(found[count]) for count in (1, 50))
    print(
        f"processor seconds a second of sound: {one:.4f} for 1 phrase, {many:.4f} for 50, {many / one:.2f} times that"
    )


def speak(options: argparse.Namespace) -> None:
    """The words, in voices that nothing is learned from."""
    kokoro, chance = Kokoro(options.kokoro), np.random.default_rng(7)
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, accent in VOICES.items():
        for word in WORDS:
            for take in range(TAKES):
                path, speed = options.folder / f"{name}-{word}-{take}.wav", float(chance.uniform(0.8, 1.25))
                if not path.exists():
                    write(path, kokoro.speak(word, Voice(name, kokoro.style(name), accent), speed))
    print(f"{options.folder}: {len(VOICES) * len(WORDS) * TAKES} recordings")


def learned(options: argparse.Namespace) -> None:
    """Recall of each word, and false alarms an hour."""
    session = Session.open(options.model, "cpu")
    keywords, takes = [], []
    for name in VOICES:
        for word in WORDS:
            heard = {f"{take}": _heard(options.folder / f"{name}-{word}-{take}.wav") for take in range(TAKES)}
            taught = {take: sound for take, sound in heard.items() if int(take) < TAUGHT}
            try:
                keywords.append(learn(f"{word} ({name})", taught, {}, session))
                takes.append([sound for take, sound in heard.items() if take not in taught])
            except UsageError as error:
                print(f"{word} ({name}): not learned, and counted as never found: {error}")
    found = [
        sum(bool(_events(PhraseEars(session, [keyword]), sound)) for sound in sounds)
        for keyword, sounds in zip(keywords, takes, strict=True)
    ]
    with options.quiet.open(encoding="utf-8", newline="") as file:
        paths = [row["path"] for row in csv.DictReader(file, delimiter="\t") if row["split"] == "dev"]
    alarms, seconds, ears = dict.fromkeys((keyword.name for keyword in keywords), 0), 0.0, PhraseEars(session, keywords)
    for path in paths:
        sound = _heard(options.quiet.parent / path)
        seconds += len(sound) / RATE
        for label in _events(ears, sound):
            alarms[label] += 1
    for keyword, count in zip(keywords, found, strict=True):
        print(f"{keyword.name}: {count} of {TAKES - TAUGHT}, {alarms[keyword.name]} false alarms; {keyword.spellings}")
    share = Share(sum(found), len(VOICES) * len(WORDS) * (TAKES - TAUGHT))
    rate = Rate(sum(alarms.values()), len(keywords) * seconds / 3600)
    print("found: {:.1%} ({:.1%}-{:.1%}) of {}".format(share.value, *share.interval, share.total))
    print("false alarms an hour a word: {:.2f} ({:.2f}-{:.2f})".format(rate.value, *rate.interval))


def _events(ears: PhraseEars, sound: Floats) -> list[str]:
    spotter = PhraseSpotter(ears)
    return [event.label for event in [*spotter.feed(sound), *spotter.flush()]]


def _heard(path: Path) -> Floats:
    with MediaFile(path, RATE) as file:
        return file.whole()


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, does, arguments in (
        ("cost", cost, ("model", "texts")),
        ("speak", speak, ("folder",)),
        ("learned", learned, ("model", "folder", "quiet")),
    ):
        command = commands.add_parser(name)
        command.set_defaults(does=does)
        for argument in arguments:
            command.add_argument(argument, type=Path)
        command.add_argument("--kokoro", type=Path, default=Path.home() / ".cache/kokoro")
    options = parser.parse_args()
    options.does(options)


if __name__ == "__main__":
    main()
