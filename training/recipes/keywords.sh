#!/usr/bin/env bash
# Makes the shipped keyword model again: some four hours on two cores.
#
#   training/recipes/keywords.sh DATA [RUN]
#
# DATA holds queen.tsv and kokoro.tsv with their recordings; RUN is the folder of the run (default: runs/keywords).
# Kokoro's folder (see training/synthesis.py) is looked for in ~/.cache/kokoro; without it, nothing more is spoken.
# The lines that fetch_people.py transcribes are looked for in ~/.cache/legato/people.
set -euo pipefail
data=$1 run=${2:-runs/keywords} here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/legato
export OMP_NUM_THREADS=1
# glibc gives memory back and asks for it again in every step otherwise: a fifth of the time.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456

[ -d "$cache/sounds/music" ] || bash "$here/fetch_sounds.sh" "$cache/sounds"
more=()
if [ -d "$HOME/.cache/kokoro" ]; then
    speak() { legato train speak "$here/$1.txt" --kokoro "$HOME/.cache/kokoro" --out "$cache/spoken" --count "$2" --seed "$3"; }
    speak sentences 1224 1
    speak words 900 2
    more+=(--manifest "$cache/spoken/kokoro_sentences.tsv" --manifest "$cache/spoken/kokoro_words.tsv")
fi
if [ -f "$cache/people/people.tsv" ]; then
    more+=(--manifest "$cache/people/people.tsv")
fi
# Two processes learn from 16 streams each in every step.
train() { torchrun --nproc-per-node 2 --no-python legato train keywords --data "$data" "${more[@]}" "$@"; }
train --config "$here/keywords.toml" --out "$run/first"
train --config "$here/keywords_finetune.toml" --start-from "$run/first/keywords.pt" --out "$run/second"
train --config "$here/keywords_voices.toml" --start-from "$run/second/keywords.pt" --out "$run"
legato train manifests --data "$data" --out "$run/dev"
legato export "$run/keywords.pt" -o "$run/raw.onnx"
words() { legato eval keywords "$run/dev/queen_dev.tsv" --model "$run/raw.onnx" "$@"; }
# Nobody says a wake phrase in the one set, so its speech, that of other languages and the phrases are heard together.
[ -f "$cache/negatives/negatives.tsv" ] || python "$here/fetch_negatives.py" "$cache/negatives"
(cat "$run/dev/queen_dev.tsv" && tail -n +2 "$run/dev/kokoro_dev.tsv") >"$run/dev/both_dev.tsv"
(cat "$run/dev/both_dev.tsv" && tail -n +2 "$cache/negatives/negatives.tsv" |
    awk -F'\t' -v dir="$cache/negatives" '{print dir "/" $1 "\t\t\t\t\t" $5 "\t"}') >"$run/dev/wake_dev.tsv"
wake() { legato eval keywords "$run/dev/wake_dev.tsv" --model "$run/raw.onnx" --by-label "$@"; }
# After a wake phrase most of what is said is a command: words may be ten times as eager as if they were always on.
words --budget 100 --save-thresholds "$run/words.json"
wake --keyword "hey legato" --keyword computer --keyword alexa --keyword "hey jarvis" --save-thresholds "$run/wake.json"
legato export "$run/keywords.pt" --thresholds "$run/words.json" --thresholds "$run/wake.json" -o "$run/keywords.onnx"
legato verify "$run/keywords.onnx" "$run/keywords.pt" --minutes 10
