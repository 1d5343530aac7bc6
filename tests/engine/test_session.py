import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper

from legato.app.engine.errors import ModelError
from legato.app.engine.session import Session
from legato.app.engine.states import BoundState

HOP = 8


@pytest.fixture
def session(write_model: Any) -> Session:
    return Session.open(write_model(), "cpu")


def noise(batch: int, hops: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).normal(0, 1, (batch, hops * HOP)).astype(np.float32)


def test_it_says_what_it_is(session: Session, write_model: Any) -> None:
    assert session.provider == "CPU"
    assert session.contract.labels == ("hey", "go", "stop")
    assert session.path.name == "tiny.onnx"
    assert [state.shape for state in session.initial_state(5)] == [(1, 5, 3)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.integers(0, 7), min_size=1, max_size=12), batch=st.integers(1, 4))
def test_any_split_gives_what_the_whole_gives(session: Session, cuts: list[int], batch: int) -> None:
    audio = noise(batch, sum(cuts))
    whole, end = session.run(audio, session.initial_state(batch))
    stream = session.stream(batch)
    bound = BoundState(session._session, session.contract, batch, "cpu")
    chunks = np.split(audio, np.cumsum(cuts)[:-1] * HOP, axis=1)
    stepped = np.concatenate([stream.step(chunk) for chunk in chunks], axis=1)
    on_device = [bound.step(np.ascontiguousarray(chunk)) for chunk in chunks if chunk.size]
    assert stepped.shape == (batch, sum(cuts), 3)
    assert np.abs(stepped - whole).max(initial=0) <= 1e-6
    assert np.abs(stream.state()[0] - end[0]).max() <= 1e-6
    assert stream.consumed == audio.shape[1]
    if on_device:
        assert np.abs(np.concatenate(on_device, axis=1) - whole).max() <= 1e-6


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.booleans(), min_size=1, max_size=5), bound=st.booleans())
def test_reset_rows_start_afresh_and_the_others_go_on(session: Session, rows: list[bool], bound: bool) -> None:
    batch = len(rows)
    stream = session.stream(batch)
    if bound:
        stream._state = BoundState(session._session, session.contract, batch, "cpu")
    before, after = noise(batch, 5, seed=1), noise(batch, 4, seed=2)
    stream.step(before)
    stream.reset(rows)
    scores = stream.step(after)
    untouched = session.run(after, session.run(before, session.initial_state(batch))[1])[0]
    fresh = session.run(after, session.initial_state(batch))[0]
    assert np.abs(scores - np.where(np.array(rows)[:, None, None], fresh, untouched)).max() <= 1e-6
    stream.reset()
    assert np.abs(stream.step(after) - fresh).max() <= 1e-6


def test_streams_share_a_session_across_threads(session: Session) -> None:
    audio = noise(1, 200)
    whole = session.run(audio, session.initial_state())[0]
    results: list[Any] = [None] * 4

    def work(place: int) -> None:
        stream = session.stream()
        results[place] = [stream.step(audio[:, i : i + HOP]) for i in range(0, audio.shape[1], HOP)]

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(results))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        assert np.abs(np.concatenate(result, axis=1) - whole).max() <= 1e-6


def test_nothing_in_gives_nothing_out(session: Session) -> None:
    stream = session.stream(2)
    assert stream.step(noise(2, 0)).shape == (2, 0, 3)
    scores, state = session.run(noise(3, 0), session.initial_state(3))
    assert scores.shape == (3, 0, 3)
    assert state[0].shape == (1, 3, 3)


def test_audio_that_does_not_fit_is_a_programming_error(session: Session) -> None:
    stream = session.stream(2)
    with pytest.raises(ValueError, match="multiple of 8"):
        stream.step(np.zeros((2, 9), np.float32))
    with pytest.raises(ValueError, match=r"\(B, S\)"):
        stream.step(np.zeros(8, np.float32))
    with pytest.raises(ValueError, match="1 rows of audio for 2 streams"):
        stream.step(noise(1, 1))
    with pytest.raises(ValueError, match=r"\(2,\)"):
        stream.reset([True])
    spread = noise(2, 2)[:, ::2]
    assert np.array_equal(stream.step(spread), session.stream(2).step(spread.copy()))


def broken(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "broken.onnx"
    if kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("this is no model\n" * 40)
    elif kind == "folder":
        path.mkdir()
    elif kind == "foreign":
        value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
        other = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
        graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "foreign", [value], [other])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), path)
    return path


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        ("missing", "no such model file"),
        ("folder", "not a file"),
        ("empty", "the file is empty"),
        ("text", "not a model that ONNX Runtime can read"),
        ("foreign", "no 'legato.contract' in its metadata; this is not a legato model"),
    ],
)
def test_a_file_that_is_no_model(tmp_path: Path, capfd: Any, kind: str, complaint: str) -> None:
    path = broken(tmp_path, kind)
    with pytest.raises(ModelError) as caught:
        Session.open(path, "cpu")
    assert str(caught.value).startswith(f"{path}: {complaint}")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_model_that_was_cut_short(write_model: Any, share: float) -> None:
    path = write_model()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match=r"tiny\.onnx: ") as caught:
        Session.open(path, "cpu")
    assert "\n" not in str(caught.value)
