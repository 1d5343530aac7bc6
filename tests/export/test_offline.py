"""The offline graph of bidirectional stacks."""

import itertools
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from legato.export.offline import bidirectional_model
from legato.models.recurrent import BiRNN, RecurrentConfig

OPTIONS = [
    {"layers": layers, "residual": residual, "projection": projection, "layer_norm": norm}
    for layers, (residual, projection, norm) in itertools.product(
        (1, 2, 3), ((False, 0, False), (True, 16, True), (False, 7, False))
    )
]


def stack(cell: str, **options: Any) -> BiRNN:
    torch.manual_seed(2)
    return BiRNN(RecurrentConfig(cell, inputs=16, hidden=11, **options)).eval()


def session(model: BiRNN) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        bidirectional_model(model).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("options", OPTIONS, ids=lambda one: "-".join(str(int(value)) for value in one.values()))
def test_a_padded_batch_gives_what_each_row_gives_alone(cell: str, options: dict[str, Any]) -> None:
    model = stack(cell, **options)
    run = session(model)
    lengths = np.array([20, 1, 33, 12], np.int64)
    features = np.random.default_rng(0).normal(0, 2, (4, 33, 16)).astype(np.float32)  # padding is noise, not zeros
    (together,) = run.run(None, {"features": features, "lengths": lengths})
    with torch.inference_mode():
        truth = model(torch.from_numpy(features), torch.from_numpy(lengths)).numpy()
    worst = np.abs(together - truth).max()
    assert worst <= 1e-4, f"ONNX differs from PyTorch by {worst:.2e}"
    for row, length in enumerate(lengths):
        (alone,) = run.run(None, {"features": features[row : row + 1, :length], "lengths": lengths[row : row + 1]})
        worst = np.abs(together[row, :length] - alone[0]).max()
        assert worst <= 1e-5, f"row {row} differs from itself alone by {worst:.2e}"
        assert not together[row, length:].any()
