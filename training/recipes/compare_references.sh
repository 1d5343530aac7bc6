#!/usr/bin/env bash
# Compares what a hand's movement may be seen against in a stream, besides the last frame: nothing, the place where it
# came into view, means over 0.3 s and 1 s, or all of these. Prints the loss on scenes that were not learned from, and the
# share of gestures whose label has the highest score, after STEPS steps each.
#
#   training/recipes/compare_references.sh [STEPS]
set -euo pipefail
steps=${1:-800} runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
export OMP_NUM_THREADS=1

try() {
    local name=$1 references=$2
    printf 'references = %s\n[loop]\nsteps = %d\nbatch = 16\nwarmup = 100\ncarry = 0.0\nvalidate_every = %d\n' \
        "$references" "$steps" "$steps" >"$runs/$name.toml"
    legato train gestures --config "$runs/$name.toml" --out "$runs/$name" >"$runs/$name.log" 2>&1
    echo "$name: $(tr '\r' '\n' <"$runs/$name.log" | grep -o 'dev: loss.*' | tail -1)"
}

try "the last frame alone" "[]"
try "place of arrival" "[0.0]"
try "means" "[3.3333333, 1.0]"
try "means and place of arrival" "[3.3333333, 1.0, 0.0]"
