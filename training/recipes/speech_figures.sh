#!/bin/bash
# Prints the figures of a transcription model's card, but for speed and memory of long and many files
# (training/recipes/measure_transcription.py).
#
#     training/recipes/speech_figures.sh DATA [MODEL]
#
# DATA holds queen.tsv, whose split `dev` is held out, and queen_words.tsv with its words' times. The sentences that held-out
# synthetic voices speak are made first where they are missing (training/recipes/speak_held_out.py). MODEL: the shipped one.
set -euo pipefail
data=$1 model=${2:-app/assets/speech.onnx}
voices=${XDG_CACHE_HOME:-$HOME/.cache}/legato/speech/kokoro_dev/manifest.tsv
export OMP_NUM_THREADS=1
say() { echo && echo "== $*"; }

say "people, acted, held-out speakers; others beside it"
legato eval speech "$data/queen.tsv" --split dev --model "$model" --words "$data/queen_words.tsv" --peers
say "the same without a language model"
legato eval speech "$data/queen.tsv" --split dev --model "$model" --greedy
say "held-out synthetic voices; others beside it"
legato eval speech "$voices" --model "$model" --peers
say "the same without a language model"
legato eval speech "$voices" --model "$model" --greedy
