"""An ONNX file made ready to run, on the device that was asked for."""

from pathlib import Path
from typing import Any

import onnxruntime

from legato.app.engine import providers
from legato.app.engine.errors import ModelError


def open_graph(path: Path, device: str = "auto", threads: int = 1) -> onnxruntime.InferenceSession:
    """The graph in the file `path`; where "auto" cannot have the GPU after all, on the CPU.

    `device` is "auto", "cpu" or "cuda"; `threads` is how many of them one call may use. ModelError for a file that
    cannot be read, DeviceError for "cuda" where there is none.
    """
    _check_file(path)
    chosen = providers.choose(device)
    options = settings(threads)
    session = _create(path, options, chosen) if chosen == [providers.CPU] else _try(path, options, chosen)
    if session is None or (chosen != [providers.CPU] and providers.in_use(session) != "CUDA"):
        cpu = _create(path, options, [providers.CPU])  # a broken file is told before a broken GPU
        providers.explain_fallback(device)
        return cpu
    return session


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise ModelError(f"{path}: " + ("not a file" if path.exists() else "no such model file"))
    if not path.stat().st_size:
        raise ModelError(f"{path}: the file is empty")


def _try(path: Path, options: Any, chosen: list[providers.Provider]) -> onnxruntime.InferenceSession | None:
    try:
        return _create(path, options, chosen)
    except ModelError:
        return None


def _create(path: Path, options: Any, chosen: list[providers.Provider]) -> onnxruntime.InferenceSession:
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=chosen, enable_fallback=0)
    except Exception as error:  # noqa: BLE001 - ONNX Runtime's own errors share no other base
        reason = " ".join(str(error).split()).rpartition("failed:")[2]
        raise ModelError(f"{path}: not a model that ONNX Runtime can read ({reason[:200]})") from None


def settings(threads: int) -> onnxruntime.SessionOptions:
    """Settings for small graphs called often: no thread is woken for nothing, none spins between calls."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")  # 8-bit weights are restored once, at loading
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options
