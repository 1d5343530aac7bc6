"""`legato train language-model`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from legato.app.transcription.decoding.language import read_language
from legato.training.speech.language import LanguageConfig, make_language

PROGRAMS = platformdirs.user_cache_path("legato") / "kenlm"
_DEFAULT = LanguageConfig()


def language_model(
    texts: Annotated[list[Path], typer.Argument(metavar="TEXTS...", help="Files of text, a sentence a line.")],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE.klm", help="The language model.")],
    order: Annotated[int, typer.Option(min=2, max=6, help="Words of the longest n-grams.")] = _DEFAULT.order,
    cutoff: Annotated[
        int, typer.Option(min=0, help="N-grams of three words and more seen this often or less are left out.")
    ] = _DEFAULT.cutoff,
    slots: Annotated[int, typer.Option(min=0, help="Words that a user may add.")] = _DEFAULT.slots,
    programs: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="Of KenLM's programs (training/recipes/build_kenlm.sh).", show_default=False
        ),
    ] = PROGRAMS,
) -> None:
    """A language model for `legato transcribe --language-model`, from texts."""
    try:
        make_language(texts, out, programs, replace(_DEFAULT, order=order, cutoff=cutoff, slots=slots))
    except (ValueError, OSError) as error:
        raise typer.BadParameter(str(error)) from None
    made = read_language(out)
    typer.echo(f"{out}: {len(made.words)} words, room for {len(made.slots)} more, {out.stat().st_size / 1e6:.1f} MB")
