#!/usr/bin/env bash
# Prints the figures of a keyword model's card; speed and memory are printed by `make bench` on a machine at rest.
#
#   training/recipes/figures.sh DEV [MODEL]
#
# DEV is what keywords.sh leaves: queen_dev.tsv and kokoro_dev.tsv, both_dev.tsv, the one behind the other, and
# wake_dev.tsv, with people's speech in other languages behind these.
set -euo pipefail
dev=$1 model=${2:-app/assets/keywords.onnx}
wake=(--keyword "hey legato" --keyword computer --keyword alexa --keyword "hey jarvis")
say() { echo && echo "== $*"; }

say "words inside the running speech of people who were not learned from"
legato eval keywords "$dev/queen_dev.tsv" --model "$model" --by-label --det docs/det.png
say "single words and wake phrases in voices that were not learned from"
legato eval keywords "$dev/kokoro_dev.tsv" --model "$model"
for seed in 0 1 2; do
    say "the same in white, pink or babble noise, 10 to 20 dB below the speech, draw $seed"
    legato eval keywords "$dev/kokoro_dev.tsv" --model "$model" --noise 10 20 --seed "$seed"
done
say "wake phrases; people's speech for the false alarms; others beside them where they are installed"
legato eval keywords "$dev/both_dev.tsv" --model "$model" "${wake[@]}" --peers
say "the same in noise"
legato eval keywords "$dev/both_dev.tsv" --model "$model" "${wake[@]}" --noise 10 20
say "wake phrases, and more speech of people for the false alarms"
legato eval keywords "$dev/wake_dev.tsv" --model "$model" "${wake[@]}"
