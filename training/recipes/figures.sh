#!/usr/bin/env bash
# Prints the figures of a keyword model's card; speed and memory are printed by `make bench` on a machine at rest.
#
#   training/recipes/figures.sh DEV NEGATIVES [MODEL]
#
# DEV is what `legato train manifests` wrote: queen_dev.tsv, kokoro_dev.tsv, and both_dev.tsv, the one behind the other.
# NEGATIVES is the folder that fetch_negatives.py filled.
set -euo pipefail
dev=$1 negatives=$2 model=${3:-app/assets/keywords.onnx}
wake=(--keyword "hey legato" --keyword computer --keyword alexa --keyword "hey jarvis")
say() { echo && echo "== $*"; }

say "words inside the running speech of people who were not learned from"
legato eval keywords "$dev/queen_dev.tsv" --model "$model" --by-label --det docs/det.png
say "single words and wake phrases in voices that were not learned from"
legato eval keywords "$dev/kokoro_dev.tsv" --model "$model"
say "the same in white, pink or babble noise, 10 to 20 dB below the speech"
legato eval keywords "$dev/kokoro_dev.tsv" --model "$model" --noise 10 20
say "wake phrases; people's speech for the false alarms; others beside them where they are installed"
legato eval keywords "$dev/both_dev.tsv" --model "$model" "${wake[@]}" --peers
say "the same in noise"
legato eval keywords "$dev/both_dev.tsv" --model "$model" "${wake[@]}" --noise 10 20 --peers
say "false alarms of the wake phrases in speech of people in seven languages"
legato eval keywords "$negatives/negatives.tsv" --model "$model" "${wake[@]}" --peers
