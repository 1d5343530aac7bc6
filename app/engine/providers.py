"""Where a graph runs: NVIDIA's GPU where there is a usable one, else the CPU."""

import contextlib
import ctypes
import functools
import io
import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import onnxruntime

from legato.app.engine.errors import DeviceError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DEVICES = ("auto", "cpu", "cuda")
CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"

Provider = str | tuple[str, Mapping[str, str]]

# TF32 rounds products to 10 bits, which the recurrence carries on: scores would differ from the CPU's by 1e-3 and more.
_CUDA_OPTIONS = {"use_tf32": "0", "arena_extend_strategy": "kSameAsRequested"}

_log = logging.getLogger(__name__)


def choose(device: str) -> list[Provider]:
    """ONNX Runtime's providers for `device`, best first.

    "auto" takes the GPU where one is usable, and otherwise says once that it is the CPU; DeviceError for "cuda" without
    one, ValueError for a name that is none of DEVICES.
    """
    if device not in DEVICES:
        raise ValueError(f"device must be one of {', '.join(DEVICES)}, not {device!r}")
    if device == "cpu":
        return [CPU]
    missing = why_no_gpu()
    if missing is None:
        return [(CUDA, _CUDA_OPTIONS), CPU]
    if device == "cuda":
        raise DeviceError(f"cuda: {missing}; use --device cpu, or auto to fall back by itself")
    _say_once(f"no GPU in use ({missing}): running on the CPU")
    return [CPU]


def in_use(session: "InferenceSession") -> str:
    """What the session really runs on, whatever was asked for: "CUDA" or "CPU"."""
    return "CUDA" if CUDA in session.get_providers() else "CPU"


def explain_fallback(device: str) -> None:
    """Report a GPU that ONNX Runtime could not start after all: DeviceError for "cuda", one line once for "auto"."""
    missing = "ONNX Runtime could not start its CUDA provider (pip install 'legato[cuda]' brings what it needs)"
    if device == "cuda":
        raise DeviceError(f"cuda: {missing}; or use --device cpu")
    _say_once(f"{missing}: running on the CPU")


@functools.cache
def why_no_gpu() -> str | None:
    """What keeps this process from using a GPU, or None where nothing is known to."""
    if CUDA not in onnxruntime.get_available_providers():
        return "this ONNX Runtime is built without CUDA"
    if _gpus() == 0:
        return "no NVIDIA GPU or driver found"
    with contextlib.redirect_stdout(io.StringIO()) as complaints:  # it prints its complaints where data belongs
        onnxruntime.preload_dlls()
    for line in complaints.getvalue().splitlines():
        _log.debug("%s", line)
    return None


def _gpus() -> int:
    """How many GPUs NVIDIA's driver offers; 0 without the driver."""
    try:
        driver = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


@functools.cache
def _say_once(line: str) -> None:
    _log.warning("%s", line)
