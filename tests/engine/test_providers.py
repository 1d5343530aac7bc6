import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from legato.app.engine import providers
from legato.app.engine.errors import DeviceError
from legato.app.engine.session import Session

NO_GPU = providers.why_no_gpu()


@pytest.fixture(autouse=True)
def _say_it_anew() -> None:
    providers._say_once.cache_clear()


def test_the_cpu_is_always_there() -> None:
    assert providers.choose("cpu") == [providers.CPU]


def test_a_device_by_another_name() -> None:
    with pytest.raises(ValueError, match="one of auto, cpu, cuda, not 'tpu'"):
        providers.choose("tpu")


def test_without_a_gpu_auto_says_once_that_it_is_the_cpu(monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr(providers, "why_no_gpu", lambda: "none here")
    assert providers.choose("auto") == providers.choose("auto") == [providers.CPU]
    assert caplog.messages == ["no GPU in use (none here): running on the CPU"]


def test_without_a_gpu_cuda_is_an_error(monkeypatch: Any) -> None:
    monkeypatch.setattr(providers, "why_no_gpu", lambda: "none here")
    with pytest.raises(DeviceError, match=r"^cuda: none here; use --device cpu"):
        providers.choose("cuda")


@pytest.mark.skipif(NO_GPU is None, reason="this machine has a GPU, which would start")
def test_a_gpu_that_does_not_start(monkeypatch: Any, caplog: Any, write_model: Any) -> None:
    monkeypatch.setattr(providers, "why_no_gpu", lambda: None)
    monkeypatch.setitem(providers._CUDA_OPTIONS, "device_id", "0")
    path = write_model()
    with pytest.raises(DeviceError, match=r"^cuda: ONNX Runtime could not start"):
        Session.open(path, "cuda")
    assert Session.open(path, "auto").provider == "CPU"
    assert [message.partition("(")[0] for message in caplog.messages] == [
        "ONNX Runtime could not start its CUDA provider "
    ]


@pytest.mark.skipif(NO_GPU is not None, reason=f"needs a GPU: {NO_GPU}")
def test_the_gpu_gives_what_the_cpu_gives(write_model: Any) -> None:
    path = write_model()
    audio = np.random.default_rng(0).normal(0, 1, (3, 8 * 50)).astype(np.float32)
    on_cpu, on_gpu = Session.open(path, "cpu"), Session.open(path, "cuda")
    assert on_gpu.provider == "CUDA"
    whole = on_cpu.run(audio, on_cpu.initial_state(3))[0]
    stream = on_gpu.stream(3)
    chunks = [stream.step(chunk) for chunk in np.split(audio, [8, 24, 25 * 8], axis=1)]
    largest = np.abs(np.concatenate(chunks, axis=1) - whole).max()
    assert largest <= 1e-4, f"CUDA differs from the CPU by {largest}"
    stream.reset([True, False, True])
    assert not stream.state()[0][:, [0, 2]].any()


def test_the_engine_needs_no_training_package_and_reports_nothing_to_anybody() -> None:
    code = (
        "import os, sys, legato.app.engine.spotter\n"
        "assert not {'torch', 'onnx', 'PyQt6'} & set(sys.modules), sorted(sys.modules)\n"
        "assert os.environ['ORT_DISABLE_TELEMETRY'] == '1'\n"
    )
    links = Path(__file__).parents[2] / ".links"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=links, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
