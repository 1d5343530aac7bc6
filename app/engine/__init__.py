"""The runtime: model files, streams of audio through them, and the events they yield."""

import os

# ONNX Runtime's official builds report usage over the network unless told not to before they load.
# A program that listens to microphones stays silent; whoever wants the reports sets the variable to 0.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
