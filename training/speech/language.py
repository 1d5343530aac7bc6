"""Language models of words from texts, by KenLM: modified Kneser-Ney smoothing, n-grams in a quantised trie.

Besides the texts' words the model has slots, `<v0>`, `<v1>` and so on: words that are never seen and equally likely
everywhere, whose places a user's own words can take.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from legato.app.transcription.texts import normalise

_COUNT = "ngram 1="
_UNIGRAMS = "\\1-grams:"
_ROWS = 22
"""Bits of an address that the trie keeps apart; its own best for a million n-grams and more"""


@dataclass(frozen=True)
class LanguageConfig:
    """How a language model is made."""

    order: int = 3
    """Words of the longest n-grams, at most 6"""
    cutoff: int = 1
    """N-grams of three words and more that are seen this often or less are left out"""
    slots: int = 1000
    """Words that a user may add"""
    slot: float = -3.5
    """Logarithm, to the base of ten, of the probability of each of them"""
    bits: int = 6
    """Of each probability and each back-off in the file"""


def make_language(texts: Sequence[Path], out: Path, programs: Path, config: LanguageConfig) -> None:
    """Write the language model of texts, a sentence a line, to the file `out`.

    ValueError where KenLM's programs are not in the folder `programs`, or do not like the texts.
    """
    for name in ("lmplz", "build_binary"):
        if not (programs / name).is_file():
            raise ValueError(f"{programs / name} is missing: training/recipes/build_kenlm.sh builds it")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        plain, arpa, slotted = folder / "texts.txt", folder / "words.arpa", folder / "slotted.arpa"
        with plain.open("w", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in _sentences(texts))
        cutoffs = ["0", "0", *[str(config.cutoff)] * (config.order - 2)][: config.order]
        _run(
            *(programs / "lmplz", "--order", config.order, "--prune", *cutoffs, "--discount_fallback"),
            *("--memory", "1G", "--temp_prefix", folder / "sort", "--text", plain, "--arpa", arpa),
        )
        with arpa.open(encoding="utf-8") as words, slotted.open("w", encoding="utf-8") as file:
            file.writelines(_with_slots(words, config))
        bits = ["-q", config.bits, "-b", config.bits, "-a", _ROWS] if config.order > 1 else []
        _run(programs / "build_binary", *bits, "trie", slotted, folder / "words.klm")
        out.write_bytes((folder / "words.klm").read_bytes())


def _sentences(texts: Sequence[Path]) -> Iterable[str]:
    for path in texts:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (plain for plain in map(normalise, file) if plain)


def _with_slots(lines: Iterable[str], config: LanguageConfig) -> Iterable[str]:
    """The lines of an ARPA file with the slots among its unigrams."""
    for line in lines:
        if line.startswith(_COUNT):
            yield f"{_COUNT}{int(line.removeprefix(_COUNT)) + config.slots}\n"
            continue
        yield line
        if line.strip() == _UNIGRAMS:
            yield from (f"{config.slot:g}\t<v{number}>\t0\n" for number in range(config.slots))


def _run(*command: object) -> None:
    """Run a program; ValueError with the last line that it says where it fails."""
    ran = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or [f"exit status {ran.returncode}"]
        raise ValueError(f"{Path(str(command[0])).name}: {said[-1]}")
