"""A character model beside a 5-gram of the same text: bits a character and how often the likeliest is the next.

    python training/recipes/measure_characters.py MODEL.onnx HELD_OUT.txt TEXT.txt ...

MODEL was learned from the TEXTs, which hold nothing of HELD_OUT. The 5-gram (Kneser-Ney, KenLM's lmplz, nothing left
out; training/recipes/build_kenlm.sh) is made of the same lines, once as they are written and once plain, and asked for
the same characters. Also tells what the model completes "predictio" with.
"""

import math
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import platformdirs
from flashlight.lib.text.decoder.kenlm import KenLM
from flashlight.lib.text.dictionary import Dictionary

from legato.app.characters.writer import Writer
from legato.app.engine.session import Session
from legato.app.evaluation.characters import Known, known, read_text
from legato.app.evaluation.intervals import ErrorRate
from legato.app.transcription.texts import normalise

PROGRAMS = platformdirs.user_cache_path("legato") / "kenlm"
ORDER = 5
_END = "</s>"


def main(model: Path, held_out: Path, texts: Sequence[Path]) -> None:
    """Print the figures of both."""
    session = Session.open(model)
    lines = read_text(held_out)
    known_characters = set(session.contract.labels)
    for name, plain in (("written", False), ("plain", True)):
        ours = known(session, lines, plain=plain)
        spell = normalise if plain else lambda line: "".join(one for one in line if one in known_characters)
        theirs = five_gram([spell(line) for path in texts for line in read_text(path)], list(map(spell, lines)))
        print(f"{name}: {told(ours)}; {ORDER}-gram {told(theirs)}")
    writer = Writer(session)
    writer.read("predictio")
    print("predictio:", ", ".join(f"{one.character!r} {one.probability:.4f}" for one in writer.guesses(5)))


def told(found: Known) -> str:
    """Its figures in words."""
    low, high = found.to_dict()["interval"]
    return f"{found.bits:.3f} bits, {found.accuracy:.1%} ({low:.1%}-{high:.1%}) of {sum(found.wrong.totals)} characters"


def five_gram(texts: Iterable[str], lines: Sequence[str]) -> Known:
    """What a 5-gram of `texts` knows of `lines`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        arpa, binary = folder / "n.arpa", folder / "n.klm"
        with (folder / "text").open("w", encoding="utf-8") as file:
            file.writelines(f"{' '.join(map(token, line))}\n" for line in texts if line)
        orders = ["--order", str(ORDER), "--discount_fallback", "--memory", "1G", "--temp_prefix", str(folder / "sort")]
        run(str(PROGRAMS / "lmplz"), *orders, "--text", str(folder / "text"), "--arpa", str(arpa))
        run(str(PROGRAMS / "build_binary"), "trie", str(arpa), str(binary))
        names = sorted({token(one) for line in lines for one in line})
        dictionary = Dictionary(["<unk>", *names])
        dictionary.set_default_index(0)
        model = KenLM(str(binary), dictionary)
        return asked(model, names, lines)


def asked(model: KenLM, names: Sequence[str], lines: Sequence[str]) -> Known:
    """Every character of every line, and its end, asked of a model whose words have the places of their names."""
    places = {name: place for place, name in enumerate(names, 1)}
    wrong, totals, tens = [], [], 0.0
    for line in filter(None, lines):
        state, missed = model.start(False), 0
        for character in [*map(token, line), _END]:
            scores = {name: model.score(state, place) for name, place in places.items()}
            end = model.finish(state)[1]
            following = end if character == _END else scores[character][1]
            best = max(end, *(score for _, score in scores.values()))
            missed += following < best
            tens -= following
            state = state if character == _END else scores[character][0]
        wrong.append(missed)
        totals.append(len(line) + 1)
    return Known(tens / math.log10(2) / sum(totals), ErrorRate(tuple(wrong), tuple(totals)))


def token(character: str) -> str:
    """A character as a word of KenLM's."""
    return "<sp>" if character == " " else character


def run(*command: str) -> None:
    """Run a program that says nothing."""
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(path) for path in sys.argv[3:]])
