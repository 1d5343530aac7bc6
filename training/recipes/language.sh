#!/bin/bash
# Makes the language model that comes with the package, app/assets/english.klm, out of free English texts.
#
#     training/recipes/language.sh [QUEEN.TSV]
#
# Needs Debian's archive, npm and PyPI; a few minutes. QUEEN.TSV has the transcripts of people whose training part is read.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/legato
[ -x "$cache/kenlm/lmplz" ] || "$here/build_kenlm.sh" "$cache/kenlm"
[ -f "$cache/speech/texts/lm.txt" ] || python "$here/fetch_texts.py" "$cache/speech/texts" ${1:+--queen "$1"}
legato train language-model "$cache/speech/texts/lm.txt" -o "$here/../../app/assets/english.klm"
