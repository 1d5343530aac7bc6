#!/usr/bin/env bash
# Prints the figures of typed and of learned phrases.
#
#   training/recipes/phrase_figures.sh DATA [MODEL]
#
# DATA holds queen.tsv, queen_words.tsv and their recordings; speech.sh has left the held-out sentences. Kokoro's folder (see
# training/synthesis.py) is looked for in ~/.cache/kokoro.
set -euo pipefail
data=$1 model=${2:-app/assets/speech-live.onnx} here=$(cd "$(dirname "$0")" && pwd)
spoken=${XDG_CACHE_HOME:-$HOME/.cache}/legato/speech words=${XDG_CACHE_HOME:-$HOME/.cache}/legato/speech/one_voice
export OMP_NUM_THREADS=1
say() { echo && echo "== $*"; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say "twenty phrases that people say, at no more than one false alarm an hour each: twenty for all"
python "$here/choose_phrases.py" "$data/queen.tsv" "$scratch/people.tsv" --words "$data/queen_words.tsv" >/dev/null
legato eval keywords "$scratch/people.tsv" --model "$model" --budget 20 --det docs/phrases.png --second-look
say "twenty others in held-out voices of Kokoro, at half a false alarm an hour each: ten for all"
python "$here/choose_phrases.py" "$spoken/held_out/manifest.tsv" "$scratch/voices.tsv" >/dev/null
legato eval keywords "$scratch/voices.tsv" --model "$model" --budget 10
say "wake phrases, trained and typed, beside others' where they are installed"
(
    printf 'path\tlabel\tstart\tend\n'
    awk -F'\t' -v d="$data" '$5 == "dev" { print d "/" $1 "\t" ($3 ~ /^(hey legato|computer|alexa|hey jarvis)$/ ? $3 : "") "\t\t" }' "$data/kokoro.tsv"
    awk -F'\t' -v d="$data" '$5 == "dev" { print d "/" $1 "\t\t\t" }' "$data/queen.tsv"
) >"$scratch/wake.tsv"
wake=(--keyword "hey legato" --keyword computer --keyword alexa --keyword "hey jarvis")
legato eval keywords "$scratch/wake.tsv" "${wake[@]}" --wake-budget 4 --peers
legato eval keywords "$scratch/wake.tsv" "${wake[@]}" --model "$model" --budget 4 --second-look
say "words learned from three recordings of one voice"
python "$here/measure_phrases.py" speak "$words"
python "$here/measure_phrases.py" learned "$model" "$words" "$data/queen.tsv"
say "what it costs"
python "$here/measure_phrases.py" cost "$model" "$data/queen.tsv"
