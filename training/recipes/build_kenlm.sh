#!/bin/bash
# KenLM's programs `lmplz` and `build_binary`, from the sources that PyPI has, for `legato train language-model`.
#
#     training/recipes/build_kenlm.sh [FOLDER]      without one, ~/.cache/legato/kenlm; on Debian, as root; about a minute
set -euo pipefail

folder=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/legato/kenlm}
cd "$(dirname "$0")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

apt-get install -y -qq --no-install-recommends cmake g++ libboost-program-options-dev libboost-system-dev \
    libboost-test-dev libboost-thread-dev zlib1g-dev > /dev/null
"${PYTHON:-.venv/bin/python}" -m pip download -q --no-deps --no-binary kenlm -d "$scratch" kenlm==0.3.0
tar -xzf "$scratch"/kenlm-*.tar.gz -C "$scratch"
cmake -S "$scratch"/kenlm-*/ -B "$scratch/build" -DCMAKE_POLICY_VERSION_MINIMUM=3.10 -DENABLE_INTERPOLATE=OFF \
    -DCMAKE_CXX_FLAGS=-w > /dev/null
cmake --build "$scratch/build" --target lmplz build_binary -j "$(nproc)" > /dev/null
mkdir -p "$folder"
cp "$scratch"/build/bin/{lmplz,build_binary} "$folder"
echo "$folder"
