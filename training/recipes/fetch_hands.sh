#!/usr/bin/env bash
# Fetches MediaPipe's slower and closer hand networks and converts them to ONNX, for `legato watch --hands full`.
#
#   training/recipes/fetch_hands.sh [FOLDER]    by default where legato looks for them; some 2 GB pass through a
#                                               temporary folder (TensorFlow, for the conversion)
#
# The networks are Google's, under the Apache License 2.0; they come out of the wheel of mediapipe 0.10.21.
set -euo pipefail

python="${PYTHON:-python3}"
folder="${1:-$("$python" -c 'import platformdirs; print(platformdirs.user_data_path("legato") / "hands")')}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

"$python" -m venv "$scratch/venv"
pip() { "$scratch/venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }
pip download --no-deps --only-binary :all: --dest "$scratch" mediapipe==0.10.21
pip install "tensorflow-cpu==2.21.*" "tf2onnx==1.17.*"

"$python" -m zipfile -e "$scratch"/mediapipe-*.whl "$scratch/wheel"
mkdir -p "$folder"
for name in palm_detection/palm_detection_full hand_landmark/hand_landmark_full; do
    target="$folder/$(basename "$name").onnx"
    "$scratch/venv/bin/python" -m tf2onnx.convert --opset 17 \
        --tflite "$scratch/wheel/mediapipe/modules/$name.tflite" --output "$scratch/converted.onnx"
    mv "$scratch/converted.onnx" "$target"
    echo "$target"
done
